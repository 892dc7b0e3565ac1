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
	says 'does NOT verify'
	says "^ksk-sign: bad.skr:[0-9]*: .* key 49164 over $type does not"
	[ "$(grep -c 'check    verifies' said)" -eq 26 ] || die "not one alone"
done
# One character of a key in the second bundle.
awk '/^;;/ { n++ } n == 2 && /256 3 13/ && !done { done = sub(/ pu13/, " pu14") }
	{ print }' "$data/bind.skr" >bad.skr
cmp -s bad.skr "$data/bind.skr" && die "no such key in the second bundle"
want_status 3 ksk-sign show $at bad.skr
says 'key 49164 over DNSKEY does not verify'
[ "$(grep -c 'check    verifies' said)" -eq 26 ] || die "not one alone"

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

# To readers of plain files, they are none.
ksk=$(ksk-sign keygen $at -K . example.net)
want_status 3 ksk-sign sign $at -k "$ksk" --yes -o out.data "$data/bind.ksr"
says 'bind.ksr:1: a KSR, not a plain key request'
[ ! -e out.data ] || die "a KSR was signed as if it were plain"

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
	says 'check    verifies'
fi
