#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The pages of show, of the confirmation and of the ledger on a terminal: 80
# columns, rules in UTF-8 where the locale has it, colour unless NO_COLOR or a
# dumb terminal; and in a pipe plain ASCII, whatever the environment.
. "$(dirname "$0")/flow.sh"

want script

cd "$tmp"
now=20261121120000
at="--now $now"
mkdir left right in ours
# Names: short; such that its row has to be broken; as long as a file's may be.
long=$(printf '%060d' 0).$(printf '%063d' 0).$(printf '%063d' 0).$(printf \
    '%020d' 0).example
for zone in one.example with-a-rather-long-name.example "$long"; do
	ksk-sign keygen $at -K left "$zone" >/dev/null
	zsk-sign keygen $at -K right "$zone" >/dev/null
	want_status 0 zsk-sign request $at -K right --from 20261201 \
	    --to 20270601 -o "in/$(echo "$zone" | cut -c 1-20).ksr" "$zone"
done
ksk=$(basename left/Kone.example.*.key .key)
cp in/one.example.ksr ours/
# Others' have no proofs: to be overridden, and to be refused.
sed 's/ ; pop .*//;$s/ by dnssecflow.*/ by 9.20/' ours/one.example.ksr \
    >bare.ksr
zsk-sign request $at -K right -o plain.key one.example

esc=$(printf '\033')
rule=$(printf '\342\224\200')

# on_terminal WAYS COMMAND: what stands on the screen, in $tmp/screen.
on_terminal()
{
	script -qec "stty cols 80; exec env -u NO_COLOR -u LANG -u LC_ALL \
	    -u LC_CTYPE $1 $2" /dev/null >screen </dev/null || :
}

# bare: the screen without colours, a line a line, and the question on its own.
bare()
{
	# Less what the line that tells the progress leaves.
	tr -d '\r' <screen |
	    sed "s/^sign  [^$esc]*$esc\[K//; s/$esc\[K//g; s/$esc\[[0-9;]*m//g" |
	    awk '{
		sub(/^(Sign th.*[?] )?Type yes to sign: /, "&\n")
		print }'
}

# narrow WHAT: no line of the page has more than 80 characters. A character of
# UTF-8 has one byte that does not continue another.
narrow()
{
	bare >page
	[ "$(wc -l <page)" -gt 5 ] || {
		cat page
		die "no page: $1"
	}
	LC_ALL=C tr -d '\200-\277' <page | awk '
		length($0) > 80 { print; exit 1 }' ||
		die "a line of more than 80 columns: $1"
	if grep -q "$esc" page; then
		die "another escape than colour: $1"
	fi
}

has()
{
	grep -q -- "$1" screen || {
		cat screen
		die "lacks '$1': $2"
	}
}

hasnt()
{
	! grep -q -- "$1" screen || {
		cat screen
		die "has '$1': $2"
	}
}

# faces COLOUR COMMAND: on every kind of terminal. COLOUR is no for pages that
# have nothing but plain fields.
faces()
{
	for ways in 'TERM=xterm LC_ALL=C.UTF-8' 'TERM=xterm LC_ALL=C' \
	    'TERM=xterm LC_ALL=C.UTF-8 NO_COLOR=1' \
	    'TERM=xterm LC_ALL=C NO_COLOR=1' 'TERM=xterm LC_ALL=C NO_COLOR=' \
	    'TERM=dumb LC_ALL=C.UTF-8' 'TERM= LC_ALL=C' \
	    'TERM=xterm LANG=C.UTF-8' 'TERM=xterm LC_ALL=C LANG=C.UTF-8'; do
		rm -rf out* ledger.new left/ledger
		on_terminal "$ways" "$2"
		narrow "$ways $2"
		case $ways in
		*NO_COLOR=1* | *TERM=dumb* | 'TERM= '*)
			hasnt "$esc\[[0-9]" "$ways $2"
			;;
		*)
			has "$esc\[" "$ways $2"
			;;
		esac
		[ "$1" != rules ] || case $ways in
		*LC_ALL=C.UTF-8* | 'TERM=xterm LANG=C.UTF-8')
			has "$rule$rule$rule" "$ways $2"
			hasnt '-----' "$ways $2"
			;;
		*)
			has '-----' "$ways $2"
			;;
		esac
		case $ways in
		*LC_ALL=C | *LC_ALL=C\ *)
			! LC_ALL=C grep -q '[^[:print:]]' page ||
			    die "no ASCII: $ways $2"
			;;
		esac
	done
}

# plain COMMAND: both its streams are pipes, or files.
plain()
{
	rm -rf out* ledger.new left/ledger
	TERM=xterm LC_ALL=C.UTF-8 sh -c "$1" 2>&1 </dev/null | cat >screen
	case $1 in
	*--json*) grep -q '^}' screen || die "no report: $1" ;;
	*) narrow "$1" ;;
	esac
	! LC_ALL=C tr '\t' x <screen | LC_ALL=C grep -q '[^[:print:]]' ||
	    die "not plain in a pipe: $1"
}

# Responses to show, and a ledger with all that it may have.
want_status 0 ksk-sign sign $at -k "left/$ksk" --yes --cds --ledger ledger \
    -o one.skr ours/one.example.ksr
want_status 3 ksk-sign sign $at -k "left/$ksk" --yes --ledger ledger \
    -o no.skr bare.ksr
want_status 0 ksk-sign sign $at -k "left/$ksk" --yes --ledger ledger \
    --allow possession --allow conflict --allow replay --allow chain \
    --allow gap -o two.skr bare.ksr
grep -q ' act=refuse ' ledger || die "no refusal in the ledger"
grep -q ' allow=' ledger || die "no override in the ledger"
sed 's/ 256 3 13 ..../&AAAA/' one.skr >bad.skr

for face in "show $at one.skr" "show $at --records one.skr" \
    "show $at ours/one.example.ksr" "show $at bare.ksr" "show $at in" \
    "show $at in bad.skr" "show --now 20270301 one.skr" \
    "show $at in/00000000000000000000.ksr" \
    "sign $at --yes -K left -o out in/00000000000000000000.ksr" \
    "show $at '$srcdir/tests/data/knot.skr'" \
    "sign $at --yes -k left/$ksk -o out ours/one.example.ksr" \
    "sign $at --yes -k left/$ksk --cds-delete -o out ours/one.example.ksr" \
    "sign $at --yes -k left/$ksk --allow possession -o out bare.ksr" \
    "sign $at --yes -K left -o out in"; do
	faces rules "ksk-sign $face"
	plain "ksk-sign $face"
	case $face in
	sign*)
		plain "ksk-sign $face --json"
		;;
	*)
		plain "ksk-sign $(echo "$face" | sed 's/show /&--json /')"
		;;
	esac
done
for face in "ledger $at ledger" \
    "sign $at --yes -k left/$ksk --ledger ledger.new -o out plain.key"; do
	faces no "ksk-sign $face"
	plain "ksk-sign $face"
done

# asks WHAT: a screen of 24 lines has, when the question is there, all that it
# is about: the words, row by row, and which zone. Leaves it in $tmp/last.
asks()
{
	rm -rf out* left/ledger
	on_terminal 'TERM=xterm LC_ALL=C' "ksk-sign sign $at -K left -o out $1"
	narrow "the question: $1"
	[ ! -e out ] || die "signed without an answer: $1"
	sed '/Type yes to sign: $/q' page | tail -n 24 >last
	[ "$(grep -c '^ .* [1-8]  [0-9a-f]\{8\}  [A-Za-z]' last)" -eq 8 ] || {
		cat last
		die "the words are out of sight: $1"
	}
	grep -q '^The request$\|^All requests together$' last ||
	    die "words of what: $1"
	! sed '1,/ 8  /d' last | grep -q '[0-9a-f]\{64\}' ||
	    die "something between the words and the question: $1"
}

# asked QUESTION: it was asked so, in one line.
asked()
{
	[ "$(tail -n 1 last)" = "$1 Type yes to sign: " ] || {
		cat last
		die "not asked: $1"
	}
}

asks ours/one.example.ksr
asked 'Sign this for one.example.?'
grep -q '^  File     ours/one.example.ksr$' last || die "which file?"
asks 'plain.key --ledger ledger'
asked 'Sign this for one.example.?'
asks ours
asked 'Sign this for one.example.?'
asks in
asked 'Sign these 3 zones?'
asks in/with-a-rather-long-n.ksr
asked 'Sign this for with-a-rather-long-name.example.?'
asks in/00000000000000000000.ksr
tr -d '\n' <last | grep -q "Sign this for$long[.][?]Type yes to sign: \$" ||
    die "a long name is not all in the question"

# What stands apart.
rm -rf out* left/ledger
{
	printf 'yes\n'
	sleep 1
} | script -qec "env -u NO_COLOR TERM=xterm ksk-sign sign $at \
    -k left/$ksk --allow possession -o out bare.ksr" /dev/null >screen
narrow "with its question"
[ -e out ] || die "nothing was signed"
has "^$esc\[1;33mWarnings$esc\[0m" warnings
bare | tr -d '\n' | grep -q '  ! bare.ksr:.*(allowed: possession' ||
    die "the override is not shown"
on_terminal 'TERM=xterm LC_ALL=C' "ksk-sign ledger $at ledger"
has "^$esc\[1;31m  act      refuse" refusals
has "^$esc\[1;31m  check    possession" "failed checks"
has "^$esc\[1;33m  allow    possession" overrides
# The streams may end at different places: what goes to a file is plain.
script -qec "env -u NO_COLOR TERM=xterm LC_ALL=C.UTF-8 ksk-sign show $at \
    one.skr >shown" /dev/null >/dev/null </dev/null
ksk-sign show $at one.skr >want
cmp shown want || die "a file is drawn as a terminal"
script -qec "env -u NO_COLOR TERM=xterm ksk-sign sign $at -k left/$ksk --yes \
    -o out plain.key 2>said" /dev/null >/dev/null </dev/null
! grep -q "$esc" said || die "colour in a file"

# The words of a folder are the same on both sides, and by sha256sum(1).
rm -rf out* left/ledger
ksk-sign sign $at -K left --yes -o out in 2>page
ksk-sign show $at in >shown
ksk-sign show $at out >answers
hex=$(cd in && LC_ALL=C sha256sum ./* | sed 's, [.]/, ,' | sha256sum |
    cut -d ' ' -f 1)
grep -q "^  SHA-256  $hex\$" page || die "no digest of all requests"
grep -q "^  SHA-256  $hex\$" shown || die "show has another digest of all"
hex=$(cd out && LC_ALL=C sha256sum ./* | sed 's, [.]/, ,' | sha256sum |
    cut -d ' ' -f 1)
grep -q "^  SHA-256  $hex\$" page || die "no digest of all responses"
grep -q "^  SHA-256  $hex\$" answers || die "show has another digest of them"
# One byte more.
cp -r out bent
echo >>bent/one.example.skr
ksk-sign show $at bent >shown
grep -q '^All files together' shown || die "no digest of other files"
! grep -q "^  SHA-256  $hex\$" shown || die "the same digest of other files"
