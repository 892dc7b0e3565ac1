#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The digests that people read to each other: the same words on both sides, of
# the bytes that were read and written, on pages of 80 columns that are the
# same on every terminal. The list of words itself is test_words.c's.
. "$(dirname "$0")/flow.sh"

want sha256sum

# digest_of FILE: its SHA-256 in hex, by a peer.
digest_of()
{
	sha256sum <"$1" | cut -d ' ' -f 1
}

# rows_of PAGE: the numbers, bytes and words of the rows, in one form.
rows_of()
{
	tr -d '\r' <"$1" | sed 's/^ *Words */ /' |
	    sed -n 's/^ *\([1-8]  [0-9a-f]\{8\}  [A-Za-z].*\)$/\1/p' |
	    tr -s ' '
}

# tells PAGE FILE: the page has the digest of FILE as hex and as eight rows of
# four bytes and words.
tells()
{
	hex=$(digest_of "$2")
	tr -d '\r' <"$1" | grep -q "^ *SHA-256  $hex\$" ||
	    die "$1: no digest of $2"
	ksk-sign show $at "$2" >shown
	rows_of shown >want
	[ "$(wc -l <want)" -eq 8 ] || die "not eight rows"
	[ "$(awk '{ printf "%s", $2 }' want)" = "$hex" ] ||
	    die "the rows are not the digest"
	awk '{ exit NF != 6 || $1 != NR }' want || die "a row is no row"
	rows_of "$1" | awk -v hex="$(head -n 1 want | cut -d ' ' -f 2)" '
		$1 == 1 { on = $2 == hex } on' >got
	cmp got want || die "$1: not the words that show has for $2"
}

# words_of FILE: as JSON has them, a line each, from what show says on a page.
words_of()
{
	ksk-sign show $at "$1" >shown
	rows_of shown | cut -d ' ' -f 3- | tr ' ' '\n'
}

# json_tells REPORT FILE: the report has the digest of FILE and its words.
json_tells()
{
	hex=$(digest_of "$2")
	words_of "$2" >want
	awk -v hex="$hex" '
		on && /\]/ { exit }
		on { gsub(/[ ",]/, ""); print }
		/"sha256": / { mine = index($0, "\"" hex "\"") }
		/"words": \[/ { on = mine }' "$1" >got
	cmp got want || die "$1: not the words of $2"
}

cd "$tmp"
mkdir left right right1
now=20261121120000
at="--now $now"
ksk=left/$(basename "$(ksk-sign keygen $at -K left example.com)")
zsk-sign keygen $at -K right example.com >/dev/null
zsk-sign keygen $at -K right1 example.com >/dev/null

# cron hears nothing; nor does standard output get more than the request.
want_status 0 zsk-sign request $at -K right -o request example.com
[ ! -s said ] || die "request is not quiet"
zsk-sign request $at -K right example.com >other
cmp -s request other || die "standard output is not the request alone"
zsk-sign request $at -K right1 -o request1 example.com

# As a report; not where the request itself goes.
zsk-sign request $at -K right --json -o request example.com >report 2>said ||
    die "no report: $(cat said)"
[ ! -s said ] || die "more than the report"
cmp -s request other || die "with --json another request"
json_tells report request
[ "$(tr -d ' \n' <report | sed 's/"words".*//')" = "$(
	printf '{"zone":"example.com.","file":"request","zsk_count":1,'
	printf '"sha256":"%s",' "$(digest_of request)"
)" ] || die "another report: $(cat report)"
for words in '' '-o -' '--from now --to +30d' '--from now --to +30d -o -'; do
	# shellcheck disable=SC2086 # words they are
	refused 2 '^zsk-sign: --json: and a request on standard output do not' \
	    zsk-sign request $at -K right --json $words example.com
done

# show, on both sides.
ksk-sign show $at request >page
tells page request
ksk-sign show $at --json request >report
json_tells report request
[ "$(grep -c '"words"' report)" -eq 1 ] || die "words of what?"
sed 's/3600/3601/' request >bent
ksk-sign show $at bent >bent-page
rows_of page >one
rows_of bent-page >two
! cmp -s one two || die "another file, and the same words"

# The page before a signature: each file that was read, once, so that it may
# well be a pipe; then what was written.
ksk-sign sign $at -k "$ksk" --yes -o KSK.data request request1 2>page
tells page request
tells page request1
tells page KSK.data
[ "$(grep -c '^ *Words' page)" -eq 3 ] || die "not three digests on the page"
mkfifo pipe
cat request >pipe &
ksk-sign sign $at -k "$ksk" --yes --json -o KSK.data pipe 2>page >report
tells page request
tells page KSK.data
json_tells report request
json_tells report KSK.data
ksk-sign sign $at -k "$ksk" --yes - <request 2>page >out.data
tells page request
[ "$(grep -c '^ *Words' page)" -eq 1 ] || die "words of standard output"
! grep -q 'SHA-256\|Words' out.data || die "words in KSK.data"
want_status 3 ksk-sign sign $at -k "$ksk" --yes -o request request
! grep -q 'Words' said || die "words of what was not written"

# What the right takes in.
want_status 0 zsk-sign import $at -K right -d right KSK.data
tells said KSK.data
[ "$(grep -c '^ *Words' said)" -eq 1 ] || die "not one digest"
zsk-sign import $at -K right -d right --json KSK.data >report
json_tells report KSK.data
ksk-sign sign $at -e +200d -k "$ksk" --yes -o later.data request 2>page
want_status 0 zsk-sign import $at -K right -d right later.data
tells said later.data
says '^Kept     right/KSK[.]data[.]2026.*, the one before$'

want script

# on_terminal COMMAND: its output there, in $tmp/screen.
on_terminal()
{
	printf 'yes\n' | script -qec "$1" /dev/null >screen || {
		cat screen
		die "on a terminal: $1"
	}
}

# A person who writes a request is told.
on_terminal "zsk-sign request $at -K right -o request example.com"
tells screen request
on_terminal "zsk-sign request $at -K right example.com"
! grep -q 'Words' screen || die "words among the request"

# But for rules and colours, which are flow_screens.sh's, the same page in every
# locale and on every terminal, with names that are long or would drive it.
esc=$(printf '\033')
rule=$(printf '\342\224\200')
odd=$(printf 'R\303\274ckfrage \033[31m')$(printf '%070d' 0).key
cp request1 "$odd"
cp KSK.data "$odd.data"
sed 's/ 257 3 13 / 385 3 13 /' left/*.key >revoked
mkdir "$odd.dir"
for face in "ksk-sign show $at request" "ksk-sign show $at KSK.data" \
    "ksk-sign show $at revoked" "ksk-sign show $at '$odd'" \
    "ksk-sign show $at '$odd.data'" \
    "ksk-sign show $at '$srcdir/tests/data/knot.skr'" \
    "ksk-sign sign $at -i 20261121 -k $ksk -o '$odd.out' request '$odd'" \
    "zsk-sign request $at -K right -o '$odd.out' example.com" \
    "zsk-sign import $at -K right -d '$odd.dir' later.data"; do
	first=
	for ways in 'TERM=xterm-256color LC_ALL=C.UTF-8' 'TERM=dumb LC_ALL=C' \
	    'TERM=xterm NO_COLOR=1 LC_ALL=C.UTF-8' \
	    'TERM=vt100 NO_COLOR=1 LC_ALL=C COLUMNS=40'; do
		rm -f "$odd.out"*
		on_terminal "env -u NO_COLOR $ways $face"
		# The answer was there before the question.
		tr -d '\r' <screen | sed "s/$esc\\[[0-9;]*m//g;s/$rule/-/g" |
		    awk '{
			sub(/^Sign this for .*[?] Type yes to sign: /, "&\n")
			print }' >page
		! grep -q '[^[:print:]]' page || die "raw bytes: $face"
		awk 'length($0) > 80 { print; exit 1 }' page ||
		    die "a line of more than 80 columns: $face"
		grep -q '^ *Words    1  ' page || die "no words: $face"
		# A signature differs from time to time, and so its digest.
		case $face in
		"ksk-sign sign "*)
			sed '/Type yes to sign/,$d' page >upper
			mv upper page
			;;
		esac
		[ -n "$first" ] || cp page first
		first=no
		cmp page first || die "another page with $ways: $face"
	done
done
