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

# What only others write: their requests have no proofs.
sed 's/ ; pop .*//; s/ by dnssecflow .*/ by 9.20.27/' good.ksr >bind.ksr
rm -f ledger
sign -k "$ksk" --allow possession bind.ksr || die "BIND's form was refused"
bind()
{
	name=$1
	file=$2
	shift 2
	breaks "$name" "$file" -k "$ksk" --allow possession "$@"
}
sed '0,/DNSKEY	256 /s//DNSKEY	257 /' bind.ksr >other.ksr
grep -q '	257 ' other.ksr || die "no key with the SEP flag"
rm -f ledger
code=0
sign -k "$ksk" --allow possession other.ksr || code=$?
[ $code -eq 3 ] || die "a ZSK with the SEP flag was signed"
says 'flags 257'
tail -n 1 ledger | grep -q ' check=flags' || die "flags: not recorded"
sed 's/DNSKEY	256 /DNSKEY	257 /' bind.ksr >other.ksr
bind flags other.ksr
sed '0,/	3600	IN/s//	1800	IN/' bind.ksr >other.ksr
bind ttl other.ksr
# A thief's keys, behind the right's own.
rm -r right && cp -r empty right
request theft.ksr --from $now --to 20270401
{
	sed '/^;; KeySigningRequest 1.0 20270[23]/,$d' bind.ksr
	sed -n '/^;; KeySigningRequest 1.0 20270[23]/,$p' theft.ksr |
	    sed 's/ ; pop .*//; s/ by dnssecflow .*/ by 9.20.27/'
} >other.ksr
bind chain other.ksr
zsk=$(awk '/DNSKEY/ { print; exit }' bind.ksr)
ksr()
{
	printf ';; KeySigningRequest 1.0 %s (x)\n%s\n' "$1" "$zsk"
}
end=';; KeySigningRequest 1.0 generated at Fri Jan  1 by 9.20.27'
{ ksr 20270101000000; ksr 20270101000000; echo "$end"; } >other.ksr
bind order other.ksr
{ ksr 20270201000000; ksr 20270101000000; echo "$end"; } >other.ksr
bind order other.ksr
{ ksr 20270101000000; ksr 20270101000030; echo "$end"; } >other.ksr
bind length other.ksr
{
	for day in $(seq 0 366); do
		ksr "$(date -u -d "2027-01-01 UTC $day days" +%Y%m%d000000)"
	done
	echo "$end"
} >other.ksr
bind count other.ksr
# Two keys of one tag: it is a sum of the key's words of 16 bits, so two of
# these in each other's place do not change it.
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
	echo "$end"
} >other.ksr
breaks keys other.ksr -k "$ed" --allow possession

rm -f ledger
want_status 2 ksk-sign sign --now $now -k "$ksk" --yes --ledger ledger \
    --allow everything -o out.skr good.ksr
says 'possession'
