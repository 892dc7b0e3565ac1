#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What the matrix of flow_algorithms leaves out: a combined key, ZONEMD, two
# algorithms at once, ZSKs that do not sign, CDS, signed zones as input. All
# judged by others.
. "$(dirname "$0")/flow.sh"
want dnssec-verify ldns-verify-zone kzonecheck

# accepted FILE [DNSSEC-VERIFY-OPTION]: by three that are not ours.
accepted()
{
	file=$1
	shift
	want_status 0 dnssec-verify "$@" -o example.com "$file"
	want_status 0 kzonecheck -o example.com -d on "$file"
	want_status 0 ldns-verify-zone "$file"
}

cd "$tmp"
cp "$srcdir/testzones/example.com" zone

# One combined key signs everything; the DS is its own.
mkdir csk
csk=$(ksk-sign keygen -K csk example.com)
want_status 0 zsk-sign sign -z -k "csk/$csk" -o example.com -f csk.final zone
accepted csk.final -z
want_status 0 zsk-sign verify -z --ds "csk/$csk.ds" csk.final
# Without -z it wants KSK.data, and without that it writes nothing.
want_status 2 zsk-sign sign -k "csk/$csk" -o example.com -f other zone
[ ! -e other ] || die "a combined key without -z"

# ZONEMD: wanted by ldns-verify-zone -Z, and wrong once the zone is another.
key_pair example.com 13
want_status 0 zsk-sign sign -K right -d right/KSK.data --zonemd \
    -o example.com -f zonemd.final zone
accepted zonemd.final
want_status 0 ldns-verify-zone -Z zonemd.final
want_status 0 zsk-sign verify zonemd.final
want_status 0 zsk-sign sign -K right -d right/KSK.data --zonemd \
    -o example.com -f zonemd.final zonemd.final
want_status 0 ldns-verify-zone -Z zonemd.final
[ "$(grep -c '	ZONEMD	[0-9]' zonemd.final)" -eq 1 ] || die "not one ZONEMD"

# A zone that was signed before, with the other chain and other keys.
want_status 0 zsk-sign sign -K right -d right/KSK.data -3 - -N increment \
    -o example.com -f again.final csk.final
accepted again.final
grep -q '	NSEC	' again.final && die "NSEC beside NSEC3"
want_status 0 zsk-sign sign -K right -d right/KSK.data \
    -o example.com -f back.final again.final
accepted back.final
grep -q '	NSEC3' back.final && die "NSEC3 beside NSEC"

# A ZSK that is published ahead and one that is retired: there, not signing.
mkdir later
ahead=$(zsk-sign keygen -K right -P now -A +30d example.com)
retired=$(zsk-sign keygen -K right -P now-30d -A now-30d -I now-1d -D +30d \
    example.com)
want_status 3 zsk-sign sign -K right -d right/KSK.data -o example.com \
    -f later.final zone
want_status 0 zsk-sign request -K right -o later/ZSK.key example.com
want_status 0 ksk-sign sign -k "left/$ksk" --yes --cds -o later/KSK.data \
    later/ZSK.key
want_status 0 zsk-sign sign -K right -d later/KSK.data -o example.com \
    -f later.final zone
accepted later.final
[ "$(grep -c '	DNSKEY	256 ' later.final)" -eq 3 ] || die "not three ZSKs"
grep -q '	CDS	' later.final || die "no CDS"
grep -q '	CDNSKEY	' later.final || die "no CDNSKEY"
for key in "$ahead" "$retired"; do
	tag=$(echo "${key##*+}" | sed 's/^0*//')
	! awk -v tag="$tag" '$4 == "RRSIG" && $11 == tag { n++ }
	    END { exit n == 0 }' later.final || die "$key signs"
done

# Two algorithms: each RRset has a signature of both.
mkdir two
ksk2=$(ksk-sign keygen -a 8 -K left example.com)
zsk-sign keygen -a 8 -K two example.com >two/zsk8
cp "right/$zsk.key" "right/$zsk.private" two/
want_status 0 ksk-sign sign -k "left/$ksk" -k "left/$ksk2" --yes \
    -o two/KSK.data "two/$(cat two/zsk8).key" "two/$zsk.key"
[ "$(wc -l <two/KSK.data)" -eq 4 ] || die "KSK.data has not four lines"
want_status 0 zsk-sign sign -K two -d two/KSK.data -o example.com \
    -f two.final zone
accepted two.final

# One KSK does not cover a ZSK of another algorithm.
want_status 3 ksk-sign sign -k "left/$ksk" --yes -o other \
    "two/$(cat two/zsk8).key"
[ ! -e other ] || die "signed for an algorithm that no KSK has"
