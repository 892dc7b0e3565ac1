#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The left side by itself: what ksk-sign refuses, that it then leaves nothing
# behind, and what it asks.
. "$(dirname "$0")/flow.sh"

cd "$tmp"
mkdir left
cd left
now=20261121120000
at="--now $now"

zsk=$(zsk-sign keygen $at -K . example.com)
ksk=$(ksk-sign keygen $at -K . example.com)
zsk8=$(zsk-sign keygen $at -a 8 -K . example.com)
ksk8=$(ksk-sign keygen $at -a 8 -K . example.com)
other=$(zsk-sign keygen $at -K . example.org)
otherksk=$(ksk-sign keygen $at -K . example.org)
for f in "$zsk" "$zsk8" "$other"; do rm "$f.private"; done
[ "$(stat -c %a "$ksk.private")" = 600 ] || die "private file is not 0600"

listing()
{
	find . -type f -exec sha256sum {} + | sort
}

# refuse STATUS PATTERN WORD...: ksk-sign says no, for that reason, in one
# line, and the folder is as it was.
refuse()
{
	status=$1
	pattern=$2
	shift 2
	listing >"$tmp/before"
	want_status "$status" ksk-sign "$@"
	says "^ksk-sign: .*$pattern"
	[ "$(grep -c '^ksk-sign: ' "$tmp/said")" -eq 1 ] ||
	    die "more than one line for: $*"
	listing >"$tmp/after"
	cmp -s "$tmp/before" "$tmp/after" || die "the folder changed: $*"
}

# no PATTERN REQUEST [WORD...]: as refuse, for a request.
no()
{
	pattern=$1
	request=$2
	shift 2
	refuse 3 "$pattern" sign $at -k "$ksk" --yes -o out.data "$@" "$request"
}

# twin SED-SCRIPT: a changed copy of the request.
twin()
{
	sed "$1" "$zsk.key" >twin.key
}

# The good case first, or the refusals say nothing.
want_status 0 ksk-sign sign $at -k "$ksk" --yes -o good.data "$zsk.key"
[ "$(wc -l <good.data)" -eq 2 ] || die "KSK.data has not two lines"
[ "$(grep -c ';' good.data)" -eq 0 ] || die "KSK.data has comments"
grep -q "RRSIG	DNSKEY 13 2 3600 20270219120000 20261121110000 " good.data ||
    die "the default times are others"
want_status 0 ksk-sign show $at good.data
says 'in 90 days'
says 'needs the ZSKs'
cat "$zsk.key" good.data >both.data
want_status 0 ksk-sign show $at both.data
says 'check +verifies'
awk '$4 == "RRSIG" { c = substr($NF, 9, 1)
	$NF = substr($NF, 1, 8) (c == "A" ? "B" : "A") substr($NF, 10) }
	{ print }' both.data >bad.data
want_status 3 ksk-sign show $at bad.data
says 'does NOT verify'
rm both.data bad.data

# Requests.
no 'example.org' "$other.key"
twin 's/ 256 3 13 / 257 3 13 /'
no 'twin.key:[0-9]+: flags 257' twin.key
twin 's/ 256 3 13 / 384 3 13 /'
no 'twin.key:[0-9]+: flags 384: a revoked' twin.key
twin 's/ 256 3 13 / 256 2 13 /'
no 'twin.key:[0-9]+: protocol 2' twin.key
no 'algorithm 8, which no KSK here has' "$zsk8.key"
no 'algorithm 8, of which the request has no ZSK' "$zsk.key" -k "$ksk8"
no 'the same key' "$zsk.key" "$zsk.key"
sed 's/ 257 3 13 / 256 3 13 /' "$ksk.key" >twin.key
no 'the KSK itself' twin.key "$zsk.key"
no 'flags 257' "$ksk.key" "$zsk.key"
: >twin.key
no 'no DNSKEY record' twin.key
no 'private:1: a private file' "$ksk.private"
head -c 1100000 /dev/zero | tr '\0' '\n' >twin.key
refuse 3 'twin.key: larger than' sign $at -k "$ksk" --yes -o out.data twin.key
printf ';; KeySigningRequest 1.0 20240813133035 (x)\n' >twin.key
no 'ends without a footer' twin.key
head -c 3000 /dev/urandom >twin.key
listing >"$tmp/before"
ksk-sign sign $at -k "$ksk" --yes -o out.data twin.key >/dev/null 2>&1 &&
    die "random bytes were signed"
listing | cmp -s - "$tmp/before" || die "random bytes changed the folder"
twin 's/ \([A-Za-z0-9+/]\)[^ ]*$/ \1/'
! ksk-sign sign $at -k "$ksk" --yes -o out.data twin.key 2>/dev/null ||
    die "half a key was signed"
rm twin.key

# Times.
no 'is past' "$zsk.key" -i 20200101 -e 20260101
no 'is not after' "$zsk.key" -i now+2d -e now+1d
no 'is not after' "$zsk.key" -i now+1d -e now+1d
no 'ten years' "$zsk.key" -e 20501231
refuse 3 'clock' sign --now 19700102 -k "$ksk" --yes "$zsk.key"
refuse 3 'was created on' sign --now 20250101 -k "$ksk" --yes "$zsk.key"
refuse 2 'expiration' sign $at -k "$ksk" -e tomorrow "$zsk.key"

# KSKs.
refuse 3 "not a KSK's 257" sign $at -k "$zsk8" --yes "$zsk.key"
refuse 3 'the same key' sign $at -k "$ksk" -k "$ksk" --yes "$zsk.key"
refuse 3 'example.org' sign $at -k "$ksk" -k "$otherksk" --yes "$zsk.key"
refuse 2 'no KSK given' sign $at --yes "$zsk.key"
refuse 2 'no REQUEST given' sign $at -k "$ksk"
chmod 644 "$ksk.private"
no "chmod 600" "$zsk.key"
chmod 600 "$ksk.private"

# What is there already.
echo "not ours" >text
no 'no KSK.data of example.com' "$zsk.key" -o text
rm text
cp good.data kept.data
want_status 0 ksk-sign sign $at -k "$ksk" --yes -o kept.data "$zsk.key"
cmp -s good.data kept.data~ || die "the previous KSK.data is gone"
cp kept.data second.data
want_status 0 ksk-sign sign $at -k "$ksk" --yes -o kept.data "$zsk.key"
cmp -s good.data kept.data~ || die "the one before the previous is gone"
cmp -s second.data kept.data~2 || die "the previous of two is gone"
rm kept.data kept.data~ kept.data~2 second.data

# Asked, and not answered.
refuse 3 'terminal' sign $at -k "$ksk" -o out.data "$zsk.key"
if command -v script >/dev/null 2>&1; then
	ask="ksk-sign sign $at -k $ksk -o asked.data $zsk.key"
	printf 'no\n' | script -qec "$ask" /dev/null >"$tmp/said" && die "signed"
	says 'nothing was signed'
	[ ! -e asked.data ] || die "written after a no"
	printf 'yes\n' | script -qec "$ask" /dev/null >"$tmp/said" ||
	    die "not signed after a yes"
	says "13.*256 bits"
	says 'in 90 days'
	awk '{ sub(/\r$/, "") } length($0) > 80 { exit 1 }' "$tmp/said" ||
	    die "a line of the page is too long"
	[ "$(wc -l <asked.data)" -eq 2 ] || die "nothing was written"
	rm asked.data
fi

# Several of each.
want_status 0 ksk-sign sign $at -k "$ksk" -k "$ksk8" --yes --cds \
    -o several.data "$zsk8.key" "$zsk.key"
[ "$(awk '$4 == "DNSKEY"' several.data | wc -l)" -eq 2 ] || die "KSKs"
[ "$(awk '$4 == "RRSIG"' several.data | wc -l)" -eq 6 ] || die "RRSIGs"
[ "$(awk '$4 == "CDS" || $4 == "CDNSKEY"' several.data | wc -l)" -eq 4 ] ||
    die "CDS and CDNSKEY"
want_status 0 ksk-sign show $at several.data

# The same but for the nonce: Ed25519 has none.
zsk15=$(zsk-sign keygen $at -a 15 -K . example.net)
ksk15=$(ksk-sign keygen $at -a ed25519 -K . example.net)
for n in 1 2; do
	ksk-sign sign $at -k "$ksk15" --yes "$zsk15.key" >$n.data 2>/dev/null
done
cmp -s 1.data 2.data || die "same input, same clock, other bytes"

# An encrypted key, its passphrase by a descriptor.
echo 'correct horse' >pass
enc=$(ksk-sign keygen $at --encrypt --passphrase-fd 3 -K . example.com 3<pass)
ksk-sign sign $at -k "$enc" --passphrase-fd 3 --yes -o enc.data "$zsk.key" \
    3<pass 2>/dev/null || die "an encrypted key does not sign"
echo 'wrong horse' >pass
if ksk-sign sign $at -k "$enc" --passphrase-fd 3 --yes -o no.data "$zsk.key" \
    3<pass 2>/dev/null; then
	die "a wrong passphrase signs"
fi
[ ! -e no.data ] || die "written with a wrong passphrase"

refuse 2 'wants --encrypt' keygen $at --passphrase-fd 3 -K . example.com

# What a name holds does not drive the terminal, in UTF-8 either (U+009B).
odd=$(printf 'a\033[31m\302\233\377.key')
cp "$zsk.key" "$odd"
for words in "show $at" "show $at --json" "show $at --config" \
    "sign $at -k $ksk --yes" "sign $at -k $ksk -e" "ds" "ds -k" "keygen"; do
	ksk-sign $words "$odd" >"$tmp/said" 2>&1 </dev/null || :
	[ -s "$tmp/said" ] || die "nothing said: $words"
	! grep -q '[^[:print:][:blank:]]' "$tmp/said" || die "raw bytes: $words"
done
rm "$odd"
sed 's/ 257 3 / 385 3 /' "$ksk.key" >revoked.key
want_status 0 ksk-sign show $at revoked.key
says '^  revoked KSK [0-9]+, '
rm revoked.key

# A closed standard stream is not one of the files that are read.
got=0
ksk-sign sign $at -k "$ksk" --yes -o out.data - <&- 2>"$tmp/said" || got=$?
[ "$got" -eq 1 ] || die "a closed standard input: status $got"
says 'standard input: '

# ds: the article's digest, and never SHA-1.
want_status 0 ksk-sign ds "$ksk"
tr 'A-F' 'a-f' <"$ksk.ds" | tr -s ' \t' '\n\n' | tail -1 >digest
grep -qi "$(cat digest)" "$tmp/said" || die "ds is not what keygen wrote"
want_status 0 ksk-sign ds -4 "$ksk.key"
says 'DS.* 13 4 [0-9A-Fa-f]{96}$'
refuse 3 "not a KSK's 257" ds "$zsk"
refuse 2 "unknown option '-1'" ds -1 "$ksk"

# A full disk and a read-only folder.
if [ -w /dev/full ]; then
	got=0
	ksk-sign ds "$ksk" >/dev/full 2>"$tmp/said" || got=$?
	[ "$got" -eq 1 ] || die "ds did not notice a full disk"
	got=0
	ksk-sign sign $at -k "$ksk" --yes "$zsk.key" >/dev/full 2>"$tmp/said" ||
	    got=$?
	[ "$got" -eq 1 ] || die "sign did not notice a full disk"
fi

# --config: the command line wins.
printf '# yearly\nexpiration 30d\nttl 7200 # two hours\nyes\n' >conf
want_status 0 ksk-sign sign $at --config conf --ttl 300 -k "$ksk" \
    -o conf.data "$zsk.key"
grep -q "RRSIG	DNSKEY 13 2 300 20261221120000 " conf.data ||
    die "--config and the command line do not agree"
printf 'expiration 30d\nexpiry 30d\n' >conf
refuse 2 "conf:2: unknown option 'expiry'" sign $at --config conf -k "$ksk" \
    "$zsk.key"
