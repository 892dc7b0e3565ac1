#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The exchange with the programs of others: Knot signs our request and we
# import what it made; we sign Knot's and its zone is good with it; BIND's
# sample is imported, and what we write is BIND's to the byte. Then what Knot
# 3.2.6 lets through, or loses, and we do not.
. "$(dirname "$0")/flow.sh"

data=$srcdir/tests/data
cd "$tmp"
# Knot's tools know no other time than the clock's.
${CC:-cc} -std=c11 -D_GNU_SOURCE -O1 -fPIC -shared -o clockat.so \
    "$srcdir/tests/clockat.c" || die "cannot build clockat.so"
# clock_at TIME COMMAND...
clock_at()
{
	at_time=$1
	shift
	env CLOCK_AT="$at_time" LD_PRELOAD="$tmp/clockat.so" "$@"
}

# --- BIND, of which dnssec-ksr is not in Debian 12 ---------------------------

# shape FILE: the same for two files whose keys and signatures alone differ.
# Each character that may be another one is an x, in whatever words. A blank
# line is what BIND ends with the bundles of one of the request's, and skips.
shape()
{
	sed -e '/^;.* generated at /d' -e '/^$/d' -e 's/ ; pop .*//' "$1" |
	    awk '
	BEGIN { FS = OFS = "\t" }
	# The first words as they are, and all behind them crossed out; one
	# blank between them.
	function crossed(rdata, words,    n, w, i, text, all) {
		n = split(rdata, w, " ")
		for (i = 1; i <= n; i++) {
			all = all (i > 1 ? " " : "") w[i]
			if (i > words)
				gsub(/[A-Za-z0-9+\/]/, "x", w[i])
			text = text (i > 1 ? " " : "") w[i]
		}
		return all == rdata ? text : "other blanks: " rdata
	}
	/^;/ { print; next }
	{ type = $(NF - 1) }
	type ~ /DNSKEY$/ { $NF = crossed($NF, 3) }
	type == "RRSIG" {
		sub(/ [0-9]+ example/, " TAG example", $NF)
		$NF = crossed($NF, 8)
	}
	type == "CDS" {
		sub(/^[0-9]+/, "TAG", $NF)
		text = $NF
		sub(/^.* 2 /, "", text)
		if (text ~ /[^0-9A-F ]/) { print "not in capitals"; exit }
		$NF = crossed($NF, 3)
	}
	{ print }'
}

# same_shape OURS THEIRS
same_shape()
{
	shape "$1" >shape.ours
	shape "$2" >shape.theirs
	diff shape.theirs shape.ours || die "$1 is not of the form of $2"
	# Nothing on a line of its own that dnssec-ksr fails at.
	grep -nvE '^[^; 	].*	IN	|^;; (KeySigningReq|SignedKeyResp)' \
	    "$1" && die "a line that BIND does not read"
	:
}

# BIND's policy in our words: the same times come out, and the same lines.
sample="--now 20261121164055"
mkdir bind
want_status 0 zsk-sign request $sample -K bind --from 20261121164055 \
    --to +59d --zsk-lifetime 30d --propagation 5m --safety 1h \
    --max-zone-ttl 10d -o bind/our.ksr example.net
same_shape bind/our.ksr "$data/bind.ksr"
tail -n 1 bind/our.ksr >said
made='generated at Sat Nov 21 16:40:55 2026 by dnssecflow '
says "^;; KeySigningRequest 1.0 $made"

# BIND's request, signed as BIND signed it.
mkdir left
ksk=left/$(ksk-sign keygen $sample -K left example.net)
want_status 0 ksk-sign sign $sample -k "$ksk" --yes --cds \
    --allow possession -e 20270120164055 --ledger bind.ledger \
    -o bind/our.skr "$data/bind.ksr"
same_shape bind/our.skr "$data/bind.skr"
tail -n 1 bind/our.skr >said
says "^;; SignedKeyResponse 1.0 $made"
# The ZSKs themselves are BIND's, to the byte.
for f in "$data/bind.skr" bind/our.skr; do
	grep '	DNSKEY	256' "$f" >"$(basename "$f").zsks"
done
cmp bind.skr.zsks our.skr.zsks || die "the ZSKs are others than BIND's"

# bind_zsk NAME=TIME... PUBLIC: BIND's ZSK with the times of that request.
bind_zsk()
{
	{
		for pair in "$1" "$2" "$3" "$4"; do
			[ "$pair" = - ] || echo "; ${pair%=*}: ${pair#*=} (UTC)"
		done
		grep -m 1 "	256 3 13 $5" "$data/bind.ksr"
	} >zsk
	tag=$(ksk-sign show $sample --json zsk |
	    sed -n 's/.*"tag": *\([0-9]*\).*/\1/p' | head -n 1)
	cp zsk "sample/Kexample.net.+013+$(printf %05d "$tag").key"
}
mkdir sample
bind_zsk Publish=20261121164055 Activate=20261121164055 \
    Inactive=20261221164055 Delete=20261231174555 pu13
bind_zsk Publish=20261221143555 Activate=20261221164055 - - ME8c
ksk-sign ds "$data/Kexample.net.+013+49164.key" >bind.ds
for day in 20261121170000 20261129 20261225 20270110; do
	rm -f sample/KSK.data
	want_status 0 zsk-sign import --now $day -d sample --ds bind.ds \
	    "$data/bind.skr"
	cmp -s sample/KSK.data "$data/bind.skr" || die "not BIND's very bytes"
done
ksk-sign ds "$ksk" >our.ds
rm -f sample/KSK.data
want_status 3 zsk-sign import --now 20261129 -d sample --ds our.ds \
    "$data/bind.skr"
[ ! -e sample/KSK.data ] || die "stored what another KSK signed"

# --- Knot --------------------------------------------------------------------

want keymgr kzonesign kzonecheck dnssec-verify
start=1798783200
day=86400
at="--now $start"
zone=knot.example
after()
{
	echo $((start + $1 * day))
}
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
		  - domain: $zone
		    storage: $tmp/$side
		    file: zone
		    dnssec-signing: on
		    dnssec-policy: p
	END
	cat >$side/zone <<-END
		\$TTL 3600
		$zone.	SOA	ns.$zone. a.$zone. 1 3H 1H 1W 1H
		$zone.	NS	ns.$zone.
		ns.$zone.	A	192.0.2.1
		*.$zone.	TXT	"wildcard"
	END
done
knot()
{
	side=$1
	shift
	clock_at $start keymgr -c $side.conf $zone. "$@"
}
knot off generate ksk=yes algorithm=ecdsap256sha256 >said 2>&1 ||
    die "keymgr: $(cat said)"
[ "$(knot off list | grep -c "publish=$start")" -eq 1 ] ||
    die "keymgr does not follow the clock that it is given"
knot off ds | grep ' 13 2 ' >knot.ds

# It signs our request, and we import what it made: the zone is good on every
# day, around the rollovers and in the three quiet weeks at the end.
mkdir right
want_status 0 zsk-sign request $at -K right --from $start --to "$(after 85)" \
    --zsk-lifetime 30d --format knot -o our.ksr $zone
knot off sign-ksr our.ksr >knot.skr || die "keymgr does not sign our KSR"
want_status 0 zsk-sign import $at -d right --ds knot.ds knot.skr
cp off/zone plain.zone
n=0
while [ $n -lt 85 ]; do
	now=$(after $n)
	want_status 0 zsk-sign sign --now "$now" -K right -d right/KSK.data \
	    -o $zone -N unixtime -f our.zone plain.zone
	want_status 0 kzonecheck -o $zone -d on -t "$now" our.zone
	want_status 0 clock_at "$now" dnssec-verify -q -o $zone our.zone
	n=$((n + 1))
done

# We sign Knot's request, which has no proofs, so that must be said; Knot takes
# ours, and its zone is good with it.
ksk=left/$(ksk-sign keygen $at -K left $zone)
knot on pregenerate +70d >said 2>&1 || die "keymgr: $(cat said)"
knot on generate-ksr +0 +65d >knot.ksr
sign="ksk-sign sign $at -k $ksk --yes --cds --format knot --ledger knot.ledger"
want_status 3 $sign -o answer.skr knot.ksr
says 'possession'
want_status 0 $sign --allow possession -o answer.skr knot.ksr
tail -n 1 knot.ledger | grep -q ' allow=possession' || die "not recorded"
knot on import-skr answer.skr >said 2>&1 ||
    die "keymgr does not import our SKR: $(cat said)"
offline()
{
	knot on show-offline | grep -c '^;; Offline records for '
}
bundles=$(grep -c '^;; SignedKeyResponse 1.0 [0-9]* ' answer.skr)
[ "$(offline)" -eq "$bundles" ] || die "$(offline) of $bundles bundles"
want_status 0 knot on validate-skr answer.skr
grep -i error said && die "keymgr finds fault with our SKR"
n=0
while [ $n -lt 65 ]; do
	now=$(after $n)
	rm -rf signed
	want_status 0 clock_at "$now" kzonesign -c on.conf -o signed $zone
	cp signed/zone knot.zone
	want_status 0 kzonecheck -o $zone -d on -t "$now" knot.zone
	want_status 0 clock_at "$now" dnssec-verify -q -o $zone knot.zone
	want_status 0 zsk-sign verify --now "$now" -o $zone knot.zone
	n=$((n + 3))
done
grep -q '	CDS	\|CDS ' knot.zone || die "our CDS is not in Knot's zone"

# --- what Knot does not notice -----------------------------------------------

# peer COMMAND...: what the Knot that is here makes of it; it is told, not
# judged, for another release may do better.
peer()
{
	what=$1
	shift
	if "$@" >peer.out 2>peer.err; then
		echo "Knot here: signs $what, $(grep -c 'RRSIG DNSKEY' \
		    peer.out || :) signatures"
	else
		echo "Knot here: refuses $what"
	fi
}

# refuses CHECK FILE: ours does, by that check's name, and says so in the
# ledger; nothing else lets it pass.
refuses()
{
	rm -f refuse.ledger no.skr
	want_status 3 ksk-sign sign $at -k "$ksk" --yes --ledger refuse.ledger \
	    --allow possession -o no.skr "$2"
	says "$1"
	[ ! -e no.skr ] || die "signed: $2"
	tail -n 1 refuse.ledger | grep -q "act=refuse .*check=$1" ||
	    die "not recorded: $(tail -n 1 refuse.ledger)"
}
sed '0,/DNSKEY 256/s//DNSKEY 257/' knot.ksr >flags.ksr
cmp -s flags.ksr knot.ksr && die "no flags were changed"
sed "s/^$zone\./other.example./" knot.ksr >owner.ksr
peer 'ZSKs of flags 257' knot off sign-ksr flags.ksr
peer 'ZSKs of another owner' knot off sign-ksr owner.ksr
refuses flags flags.ksr
refuses owner owner.ksr

# One character of one signature in a later bundle.
corrupt()
{
	awk '
	/RRSIG/ && /DNSKEY 13/ && !/CDNSKEY/ { n++; on = NR }
	n == 3 && NR == on + at {
		for (i = 0; substr($0, i + 1, 1) ~ /[ \t]/; i++)
			;
		i += 12
		c = substr($0, i, 1)
		$0 = substr($0, 1, i - 1) (c == "A" ? "B" : "A") \
		    substr($0, i + 1)
	}
	{ print }' at="$1" "$2"
}
corrupt 2 knot.skr >bad.skr
cmp -s bad.skr knot.skr && die "nothing was changed"
before=$(cd right && state)
want_status 3 zsk-sign import $at -d right bad.skr
[ "$before" = "$(cd right && state)" ] || die "the store is not what it was"
want_status 0 zsk-sign sign $at -K right -d right/KSK.data -o $zone \
    -f our.zone plain.zone
cp answer.skr whole.skr
awk '/^;;/ { n++ } n == 3 && /RRSIG/ && /DNSKEY 13/ && !/CDNSKEY/ {
	c = substr($NF, 12, 1)
	$NF = substr($NF, 1, 11) (c == "A" ? "B" : "A") substr($NF, 13) }
	{ print }' whole.skr >bad.skr
cmp -s bad.skr whole.skr && die "nothing was changed"
if knot on import-skr bad.skr >said 2>&1; then
	echo "Knot here: imports a corrupt SKR"
else
	echo "Knot here: refuses a corrupt SKR, and has $(offline) of" \
	    "$bundles bundles left"
fi
