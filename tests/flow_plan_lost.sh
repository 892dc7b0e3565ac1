#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What the manual of operations says of a lost stick, carried out: the plan is
# asked for again, and begins from what is served, not from the rollovers that
# the keys' times tell of and nobody has seen. The zone is signed every hour
# around the rollover, and judged by programs that are not ours: each alone, and
# with all that caches may have of the hours before (tests/yearwatch.c).
. "$(dirname "$0")/flow.sh"
want kzonecheck ldns-verify-zone

zone=example.com
hour=3600
day=86400
cd "$tmp"
cat >$zone <<END
\$TTL 3600
@	SOA	ns hostmaster 1 3H 1H 1W 3600
	NS	ns
	MX	10 mail
ns	A	192.0.2.1
mail	A	192.0.2.2
	AAAA	2001:db8::2
END
# The last trip before all went wrong; the response is good for 60 days.
start=1798761600

# first DIR OPTION...: a zone in service, by a plain response.
first()
{
	dir=$1
	shift
	now=$start
	mkdir "$dir" "$dir.left" "$dir.days"
	ksk=$dir.left/$(ksk-sign keygen --now $now -K "$dir.left" $zone)
	ksk-sign ds "$ksk" >"$dir.ds"
	zsk=$(zsk-sign keygen --now $now -K "$dir" $zone)
	want_status 0 zsk-sign request --now $now -K "$dir" -o "$dir.key" $zone
	want_status 0 ksk-sign sign --now $now -k "$ksk" --yes --cds -e +60d \
	    --ledger "$dir.ledger" -o "$dir.data" "$@" "$dir.key"
	want_status 0 zsk-sign import --now $now -d "$dir" "$dir.data"
}

# ask DIR DAY FROM DAYS OPTION...: DIR.ksr, on that day.
ask()
{
	dir=$1
	at=$((start + $2 * day))
	from=$3
	to=$4
	shift 4
	want_status 0 zsk-sign request --now $at -K "$dir" --from "$from" \
	    --to "+${to}d" --zsk-lifetime 30d --max-zone-ttl 1h \
	    -o "$dir.ksr" "$@" $zone
}

# answer DIR OPTION...: the stick arrives, at the same time.
answer()
{
	dir=$1
	shift
	want_status 0 ksk-sign sign --now $at -K "$dir.left" --yes --cds \
	    --ledger "$dir.ledger" -o "$dir.skr" "$@" "$dir.ksr"
	want_status 0 zsk-sign import --now $at -d "$dir" "$dir.skr"
}

# signed DIR: the zone at $now, judged.
signed()
{
	want_status 0 zsk-sign sign --now $now -K "$1" -d "$1/KSK.data" \
	    -N unixtime -f "$1.out" $zone
	want_status 0 kzonecheck -o $zone -d on -t $now "$1.out"
	clock=$(date -u -d "@$now" +%Y%m%d%H%M%S)
	want_status 0 ldns-verify-zone -t "$clock" "$1.out"
	cp "$1.out" "$1.days/$now"
	echo "$now $1.days/$now" >>"$1.list"
}

# hours DIR HOURS STEP: every so many hours, from $now on, for so many.
hours()
{
	until=$((now + $2 * hour))
	while [ $now -lt $until ]; do
		signed "$1"
		now=$((now + $3 * hour))
	done
}

# watched DIR ZSKS: no cache fails; an hour until every server has the zone.
watched()
{
	want_status 0 "$builddir/tests/yearwatch" -p $hour -a 1800 "$1.ds" \
	    "$1.list"
	says "^moments [0-9]+, pairs [0-9]+, zsks $2, ds 1: rrsig 0 dnskey 0 "
}

# zsks FILE BUNDLE: how many ZSKs it has.
zsks()
{
	awk -v n="$2" '/KeySigningRequest/ { at++ }
	    at == n && /DNSKEY/ { count++ } END { print count + 0 }' "$1"
}

# The plan would roll on day 30, but the stick is lost. The zone goes on, until
# the new key is in it by its times: from then on what is served stands still.
first lost
zsk1=$zsk
hours lost $((27 * 24)) 72
ask lost 27 +3d 90
[ "$(zsks lost.ksr 1)" -eq 2 ] || die "the lost plan does not roll at once"
now=$((start + 29 * day))
signed lost
now=$((start + 31 * day))
refused 3 'does not cover the DNSKEY RRset' zsk-sign sign --now $now -K lost \
    -d lost/KSK.data -f none $zone
# The second try is lost, too.
cp -r lost lost.again
ask lost.again 33 now 90
ask lost 35 now 90
[ "$(grep -c 'not served as its times said; it signs from' said)" -eq 2 ] ||
    die "$(cat said)"
grep -qF "zsk-sign: lost/$zsk1: not served as its times said; it" said ||
    die "the served key is not told of"
[ "$(zsks lost.ksr 1)" -eq 2 ] || die "what is served is not in it"
grep -qF "$(awk '/DNSKEY/ { print substr($NF, 1, 50) }' "lost/$zsk1.key")" \
    lost.ksr ||
    die "the key that is served is not asked for"
# By the new times the old response does until the new one is there.
now=$at
grep -q "^Inactive: $(date -u -d "@$((at + 3 * hour))" +%Y%m%d%H%M%S)\$" \
    "lost/$zsk1.private" || die "it does not sign until the next is known"
# Again, with nothing to be changed, and nothing to be said.
cp -r lost before
ask lost 35 now 90
[ -s said ] && die "moved again: $(cat said)"
for key in lost/K*; do
	cmp "$key" "before/${key#lost/}" || die "$key changed"
done
answer lost
hours lost 48 1
hours lost $((20 * 24)) 48
watched lost 2

# A failure changes no key.
cp -r lost.again lost.copy
at=$((start + 40 * day))
refused 1 'nowhere' zsk-sign request --now $at -K lost.again --from now \
    --to +90d --zsk-lifetime 30d --max-zone-ttl 1h -o nowhere/x $zone
diff -r lost.again lost.copy || die "a failed run changed a key"

# What is served signs on no more if its key is gone: that is said.
cp -r lost.again gone
rm "gone/$zsk1.private"
refused 3 "gone/K.*\.key: .*private key is not here.*bring it back" \
    zsk-sign request --now $at -K gone --from now --to +90d \
    --zsk-lifetime 30d --max-zone-ttl 1h -o gone.ksr $zone
rm "gone/$zsk1.key"
refused 3 'gone/KSK.data: the ZSKs that it signs are not all here.*bring' \
    zsk-sign request --now $at -K gone --from now --to +90d \
    --zsk-lifetime 30d --max-zone-ttl 1h -o gone.ksr $zone
# Without what it was served with, it is as a new zone.
rm gone/KSK.data
want_status 0 zsk-sign request --now $at -K gone --from now --to +90d \
    --zsk-lifetime 30d --max-zone-ttl 1h -o gone.ksr $zone

# The same behind a plan that was carried out: its end has passed, and the one
# behind it was lost.
first year
ask year 1 now 58
answer year
now=$at
hours year $((28 * 24)) 48
hours year 48 1
hours year $((26 * 24)) 48
ask year 57 "$((start + 59 * day))" 95
hours year 48 1
ask year 62 now 90
[ "$(grep -c 'not served as its times said; it signs from' said)" -eq 2 ] ||
    die "$(cat said)"
answer year --allow gap
now=$at
hours year 48 1
watched year 3

# What is served has a TTL of two days: the plan waits for that, whatever it
# asks for itself.
first slow --ttl 172800
hours slow $((28 * 24)) 48
ask slow 28 +1d 50
awk '/DNSKEY/ { print $2 }' slow.ksr | sort -u >ttls
[ "$(cat ttls)" = 3600 ] || die "the plan asks for another TTL: $(cat ttls)"
hours slow 24 2
answer slow
hours slow $((5 * 24)) 1
watched slow 2
