#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Each tool and verb has a page, and --help and the page have the same options.
# Verbs of two words share a page, which has a synopsis and a part for each.
. "$(dirname "$0")/flow.sh"

# options_differ PATH COMMAND...: its long options, here and there. Those of
# every verb stand in zsk-sign(1).
options_differ()
{
	page=$1
	shift
	[ -e "$page" ] || die "no $page"
	want_status 0 "$@" --help
	sed -n 's/^  \( *-., \| *\)--\([a-z0-9-]*\).*/\2/p' "$tmp/said" |
	    grep -vx -e help -e version -e config | sort >"$tmp/help"
	sed -n 's/^\.It .*Fl -\([a-z0-9-]*\).*/\1/p' "$page" |
	    grep -vx -e help -e version -e config | sort >"$tmp/page"
	[ -s "$tmp/help" ] || die "$*: --help has no options"
	diff "$tmp/help" "$tmp/page" ||
	    die "$page and $* --help differ (< --help, > page)"
	# The page's own synopsis has them all, too.
	sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESC/p' "$page" >"$tmp/synopsis"
	grep '^\.It Fl ' "$page" |
	    while read -r _ _ letter _; do
		case $letter in
		-help|-version|-config)
			continue
			;;
		esac
		grep -Eq -- \
		    "Fl [A-Za-z0-9]*$letter[A-Za-z0-9]*( |\$)" \
		    "$tmp/synopsis" ||
		    die "$page: $letter is not in the synopsis"
	done
	# And the short ones beside them.
	sed -n 's/^  -\(.\), --\([a-z0-9-]*\).*/\1 \2/p' "$tmp/said" |
	    while read -r letter name; do
		grep -q "^\.It Fl $letter , Fl -$name" "$page" ||
		    [ "$name" = help ] || [ "$name" = version ] ||
		    die "$page: -$letter is not --$name there"
	done
}

# part_of PAGE COMMAND ACTION: what the page would be if it were ACTION's alone.
part_of()
{
	awk -v name=".Nm $2 $3" -v part=".Ss $3" '
	/^\.S[hs] / {
		on = $0 == part || $0 == ".Ss Every action" ||
		    $0 == ".Sh SYNOPSIS" || $0 == ".Sh DESCRIPTION"
		synopsis = $0 == ".Sh SYNOPSIS"
		if ($0 == part)
			parts++
	}
	synopsis && /^\.Nm / {
		on = $0 == name
		if (on)
			names++
	}
	on
	END { exit parts != 1 || names != 1 }' "$1"
}

# group_differs TOOL VERB: the same for each of the words behind VERB.
group_differs()
{
	shared=$srcdir/doc/$1-$2.1
	[ -e "$shared" ] || die "no $shared"
	want_status 0 "$1" "$2" --help
	actions=$(sed -n 's/^  \([a-z]\{2,\}\) .*/\1/p' "$tmp/said")
	[ -n "$actions" ] || die "$1 $2 --help lists nothing"
	for action in $actions; do
		part_of "$shared" "$1 $2" "$action" >"$tmp/part" ||
		    die "$shared: not one synopsis and one part for $action"
		options_differ "$tmp/part" "$1" "$2" "$action"
	done
	for action in $(sed -n "s/^\.Nm $1 $2 //p
	    s/^\.Ss \([a-z]*\)\$/\1/p" "$shared"); do
		echo "$actions" | grep -qx -- "$action" ||
		    die "$shared: $2 has no $action"
	done
}

options_differ "$srcdir/doc/eitime.1" eitime
for tool in ksk-sign zsk-sign; do
	want_status 0 "$tool" --help
	verbs=$(sed -n 's/^  \([a-z][a-z0-9]\{1,\}\) .*/\1/p' "$tmp/said")
	[ -n "$verbs" ] || die "$tool --help lists no verbs"
	for verb in $verbs; do
		grep -q "^\.Xr $tool-$verb 1" "$srcdir/doc/$tool.1" ||
		    die "$tool.1 does not name $verb"
		if "$tool" "$verb" --help | grep -q ' ACTION '; then
			group_differs "$tool" "$verb"
			continue
		fi
		options_differ "$srcdir/doc/$tool-$verb.1" "$tool" "$verb"
	done
	for page in "$srcdir"/doc/"$tool"-*.1; do
		verb=$(basename "$page" .1)
		verb=${verb#"$tool"-}
		echo "$verbs" | grep -qx -- "$verb" ||
		    die "$page: no such verb"
	done
done
