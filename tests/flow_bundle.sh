#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# ksk-sign show explains KSRs and SKRs, BIND's and Knot's, and says so when a
# signature in one is none, or when a part of one is lost.
. "$(dirname "$0")/flow.sh"

data=$srcdir/tests/data
cd "$tmp"
at="--now 20261205"

# explains FILE KIND BUNDLES SIGNATURES: the page, and its JSON.
explains()
{
	want_status 0 ksk-sign show $at "$1"
	says "^Kind     $2, $3 bundles, "
	[ "$(grep -Ec '^[> ] +[0-9]+  20[0-9-]+ [0-9:]+  ' said)" -eq "$3" ] ||
	    die "$1: rows"
	[ "$(grep -c '^> ' said)" -eq 1 ] || die "$1: not one row in force"
	! grep -q '^Bundle ' said || die "$1: records, unasked"
	awk 'length($0) > 80 { exit 1 }' said || die "$1: a line is too long"
	want_status 0 ksk-sign show $at --records "$1"
	[ "$(grep -c '^Bundle ' said)" -eq "$3" ] || die "$1: bundles"
	[ "$(grep -c '^  check    verifies$' said)" -eq "$4" ] ||
	    die "$1: not $4 signatures verify"
	[ "$(grep -c ', in force$' said)" -eq 1 ] || die "$1: in force"
	awk 'length($0) > 80 { exit 1 }' said || die "$1: a line is too long"
	want_status 0 ksk-sign show $at --json "$1"
	says "\"kind\": *\"$2\""
	says "\"bundles\": *$3(,|$)"
	[ "$(grep -o '"check": *"good"' said | wc -l)" -eq "$4" ] ||
	    die "$1: not $4 good signatures in the JSON"
}
explains "$data/bind.ksr" 'KSR 1.0' 3 0
explains "$data/bind.skr" 'SKR 1.0' 9 27
at="--now 20261215"
explains "$data/knot.ksr" 'KSR 1.0' 5 0
explains "$data/knot.skr" 'SKR 1.0' 7 21
want_status 0 ksk-sign show $at "$data/bind.skr"
says '^>    3  2026-12-09 16:40  2026-12-18 16:40  49164[*]c  4697$'
says '^     5  2026-12-21 14:35  2026-12-30 14:35  49164[*]c  [+]1983 4697$'
says '^     6  2026-12-30 14:35  2026-12-31 17:45  49164[*]c  1983 -4697$'
says '^  27 of 27 signatures verify'
says '^  CDS \(c\) are in every bundle$'
says '^  example.net. IN DS 49164 13 2$'
! grep -q '^Warnings' said || die "warned of what is well"
want_status 0 ksk-sign show --json $at "$data/bind.skr"
says '"in_force": true'
says '"ds": \['
[ "$(grep -c '"in_force": true' said)" -eq 8 ] || die "not the third alone"
want_status 0 ksk-sign show --records $at "$data/bind.skr"
says '^Bundle 3 of 9: 2026-12-09 16:40:55 UTC \(5 days ago\), in force$'
says 'KSK      49164, ECDSAP256SHA256'
says 'until .*: expired$'
says 'from .* \(in '

# One character of one signature, or of one key.
for type in DNSKEY CDS CDNSKEY; do
	awk -v type="$type" '$4 == "RRSIG" && $5 == type && !done {
		c = substr($NF, 9, 1); done = 1
		$NF = substr($NF, 1, 8) (c == "A" ? "B" : "A") substr($NF, 10) }
		{ print }' "$data/bind.skr" >bad.skr
	want_status 3 ksk-sign show $at bad.skr
	says '^  26 of 27 signatures verify'
	[ "$(grep -c 'does NOT verify' said)" -eq 1 ] || die "not one record"
	want_status 3 ksk-sign show $at --records bad.skr
	says 'does NOT verify'
	says "^ksk-sign: bad.skr:[0-9]*: .* key 49164 over $type does not"
	[ "$(grep -c 'check    verifies' said)" -eq 26 ] || die "not one alone"
done
# One character of a key in the second bundle.
awk '/^;;/ { n++ } n == 2 && /256 3 13/ && !done { done = sub(/ pu13/, " pu14") }
	{ print }' "$data/bind.skr" >bad.skr
cmp -s bad.skr "$data/bind.skr" && die "no such key in the second bundle"
want_status 3 ksk-sign show $at --records bad.skr
says 'key 49164 over DNSKEY does not verify'
[ "$(grep -c 'check    verifies' said)" -eq 26 ] || die "not one alone"

# What is well today will not be for ever.
want_status 0 ksk-sign show --now 20261101 "$data/bind.skr"
says '^  ! no bundle is in force yet; .* 2026-11-21 16:40:55 UTC$'
want_status 0 ksk-sign show --now 20270115 "$data/bind.skr"
says '^  ! the last bundle ends on 2027-02-01 '
want_status 0 ksk-sign show --now 20270215 "$data/bind.skr"
says '^  ! signatures of bundle 9, the one in force, expired on 2027-02-01 '
says '^  ! the last bundle ended on 2027-02-01 '
# A bundle less, and the one before has to last longer than it can.
awk '/^;;/ { n++ } n != 3 && n != 4' "$data/bind.skr" >gap.skr
want_status 0 ksk-sign show $at gap.skr
says '^  ! signatures of bundle 2 end on 2026-12-14 .* before its time$'
want_status 0 ksk-sign show $at "$data/bind.ksr"
says '^  ! 4 of 4 keys have no proof of possession'

# What is not whole is not explained.
for f in bind.ksr bind.skr knot.ksr knot.skr; do
	sed '$d' "$data/$f" >cut
	want_status 3 ksk-sign show $at cut
	says '^ksk-sign: cut:[0-9]+: ends without a footer: .* cut off'
	[ "$(wc -l <said)" -eq 1 ] || die "half of $f is explained"
	head -c -1 "$data/$f" >cut
	want_status 3 ksk-sign show $at cut
	says 'no newline behind the footer'
	{ cat "$data/$f"; echo x; } >more
	want_status 3 ksk-sign show $at more
	says 'something stands behind the footer'
done

# Without proofs a request is not signed as if it were plain.
ksk=$(ksk-sign keygen $at -K . example.net)
want_status 3 ksk-sign sign $at -k "$ksk" --yes -o out.data "$data/bind.ksr"
says 'bind.ksr:2: no proof of possession .*--allow possession'
[ ! -e out.data ] || die "it was signed"

# What the writers that are here write today.
if command -v keymgr >/dev/null 2>&1; then
	for side in on off; do
		mkdir $side
		cat >$side.conf <<-END
			server:
			    rundir: $tmp/$side
			database:
			    storage: $tmp/$side
			policy:
			  - id: p
			    manual: on
			    offline-ksk: on
			    dnskey-ttl: 3600
			    zone-max-ttl: 3600
			    propagation-delay: 1h
			    zsk-lifetime: 30d
			    cds-cdnskey-publish: always
			zone:
			  - domain: example.net
			    storage: $tmp/$side
			    dnssec-signing: on
			    dnssec-policy: p
		END
	done
	want_status 0 keymgr -c off.conf example.net. generate ksk=yes \
	    algorithm=ecdsap256sha256
	want_status 0 keymgr -c on.conf example.net. pregenerate +60d
	keymgr -c on.conf example.net. generate-ksr +0 +40d >now.ksr
	keymgr -c off.conf example.net. sign-ksr now.ksr >now.skr
	want_status 0 ksk-sign show now.ksr
	says '^Kind     KSR 1.0, '
	want_status 0 ksk-sign show now.skr
	says '^Kind     SKR 1.0, '
	says '^  ([0-9]+) of \1 signatures verify'
fi
