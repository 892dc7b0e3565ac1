#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Each check of a KSR by its name: what breaks it alone is refused and that is
# recorded; --allow of another name does not help, of its own does, and that is
# recorded, too. Unit tests have more of each (tests/test_ksrcheck.c).
. "$(dirname "$0")/flow.sh"

cd "$tmp"
now=20270101000000
mkdir left right
ksk=left/$(ksk-sign keygen --now $now -K left example.com)

# request FILE WORD...: a plan of the keys in right.
request()
{
	file=$1
	shift
	want_status 0 zsk-sign request -K right --now $now --zsk-lifetime 30d \
	    -o "$file" "$@" example.com
}

# sign WORD...: by the KSK, with the ledger at hand.
sign()
{
	ksk-sign sign --now "$at" --yes --ledger ledger -o out.skr "$@" \
	    2>"$tmp/said"
}

# breaks CHECK REQUEST [WORD...]: as said above; begins with the ledger
# "before", if there is one.
breaks()
{
	check=$1
	file=$2
	shift 2
	rm -f ledger out.skr
	[ ! -e before ] || cp before ledger
	wrong=owner
	[ "$check" != owner ] || wrong=size
	for allow in '' "--allow $wrong"; do
		code=0
		# shellcheck disable=SC2086
		sign "$@" $allow "$file" || code=$?
		[ $code -eq 3 ] || {
			cat "$tmp/said"
			die "$check: status $code with '$allow'"
		}
		says "^ksk-sign: .*\(check $check; --allow $check "
		[ "$(grep -c '^ksk-sign: ' "$tmp/said")" -eq 1 ] ||
		    die "$check: more than a line"
		[ ! -e out.skr ] || die "$check: written"
		tail -n 1 ledger | grep -Eq " act=refuse zone=[^ ]* $(:
		    )request=$(sha256sum "$file" | cut -c 1-64) $(:
		    )check=$check sha256=" || {
			tail -n 1 ledger
			die "$check: the refusal is not recorded, or not alone"
		}
	done
	want_status 0 ksk-sign sign --now "$at" --yes --ledger ledger \
	    -o out.skr "$@" --allow "$check" "$file"
	tail -n 1 ledger | grep -q " act=sign .* allow=$check " ||
	    die "$check: the override is not recorded"
	want_status 0 ksk-sign ledger ledger
	says 'whole|entries'
}

at=$now
cp -r right empty
request good.ksr --from $now --to 20270401
sign -k "$ksk" good.ksr || die "the good one was refused"
cp ledger signed
cp out.skr signed.skr

# The test can fail: nothing was signed yet.
(breaks replay good.ksr -k "$ksk") >/dev/null 2>&1 && die "replayed, at first"
cp signed before
breaks replay good.ksr -k "$ksk"
request other.ksr -d signed.skr --from 20270301 --to 20270501
at=20270301
now=20270301
cp -r right saved
request other.ksr -d signed.skr --from 20270301 --to 20270501
breaks conflict other.ksr -k "$ksk"
rm -r right && cp -r saved right
request other.ksr --from 20270401 --to 20270601
breaks chain other.ksr -k "$ksk"
rm -r right && cp -r saved right
request other.ksr -d signed.skr --from 20270402 --to 20270601
breaks gap other.ksr -k "$ksk"
rm -r right && cp -r saved right
request other.ksr -d signed.skr --from 20270401 --to 20270601
rm -f ledger out.skr && cp signed ledger
sign -k "$ksk" other.ksr || die "the one that follows was refused"
rm -f before

# The times.
now=20270101000000
rm -r right && cp -r empty right
request far.ksr --from $now --to 20280401 --horizon 500d
at=$now
breaks horizon far.ksr -k "$ksk"
at=20270101020000
breaks clock good.ksr -k "$ksk"
at=20270215
breaks past good.ksr -k "$ksk" --clock-skew 60d
rm -f ledger
at=$now
sign -k "$ksk" --clock-skew 1d good.ksr || die "in time"
# Our own clock is before what was signed last, and the two agree.
rm -f ledger
ksk-sign sign --now 20270101003000 -k "$ksk" --yes --ledger ledger -o out.skr \
    good.ksr 2>/dev/null || die "half an hour later"
cp ledger before
at=20270101001500
code=0
sign -k "$ksk" --allow replay good.ksr || code=$?
[ $code -eq 3 ] || die "a clock before the ledger's newest entry"
says 'check clock'
rm -f before
at=$now

# Who asks, and with what keys.
other=left/$(ksk-sign keygen --now $now -K left example.org)
breaks owner good.ksr -k "$other"
grep -q '^example.com.*DNSKEY	257' out.skr || die "not under the zone's name"
sed 's/ ; pop .*//' good.ksr >bare.ksr
breaks possession bare.ksr -k "$ksk"
rm -r right && cp -r empty right
request rsa.ksr -a 8 --from $now --to 20270401
breaks algorithm rsa.ksr -k "$ksk"
rsa=left/$(ksk-sign keygen -a 8 --now $now -K left example.com)
rm -r right && cp -r empty right
request short.ksr -a 8 -b 1024 --from $now --to 20270401
breaks size short.ksr -k "$rsa"

# Others' requests have no proofs; where that is allowed, all else is looked at.
sed 's/ ; pop .*//; s/ by dnssecflow .*/ by 9.20.27/' good.ksr >bind.ksr
rm -f ledger
sign -k "$ksk" --allow possession bind.ksr || die "BIND's form was refused"
sed '0,/DNSKEY	256 /s//DNSKEY	257 /' bind.ksr >other.ksr
breaks flags other.ksr -k "$ksk" --allow possession --allow keys

# What no plan of ours makes: proofs by the right's own keys are put in anew,
# so that it is this alone that is wrong. changed FILE END FOLDER.
changed()
{
	zsks=$(find "$3" -name 'K*.private' | sed 's/[.]private$//')
	# shellcheck disable=SC2086
	"$builddir/tests/prove" "$1" "$2" $zsks >other.ksr ||
	    die "no proofs for $1"
}
plan_end=20270401000000
rm -r right && cp -r empty right
request good.ksr --from $now --to $plan_end
sed 's/ ; pop .*//' good.ksr >bare.ksr
changed bare.ksr $plan_end right
cp other.ksr again.ksr
rm -f ledger
sign -k "$ksk" again.ksr || die "new proofs are none"
# reflagged BASE FROM TO FOLDER: that key's files with other flags, in FOLDER.
reflagged()
{
	sed "s/ DNSKEY $2 / DNSKEY $3 /" "$1.key" >reflagged.key
	tag=$(ksk-sign show --json reflagged.key |
	    sed -n 's/.*"tag": *\([0-9]*\).*/\1/p' | head -n 1)
	algorithm=$(sed -n 's/.* DNSKEY [0-9]* 3 \([0-9]*\) .*/\1/p' \
	    reflagged.key)
	to=$4/Kexample.com.+$(printf %03d+%05d "$algorithm" "$tag")
	cp reflagged.key "$to.key"
	cp "$1.private" "$to.private"
}
mkdir sep
for key in right/K*.key; do
	reflagged "${key%.key}" 256 257 sep
done
sed 's/DNSKEY	256 /DNSKEY	257 /' bare.ksr >flags.ksr
changed flags.ksr $plan_end sep
breaks flags other.ksr -k "$ksk"
sed '0,/	3600	IN/s//	1800	IN/' bare.ksr >ttl.ksr
changed ttl.ksr $plan_end right
breaks ttl other.ksr -k "$ksk"
# A thief's keys, behind the right's own, with proofs.
cp -r empty thief
want_status 0 zsk-sign request -K thief --now $now --zsk-lifetime 30d \
    -o theft.ksr --from $now --to $plan_end example.com
{
	sed '/^;; KeySigningRequest 1.0 20270[23]/,$d' bare.ksr
	sed -n '/^;; KeySigningRequest 1.0 20270[23]/,$p' theft.ksr |
	    sed "s/ ; pop .*//; s/ bundles=.*/ bundles=$(
	    grep -c '^;; KeySigningRequest 1.0 20' bare.ksr)/"
} >both.ksr
mkdir both
cp right/K* thief/K* both
changed both.ksr $plan_end both
breaks chain other.ksr -k "$ksk"

zsk=$(sed -n '/DNSKEY/{p;q}' bare.ksr)
ksr()
{
	printf ';; KeySigningRequest 1.0 %s (x)\n%s\n' "$1" "$zsk"
}
# bundles END TIME...: the same ZSK in each.
bundles()
{
	until=$1
	shift
	for time in "$@"; do
		ksr "$time"
	done >times.ksr
	tail -n 1 bare.ksr | sed "s/ until=[0-9]*/ until=$until/;
	    s/ bundles=[0-9]*/ bundles=$#/" >>times.ksr
	changed times.ksr "$until" right
}
month=20270201000000
bundles $month $now 20270115000000
rm -f ledger
sign -k "$ksk" other.ksr || die "two good bundles were refused"
bundles $month $now $now
breaks order other.ksr -k "$ksk"
bundles $month 20270115000000 $now
breaks order other.ksr -k "$ksk"
bundles $month $now 20270101000030
breaks length other.ksr -k "$ksk"
# shellcheck disable=SC2046
bundles 20280103000000 $(for day in $(seq 0 366); do
	date -u -d "2027-01-01 UTC $day days" +%Y%m%d000000
done)
breaks count other.ksr -k "$ksk"

# One key under two ids, as of RSA/SHA-256 and of RSA/SHA-512: its holder has
# proofs of either, and there are KSKs of both.
rm -r right && cp -r empty right
key=right/$(zsk-sign keygen -a 8 --now $now -K right example.com)
reflagged "$key" '256 3 8' '256 3 10' right
sed -i 's/^Algorithm: .*/Algorithm: 10 (RSASHA512)/' "$to.private"
zsk=$(sed -n 's/ IN DNSKEY / 3600 IN DNSKEY /p' right/*.key)
bundles $month $now
ten=left/$(ksk-sign keygen -a 10 --now $now -K left example.com)
breaks keys other.ksr -k "$rsa" -k "$ten"

# Two keys of one tag: it is a sum of the key's words of 16 bits, so two of
# these in each other's place do not change it. Nobody has the second.
ed=left/$(ksk-sign keygen -a 15 --now $now -K left example.com)
rm -r right && cp -r empty right
request ed.ksr -a 15 --from $now --to 20270201
zsk=$(sed 's/ ; pop .*//' ed.ksr | awk '/DNSKEY/ { print; exit }')
echo "$zsk" | awk '{ for (i = 8; i <= NF; i++) printf "%s", $i }' |
    openssl base64 -d -A >words
[ "$(wc -c <words)" -eq 32 ] || die "no Ed25519 key: $zsk"
{
	dd bs=2 skip=1 count=1 if=words
	dd bs=2 count=1 if=words
	dd bs=4 skip=1 if=words
} 2>/dev/null >swapped
cmp -s words swapped && die "a key of two equal words"
twin="$(echo "$zsk" | awk '{ printf "%s\t%s\t%s\t%s\t%s %s %s", $1, $2, $3,
    $4, $5, $6, $7 }') $(openssl base64 -A -in swapped)"
{
	ksr 20270101000000
	ksr 20270115000000
	echo "$twin"
	echo ';; KeySigningRequest 1.0 generated at Fri Jan  1 by 9.20.27'
} >other.ksr
breaks keys other.ksr -k "$ed" --allow possession

rm -f ledger
want_status 2 ksk-sign sign --now $now -k "$ksk" --yes --ledger ledger \
    --allow everything -o out.skr good.ksr
says 'possession'
