#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The ledger of the left: ceremonies write it, sed and sha256sum verify it too,
# and what was changed in it is named, by ksk-sign ledger and by the next
# ceremony, which then signs nothing.
. "$(dirname "$0")/flow.sh"

cd "$tmp"
ksk=$(ksk-sign keygen --now 20261101 -K . example.com)
ksk2=$(ksk-sign keygen --now 20261101 -K . example.com)
zsk=$(zsk-sign keygen --now 20261101 -K . example.com)
zsk2=$(zsk-sign keygen --now 20261101 -K . example.com)

sha()
{
	sha256sum "$1" | cut -d ' ' -f 1
}

# digest N: of the entry N, by the recipe in ledger(5).
digest()
{
	sed -n "$(($1 + 1))s/ sha256=.*//p" ledger | sha256sum |
	    cut -d ' ' -f 1
}

# ceremony DAY WORD...: of that day of November 2026; quiet when all is well.
ceremony()
{
	day=$1
	shift
	want_status 0 ksk-sign sign --now "202611${day}120000" -k "$ksk" \
	    --yes -o KSK.data --ledger ledger "$@" "$zsk.key"
}

# The first one makes it, private whatever the umask.
umask 022
ceremony 10
[ "$(stat -c %a ledger)" = 600 ] || die "the ledger is not 0600"
says '^  entries  none yet$'
says '^  entries  1; the SHA-256'
says "^           $(digest 1)\$"
[ "$(wc -l <ledger)" -eq 2 ] || die "not one entry"
[ "$(head -n 1 ledger)" = 'dnssecflow-ledger 1' ] || die "another first line"
after=$(head -n 1 ledger | sha256sum | cut -d ' ' -f 1)
tag=${ksk##*+}
tag2=${ksk2##*+}
ds=$(ksk-sign ds "$ksk" | sed 's/.*13[ 	]2[ 	]//' | tr -d ' ' | tr A-F a-f)
ztag=$(echo "${zsk##*+}" | sed 's/^0*//')
tag=$(echo "$tag" | sed 's/^0*//')
tag2=$(echo "$tag2" | sed 's/^0*//')
expected="entry=1 after=$after time=20261110120000 act=sign zone=example.com."
expected="$expected request=$(sha "$zsk.key") response=$(sha KSK.data)"
expected="$expected ksk=$tag/$ds zsk=$ztag inception=20261110110000"
expected="$expected expiration=20270208120000 sha256=$(digest 1)"
[ "$(tail -n 1 ledger)" = "$expected" ] || {
	echo "$expected"
	cat ledger
	die "the entry is another"
}

# The next ones are put behind; what was there stays.
cp ledger one
ceremony 11 "$zsk2.key" -k "$ksk2"
cmp -n "$(wc -c <one)" one ledger || die "the first entry was written again"
cmp -s one ledger && die "no second entry"
grep -q "^entry=2 after=$(digest 1) " ledger || die "2 does not follow 1"
says "^           $(digest 1)\$"
says "^           $(digest 2)\$"
tail -n 1 ledger | grep -q " request=$(sha "$zsk2.key") request=$(sha \
    "$zsk.key") response=" || die "not both requests"
tail -n 1 ledger | grep -q " ksk=$tag/.* ksk=$tag2/" || die "not both KSKs"
echo 'ledger ledger' >conf
want_status 0 ksk-sign sign --now 20261112 -k "$ksk" --yes --config conf \
    --json -o KSK.data "$zsk.key"
says '"entries": 3'
says "\"sha256\": \"$(digest 3)\""
ksk-sign sign --now 20261112 -k "$ksk" --yes --ledger ledger "$zsk.key" \
    >out.data 2>said
tail -n 1 ledger | grep -q " response=$(sha out.data) " ||
    die "what went to standard output is not recorded"

# Shown.
want_status 0 ksk-sign ledger --now 20261115 ledger
says '^Entry 1: 2026-11-10 12:00:00 UTC \(4 days ago\)$'
says '^  until    2027-02-08 12:00:00 UTC \(in 85 days\)$'
says "^  SHA-256  $ds\$"
says '^Verified: 4 entries. '
says "^           $(digest 4)\$"
awk 'length($0) > 80 { exit 1 }' "$tmp/said" || die "a line is too long"
want_status 0 ksk-sign ledger --json ledger
says '"count": 4'
says '"problem": null'
[ "$(grep -c '"facts": \[' said)" -eq 4 ] || die "no facts"
! grep -q '"words"' said || die "words, but not those of a digest"
want_status 0 ksk-sign ledger --expect "$(digest 4)" ledger
want_status 0 sh -c 'ksk-sign ledger - <ledger'

# no PATTERN [WORD...]: the ledger is refused, in one line behind the page, and
# no ceremony is held with it.
no()
{
	pattern=$1
	shift
	got=0
	ksk-sign ledger "$@" bad >page 2>said || got=$?
	[ "$got" -eq 3 ] || die "status $got: $pattern"
	grep -Eq "^ksk-sign: $pattern" said || {
		cat said
		die "not: $pattern"
	}
	[ "$(wc -l <said)" -eq 1 ] || die "more than one line"
	! grep -q Verified page || die "verified and refused"
	got=0
	ksk-sign ledger --json "$@" bad >page 2>said || got=$?
	[ "$got" -eq 3 ] || die "with --json: status $got"
	grep -q '"problem": "bad' page || die "with --json: no problem"
	[ $# -eq 0 ] || return 0
	chmod 600 bad
	refused 3 "ksk-sign: $pattern" ksk-sign sign --now 20261120 -k "$ksk" \
	    --yes -o no.data --ledger bad "$zsk.key"
}
sed '3s/zsk=/zsk=1/' ledger >bad
no 'bad:3: entry 2 was changed: '
sed '5s/20261112/20261113/' ledger >bad
no 'bad:5: entry 4 was changed: '
sed 3d ledger >bad
no 'bad:3: entry 2 was removed or moved: entry 3 stands in its place'
{
	sed -n 1,2p ledger
	sed -n 4p ledger
	sed -n 3p ledger
	sed -n 5p ledger
} >bad
no 'bad:3: entry 2 was removed or moved: '
sed 's/=sign /=sing /' ledger >bad
no 'bad:2: entry 1 was changed: '
# A forger who computes digests, but not all that follow.
text=$(sed -n '3s/zsk=/zsk=1/;3s/ sha256=.*//p' ledger)
{
	head -n 2 ledger
	echo "$text sha256=$(echo "$text" | sha256sum | cut -d ' ' -f 1)"
	tail -n 2 ledger
} >bad
no 'bad:3: entry 2 was replaced: entry 3 follows another one'
head -n 3 ledger >bad
no "bad: no entry has the digest" --expect "$(digest 4)"
cp ledger bad
no "bad: the digest is that of entry 3, but 1 more follow" \
    --expect "$(digest 3)"
# A crash, and its mend.
head -c "$(($(wc -c <ledger) - 7))" ledger >bad
no 'bad:5: entry 4 is cut off; .* truncate -s [0-9]+ bad$'
sh -c "$(sed 's/.*then //' said)"
head -n 4 ledger | cmp - bad || die "the hint does not mend it"
want_status 0 ksk-sign ledger bad
says 'Verified: 3 '
: >bad
no 'bad: empty, and no ledger'
cp "$zsk.key" bad
no 'bad:1: no ledger'
rm -f bad page said no.data

# The clock, and the machine.
cp ledger before
want_status 3 ksk-sign sign --now 20261111 -k "$ksk" --yes -o no.data \
    --ledger ledger "$zsk.key"
says 'newest signing is of 2026-11-12 .* it is 2026-11-11 .*set the clock'
[ ! -e no.data ] || die "written by a wrong clock"
[ "$(($(wc -l <before) + 1))" -eq "$(wc -l <ledger)" ] &&
    tail -n 1 ledger | grep -q " act=refuse .* check=clock " ||
    die "the refusal is not recorded"
cp before ledger
rm before
ceremony 12
refused 2 'digits' ksk-sign ledger --expect 00 ledger
refused 1 'No such file' ksk-sign ledger none
chmod 640 ledger
refused 3 'chmod 600 ledger' ksk-sign sign --now 20261120 -k "$ksk" --yes \
    -o KSK.data --ledger ledger "$zsk.key"
chmod 600 ledger
ln -s ledger link
refused 3 'symbolic link' ksk-sign sign --now 20261120 -k "$ksk" --yes \
    -o KSK.data --ledger link "$zsk.key"
if command -v flock >/dev/null 2>&1; then
	refused 3 'another process has this ledger open' \
	    flock -n ledger ksk-sign sign --now 20261120 -k "$ksk" --yes \
	    -o KSK.data --ledger ledger "$zsk.key"
fi

# It is recorded before it leaves; without the entry nothing leaves. Where it
# could not be written nothing is signed.
entries=$(wc -l <ledger)
(
	exec >/dev/full
	ksk-sign sign --now 20261120 -k "$ksk" --yes --ledger ledger \
	    "$zsk.key" 2>"$tmp/said"
) && die "a full disk took it"
says "^  entries  $entries; "
[ "$(wc -l <ledger)" -eq $((entries + 1)) ] || die "signed, and unrecorded"
want_status 1 ksk-sign sign --now 20261120 -k "$ksk" --yes \
    -o none/KSK.data --ledger ledger "$zsk.key"
[ "$(wc -l <ledger)" -eq $((entries + 1)) ] || die "signed for nowhere"
# A pipe at the output is refused; it is not read, which would never end.
mkfifo pipe
want_status 3 timeout 20 ksk-sign sign --now 20261120 -k "$ksk" --yes \
    -o pipe --ledger ledger "$zsk.key"
says 'pipe is there already'
rm -f KSK.data*
want_status 1 ksk-sign sign --now 20261120 -k "$ksk" --yes \
    -o KSK.data --ledger none/ledger "$zsk.key"
says '^ksk-sign: none/ledger: .*No such file'
[ ! -e KSK.data ] || die "it left without its entry"
[ ! -e none ] || die "a folder was made"
