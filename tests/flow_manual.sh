#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Each tool and verb has a page, and --help and the page have the same options.
. "$(dirname "$0")/flow.sh"

# options_differ PAGE COMMAND...: its long options, here and there. Those of
# every verb stand in zsk-sign(1).
options_differ()
{
	page=$srcdir/doc/$1
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

options_differ eitime.1 eitime
for tool in ksk-sign zsk-sign; do
	want_status 0 "$tool" --help
	verbs=$(sed -n 's/^  \([a-z]\{2,\}\) .*/\1/p' "$tmp/said")
	[ -n "$verbs" ] || die "$tool --help lists no verbs"
	for verb in $verbs; do
		grep -q "^\.Xr $tool-$verb 1" "$srcdir/doc/$tool.1" ||
		    die "$tool.1 does not name $verb"
		options_differ "$tool-$verb.1" "$tool" "$verb"
	done
	for page in "$srcdir"/doc/"$tool"-*.1; do
		verb=$(basename "$page" .1)
		verb=${verb#"$tool"-}
		echo "$verbs" | grep -qx -- "$verb" ||
		    die "$page: no such verb"
	done
done
