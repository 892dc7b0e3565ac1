#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# An SKR on the right: request, import, and then each run of sign and splice
# takes the bundle in force, until the last one has ended. Nothing of a bad one
# comes to the store; many zones come all, or none.
. "$(dirname "$0")/flow.sh"

data=$srcdir/tests/data
cd "$tmp"

# --- BIND's sample, with the public halves of its ZSKs ------------------------
mkdir store keys empty
at="--now 20261205"
# public RECORD TIME...: a .key file as dnssec-keygen leaves it.
public()
{
	echo "$1" >record
	tag=$(ksk-sign show --json record | sed -n 's/.*"tag": *\([0-9]*\).*/\1/p')
	shift
	{
		printf '; %s\n' "$@"
		cat record
	} >"keys/Kexample.net.+013+$(printf %05d "$tag").key"
}
public "$(grep -m 1 pu13Wz "$data/bind.ksr")" \
    'Publish: 20261121164055' 'Activate: 20261121164055' \
    'Delete: 20261231174555'
public "$(grep -m 1 ME8c41 "$data/bind.ksr")" \
    'Publish: 20261221143555' 'Activate: 20261221143555'
ksk-sign ds "$data/Kexample.net.+013+49164" >ds
into()
{
	zsk-sign import $at -d store "$@"
}
want_status 0 into -K keys "$data/bind.skr"
says '^Bundles  9, from 2026-11-21 16:40:55 UTC$'
says '^Until    2027-02-01 17:45:55 UTC'
cmp store/KSK.data "$data/bind.skr" || die "not stored as it came"
rm store/*
want_status 0 into -K keys --ds ds "$data/bind.skr"
rm store/*
want_status 0 into -K empty --request "$data/bind.ksr" "$data/bind.skr"
rm store/*
refused 3 'last one ended on 2027-02-01 17:45:55' zsk-sign import \
    --now 20270202 -d store -K keys "$data/bind.skr"
refused 3 'begins on 2026-11-21 16:40:55 UTC, and nothing is stored' \
    zsk-sign import --now 20261120 -d store -K keys "$data/bind.skr"
refused 3 'is no KSR for example.net' into -K keys \
    --request "$data/knot.skr" "$data/bind.skr"
refused 3 'KSR, which is the request' into -K keys "$data/bind.ksr"
refused 3 'no ZSK of example.net.* there, and no request' into "$data/bind.skr"
# without N: one bundle removed.
without()
{
	awk -v n="$1" '/^;;/ { k++ } k != n' "$data/bind.skr" >cut.skr
}
without 3
refused 3 'expires on 2026-12-14 .* nothing takes' into -K keys cut.skr
for way in "-K keys" "-K empty --request $data/bind.ksr"; do
	without 5
	refused 3 'on 2026-12-21 14:35:55 UTC it lacks ZSK' into $way cut.skr
	without 7
	refused 3 'on 2026-12-31 17:45:55 UTC it has ZSK' into $way cut.skr
done
# Swapped, and one again where it does not belong.
awk '/^;;/ { k++ } { b[k] = b[k] $0 "\n" }
    END { printf "%s", b[1] b[3] b[2]
	for (i = 4; i <= k; i++) printf "%s", b[i] }' "$data/bind.skr" >swapped.skr
refused 3 'before|goes back|earlier' into -K keys swapped.skr
awk '/^;;/ { k++ } { b[k] = b[k] $0 "\n" }
    END { for (i = 1; i < k; i++) printf "%s", b[i]
	printf "%s", b[2] b[k] }' "$data/bind.skr" >again.skr
refused 3 'before|goes back|earlier' into -K keys again.skr
# A key of a stranger's beside ours.
evil=empty/$(basename "$(ksk-sign keygen --now 20261101 -K empty example.net)")
awk -v key="$(grep DNSKEY "$evil.key")" \
    '{ print } /^;;/ && ++k == 2 { sub(/IN/, "3600 IN", key); print key }' \
    "$data/bind.skr" >evil.skr
refused 3 'does not verify over its bundle' into -K keys evil.skr

# --- Knot's ------------------------------------------------------------------
mkdir knot
want_status 0 zsk-sign import --now 20261205 -d knot -K knot \
    --request "$data/knot.ksr" "$data/knot.skr"
cmp knot/KSK.data "$data/knot.skr" || die "Knot's is not stored as it came"

# --- Ours, from the request to the last day ----------------------------------
cp "$srcdir/testzones/example.com" example.com
mkdir left right
at="--now 20270110"
ksk=left/$(basename "$(ksk-sign keygen $at -K left example.com)")
want_status 0 zsk-sign request $at -K right -o out.ksr --from 20270110 \
    --to 20270410 --zsk-lifetime 30d example.com
cmp out.ksr right/key-request || die "no copy of the request"
want_status 0 ksk-sign sign $at --yes -k "$ksk" -o out.skr out.ksr
want_status 0 zsk-sign import $at -d right out.skr
says "^Until    2027-04-10 00:00:00 UTC"
cmp right/KSK.data out.skr || die "not stored as it came"
want_status 0 zsk-sign import $at -d right --json out.skr
says '"unchanged": true'
says '"bundles": [0-9]+'
bundles=$(grep -c '^;; SignedKeyResponse 1.0 2' out.skr)
[ "$bundles" -ge 9 ] || die "only $bundles bundles"
ksk-sign ds "$ksk" >ds

sign_at()
{
	when=$1
	shift
	zsk-sign sign --now "$when" -K right -d right/KSK.data -f final \
	    -N increment "$@" example.com
}
refused 3 'no bundle is in force yet; the first one begins on 2027-01-10' \
    zsk-sign splice --now 20270109235959 -o example.com -d right/KSK.data \
    -f spliced example.com
n=0
warned=0
serial=0
for time in $(sed -n 's/^;; SignedKeyResponse 1.0 \(2[0-9]*\) .*/\1/p' out.skr); do
	n=$((n + 1))
	want_status 0 sign_at "$time" --json
	says "\"bundle\": $n,?\$"
	says "\"bundles\": $bundles,?\$"
	says '"written": true'
	if [ $n -eq "$bundles" ]; then
		says '^zsk-sign: right/KSK.data: its last bundle is in force, and ends on 2027-04-10 00:00:00 UTC; fetch'
		says '"warning": "'
	elif [ "$time" -gt 20270327000000 ]; then
		says '^zsk-sign: right/KSK.data: its last bundle ends on 2027-04-10 00:00:00 UTC; fetch'
		says '"warning": "'
		warned=$n
	else
		grep -q warning said && die "bundle $n warns"
	fi
	# The very signature of the bundle stands in the zone: also when
	# nothing but that is another.
	awk -v n=$n '/^;;/ { k++ } k == n && $4 == "RRSIG" && $5 == "DNSKEY" {
	    for (i = 13; i <= NF; i++) printf "%s", $i; print "" }' out.skr >want
	awk '$4 == "RRSIG" && $5 == "DNSKEY" {
	    for (i = 13; i <= NF; i++) printf "%s", $i; print "" }' final >is
	cmp want is || die "bundle $n is not in the zone"
	want_status 0 zsk-sign verify --now "$time" --ds ds -o example.com final
	new=$(awk '$4 == "SOA" { print $7; exit }' final)
	[ "$new" -gt "$serial" ] || die "bundle $n: the serial stands"
	serial=$new
	want_status 0 sign_at "$time" --json
	says '"written": false'
done
[ $n -eq "$bundles" ] || die "only $n bundles were used"
[ "$warned" -gt 0 ] || die "nothing warned before the last bundle"
refused 3 'no bundle is in force any more; the last one ended on 2027-04-10 00:00:00' \
    sign_at 20270410
want_status 0 sign_at 20270409235959 --min-validity 1h

# From 14 days before the end on it warns, and not before.
want_status 0 sign_at 20270327000000
grep -q fetch said && die "warns 14 days before the end"
want_status 0 sign_at 20270327000001
says 'its last bundle ends on 2027-04-10 00:00:00 UTC; fetch'
want_status 0 zsk-sign splice --now 20270327000001 -o example.com \
    -d right/KSK.data -f spliced final
says 'its last bundle ends on 2027-04-10 00:00:00 UTC; fetch'

# A zone signed by a key that is still to come is news; one that was signed by
# the ZSK before the last is not.
want_status 0 sign_at 20270115
says 'final was signed by other keys.*everything was signed anew'
want_status 0 sign_at 20270326
[ -s said ] && die "a planned rollover is told"

# Splice takes the same one.
want_status 0 sign_at 20270115
want_status 0 zsk-sign splice --now 20270122 -o example.com -d right/KSK.data \
    -f spliced --json final
says '"bundle": 2,?$'
refused 3 'no bundle is in force any more' zsk-sign splice --now 20270501 \
    -o example.com -d right/KSK.data -f spliced final

# The next request tells of this response; its answer begins later, and is
# joined; what the one after that tells is what came, not what was joined.
at="--now 20270320"
want_status 0 zsk-sign request $at -K right -o two.ksr --from 20270410 \
    --to 20270601 --zsk-lifetime 30d example.com
tail -n 1 two.ksr >said
says "answers=$(sha256sum <out.skr | cut -d ' ' -f 1) "
want_status 0 ksk-sign sign $at --yes -k "$ksk" -o two.skr two.ksr
refused 3 'begins on 2027-04-10 00:00:00 UTC, and nothing is stored' \
    zsk-sign import $at -d store -K right two.skr
want_status 0 zsk-sign import $at -d right two.skr
says 'until then those of before'
cmp two.skr right/KSK.data >/dev/null && die "not joined"
want_status 0 zsk-sign import $at -d right --json two.skr
says '"unchanged": true'
for when in 20270320 20270409235959 20270410 20270520; do
	want_status 0 sign_at "$when"
	want_status 0 zsk-sign verify --now "$when" --ds ds -o example.com final
done
refused 3 'was put together on the right' zsk-sign import $at -d store \
    -K right right/KSK.data
refused 3 'old stick|answers another request' zsk-sign import $at -d right out.skr
zsk-sign request --now 20270501 -K right -o three.ksr --from 20270601 \
    --to 20270701 --zsk-lifetime 30d example.com
tail -n 1 three.ksr >said
says "answers=$(sha256sum <two.skr | cut -d ' ' -f 1) "
