#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The right side's verbs, with what they refuse: a status, one line, and
# nothing changed on the disk.
. "$(dirname "$0")/flow.sh"

sign()
{
	zsk-sign sign -K right -d right/KSK.data -f final "$@" example.com
}

cd "$tmp"
cp "$srcdir/testzones/example.com" example.com
key_pair example.com 13

# The request is the ZSKs of now.
want_status 0 zsk-sign request -K right example.com
says '^example.com.	3600	IN	DNSKEY	256 3 13 '
later=$(zsk-sign keygen -K right -P +30d -A +60d example.com)
want_status 0 zsk-sign request -K right example.com
[ "$(grep -c . said)" -eq 1 ] || die "a key of the future is in the request"
want_status 0 zsk-sign request -K right --now +31d example.com
[ "$(grep -c . said)" -eq 2 ] || die "a published key is not in the request"
rm -f right/"$later".*
refused 3 'no ZSK of example.org. ' zsk-sign request -K right example.org
refused 1 'nowhere' zsk-sign request -K nowhere example.com
refused 2 'label is empty' zsk-sign request -K right example..com

# Words that make no sense.
want_status 0 sign
cp final first
refused 2 'KSK.data' zsk-sign sign -K right -f final example.com
refused 2 'either' zsk-sign sign -d right/KSK.data -f final example.com
refused 2 'combined' zsk-sign sign -z -K right -d right/KSK.data -f final \
    example.com
refused 2 'opt-out' sign -A
refused 2 'salt' sign -3 xyz
refused 2 'iterations' sign -3 - -H 51
refused 2 'iterations.* give -3' sign -H 5
refused 2 'label is empty' sign -o example..com
refused 2 'label is empty' zsk-sign verify -o example..com final
refused 2 'label is empty' zsk-sign splice -o example..com \
    -d right/KSK.data -f final final
refused 3 'com[.]db[.] there; is that the zone' sign -o example.com.db
refused 2 'serial' sign -N later
refused 2 'threads' sign -n 0
refused 2 'threads' sign -n -1
refused 2 'threads' sign -n 10000
refused 2 'standard output' sign --json -f -

# Times and clocks.
refused 3 'expire' sign -e 20200101
refused 3 'not be valid before' sign -i +1h
refused 3 'clock' sign --now 19700101
refused 3 'clock right' sign --now now-2d
refused 3 'min-validity' sign --min-validity 91d
refused 3 'expired on' sign --now +91d -e +200d

# Another zone's KSK.data, another key's, a tampered one.
refused 1 'nothing-here' zsk-sign sign -K right -d right/KSK.data \
    -f final nothing-here
sed 's/example[.]com/example.org/g' right/KSK.data >other.data
refused 3 'is for example.org' sign -d other.data
awk '$4 == "RRSIG" {
	$NF = (substr($NF, 1, 1) == "A" ? "B" : "A") substr($NF, 2)
} { print }' right/KSK.data >bent.data
refused 3 'does not cover' sign -d bent.data
extra=$(zsk-sign keygen -K right example.com)
refused 3 'new key request' sign
rm -f right/"$extra".*
chmod 644 right/"$zsk".private
refused 3 'chmod' sign
chmod 600 right/"$zsk".private
mv right/"$zsk".private away
refused 3 'lacks its .private' sign
mv away right/"$zsk".private

# Zones that cannot be signed.
bad_zone()
{
	pattern=$1
	printf '%s\n' "$2" >bad
	before=$(cksum final)
	got=0
	zsk-sign sign -o example.com -K right -d right/KSK.data -f final bad \
	    >said 2>&1 || got=$?
	case $got in
	1|3)	;;
	*)	die "status $got for a zone with: $2" ;;
	esac
	says "$pattern"
	[ "$before" = "$(cksum final)" ] || die "the old zone is gone"
	[ "$(find . -name '.final*' | wc -l)" -eq 0 ] || die "half a file"
}
head='$TTL 60
@ SOA ns h 1 2 3 4 5
@ NS ns
ns A 192.0.2.1'
bad_zone 'no SOA' '@ 60 NS ns'
bad_zone 'no NS' '@ 60 SOA ns h 1 2 3 4 5'
bad_zone 'one SOA' "$head
@ SOA ns h 2 2 3 4 5"
bad_zone 'bad:5: .*TTL' "$head
ns 61 A 192.0.2.2"
bad_zone 'bad:5: .*outside' "$head
example.org. A 192.0.2.2"
bad_zone 'bad:5: ' "$head
ns A 192.0.2.256"
bad_zone 'bad:5: ' "$head
ns A \\# 5 0102030405"
bad_zone 'bad:5: .*(class|IN)' "$head
x CH TXT a"
bad_zone 'bad:5: .*INCLUDE|bad:5: .*bad|deep' "$head
\$INCLUDE bad"
bad_zone 'CNAME' "$head
ns CNAME @"
bad_zone 'big.*validators can check' "$(echo "$head"; i=0
while [ $i -lt 2114 ]; do
	echo "big A 10.0.$((i / 256)).$((i % 256))"
	i=$((i + 1))
done)"
cmp -s final first || die "the old zone is not what it was"

# Serials move forwards.
serial()
{
	awk '$4 == "SOA" { print $7; exit }' final
}
old=$(serial)
want_status 0 sign
[ "$(serial)" = "$old" ] || die "keep did not keep"
want_status 0 sign -N increment
[ "$(serial)" = "$old" ] || die "a new serial where nothing was due"
want_status 0 sign -N increment --refresh 60d
want_status 0 sign -N increment --refresh 60d
[ "$(serial)" -eq $((old + 2)) ] || die "increment: $(serial)"
want_status 0 sign -N unixtime --now now --refresh 60d
[ "$(serial)" -ge 1700000000 ] || die "unixtime: $(serial)"

# A zone that was signed before is signed anew, whoever did it.
cp final again
want_status 0 zsk-sign sign -o example.com -K right -d right/KSK.data \
    -f final2 -3 aabb -N increment again
grep -q '	NSEC	' final2 && die "old NSEC left"
want_status 0 zsk-sign verify -o example.com final2

# Same input, same clock: the same but for ECDSA's nonces.
plain()
{
	awk '$4 == "RRSIG" { $NF = "" } { print }' "$1"
}
at=$(eitime)
want_status 0 sign -f one --now "$at" -n 1
want_status 0 sign -f two --now "$at" -n 7
[ "$(plain one)" = "$(plain two)" ] || die "threads change the zone"

# ZONEMD, judged by a peer too.
want_status 0 sign --zonemd -f with-zonemd
grep -q '	ZONEMD	' with-zonemd || die "no ZONEMD"
want_status 0 zsk-sign verify -o example.com with-zonemd
if command -v ldns-verify-zone >/dev/null; then
	want_status 0 ldns-verify-zone -ZZ with-zonemd
fi
sed 's/192[.]0[.]2[.]80/192.0.2.81/' with-zonemd >bent
want_status 3 zsk-sign verify -o example.com bent
says 'ZONEMD'

# To standard output, verified first.
zsk-sign sign -K right -d right/KSK.data -f - example.com >out 2>said
want_status 0 zsk-sign verify -o example.com out
want_status 1 sh -c 'zsk-sign sign -K right -d right/KSK.data -f - \
    example.com >/dev/full'

# A combined key.
mkdir csk
csk=$(ksk-sign keygen -K csk example.com)
want_status 0 zsk-sign sign -z -K csk -f combined example.com
want_status 0 zsk-sign verify -z -o example.com --ds "csk/$csk.ds" combined
want_status 0 zsk-sign sign -z -k "csk/$csk" -f combined -3 - example.com
mkdir csk2
zsk-sign keygen -K csk2 example.com >/dev/null
want_status 0 zsk-sign sign -z -K csk2 -f combined2 example.com
want_status 3 zsk-sign verify -o example.com combined2
want_status 0 zsk-sign verify -z -o example.com combined2

# Import: whole or not at all, and what was there is kept.
mkdir kept
want_status 0 zsk-sign import -d kept -K right right/KSK.data
cmp kept/KSK.data right/KSK.data || die "not stored as it came"
want_status 0 zsk-sign import -d kept -K right right/KSK.data
[ "$(find kept -type f | wc -l)" -eq 1 ] || die "the same again is kept twice"
refused 3 'does not cover' zsk-sign import -d kept -K right bent.data
refused 3 'no ZSK of example.org' zsk-sign import -d kept -K right other.data
want_status 0 ksk-sign sign -k "left/$ksk" --yes -e +200d -o long.data \
    right/ZSK.key
want_status 0 zsk-sign import -d kept -K right long.data
cmp kept/KSK.data long.data || die "the new one is not stored"
find kept -name 'KSK.data.*' -exec cmp {} right/KSK.data \; ||
    die "the previous one is not kept"
[ "$(find kept -type f | wc -l)" -eq 2 ] || die "the previous one is gone"
strange=$(ksk-sign keygen -K left example.com)
want_status 0 ksk-sign sign -k "left/$strange" --yes -e +300d \
    -o strange.data right/ZSK.key
refused 3 'no KSK in common' zsk-sign import -d kept -K right strange.data
refused 3 'old stick' zsk-sign import -d kept -K right right/KSK.data
: >empty
refused 3 'no KSK' zsk-sign import -d kept -K right empty

# Splice: a zone that another signed.
if command -v dnssec-signzone >/dev/null; then
	dnssec-signzone -q -P -S -K right -o example.com -d . -f bind.signed \
	    example.com >said 2>&1 || {
		cat said
		die "dnssec-signzone"
	}
	want_status 0 zsk-sign splice -o example.com -d right/KSK.data \
	    -f bind.final bind.signed
	want_status 0 zsk-sign verify -o example.com --ds "left/$ksk.ds" \
	    bind.final
	want_status 0 zsk-sign splice -o example.com -d long.data \
	    -f bind.final bind.final
	refused 3 'does not cover' zsk-sign splice -o example.com \
	    -d bent.data -f bind.final bind.signed
	refused 3 'is for example.org' zsk-sign splice -o example.com \
	    -d other.data -f bind.final bind.signed
	refused 3 'no ZSK' zsk-sign splice -o example.com \
	    -d right/KSK.data -f bind.final example.com
fi
