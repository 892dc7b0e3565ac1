#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The two articles, with the key in an N200: what our tools say of it are the
# facts that the articles saw, and what they make is judged by others.
. "$(dirname "$0")/flow.sh"
. "$srcdir/tests/n200.sh"
want dnssec-verify kzonecheck ldns-verify-zone openssl

article=FACD4CF599AD0CBD43A5C38B294AF3DDC06FBC0883D419EEBCBF8039C132FC61
article=${article}FE972236B38A1C236E5EF0F1E78B64B31C9632C0D5B9CFA49AECDB89144A2C3C
# A private key that an article printed, so it is nobody's.
scalar=443A5A0F630559075B8ED453E69FB134E73BED96B7E7695D55AFBBFC085278CD

sim_certs
# The log and the simulator's own files are no part of what is left behind.
mkdir "$tmp/work"
cd "$tmp/work"

# --- the device as the article found it ---------------------------------------

sim_start --clock 1664657599 --article --next-id 27
n200_conf_write n200.conf
N200_CONF=$PWD/n200.conf
export N200_CONF

want_status 0 ksk-sign n200 list
says '^Name +JP\.example$'
says '^  key id +hsm010123F13C56131E1EEE0000000000000025$'
says '^  token +hsm010123F13C56131E1EEE00000025$'
says '^  CKA id +AAAB68606BE2$'
says '^  kind +NIST, 256 bits$'
says '^  owner +pkmaster$'
says '^  ACL +FFFF$'
says '^  created +2022/10/01 20:15$'
says '^  used +2022/10/01 20:32$'
want_status 0 ksk-sign n200 list --json
says "\"public_key\": \"$article\""

want_status 0 ksk-sign n200 time --now 20221001205319
says '^Device +2022-10-01 20:53:19 UTC$'
want_status 3 ksk-sign n200 time --now 20221001210319
says 'more than 300 seconds apart'

want_status 0 ksk-sign n200 random 5
says '^[0-9A-F]{10}$'
cp "$tmp/said" first
want_status 0 ksk-sign n200 random 5
! cmp -s first "$tmp/said" || die "random bytes that are none"

want_status 0 ksk-sign n200 attributes k01
says '^  key id +hsm010123F13C56131E1EEE0000000000000026$'
says '^  kind +SYM, 256 bits$'
says '^  owner +pkmaster$'

# The files that dnssec-keyfromlabel made there: the same tag.
mkdir label
want_status 0 ksk-sign n200 genkey --existing --name JP.example -K label \
    jp.example
says '^Kjp\.example\.\+013\+29467$'
# That key cannot sign here; a signature of another is not taken for its own.
cp "$srcdir/testzones/example.com" jp.example
refused 1 'the device' zsk-sign sign -z -K label -o jp.example jp.example

# --- genecckey, and the combined key --------------------------------------------

refused 3 'has a key called "JP.example" already' ksk-sign n200 genkey \
    JP.example
sim_counted requests_genecckey 0
sim_stop
sim_start --clock 1664657599
n200_conf_write n200.conf log_level=10 "log_output=\"$tmp/n200.log\""
cat >jp.example <<'END'
$TTL 3600
@	SOA	ns jpmens 1 3H 1H 1W 1H
	NS	@
	A	192.0.2.43
END
mkdir csk
csk=$(ksk-sign n200 genkey -K csk JP.example)
id=hsm010123F13C56131E1EEE0000000000000027
label=hsm010123F13C56131E1EEE00000027
[ "$(sed -n 's/^Label: //p' "csk/$csk.private" | openssl base64 -d -A |
    tr -d '\0')" = "n200:$id" ] || die "$csk.private does not name the key"
! grep -q PrivateKey "csk/$csk.private" || die "a private key left the device"
[ "$(stat -c %a "csk/$csk.private")" = 600 ] || die "modes of $csk.private"
grep -q "DNSKEY 257 3 13 " "csk/$csk.key" || die "$csk.key is no KSK"
[ -s "csk/$csk.ds" ] || die "no $csk.ds"

cka=$(ksk-sign n200 list --json | sed -n 's/.*"id": "\(.*\)",/\1/p')
[ -n "$cka" ] || die "no CKA_ID"
before=$(sim_count signatures)
want_status 0 zsk-sign sign -z -k n200:JP.example -f by-name jp.example
[ $(($(sim_count signatures) - before)) -eq 5 ] ||
    die "not the article's 5 signatures"
for name in "$id" "$label" "$cka"; do
	rm -f by-other
	want_status 0 zsk-sign sign -z -k "n200:$name" -f by-other jp.example
	grep -v RRSIG by-name >one
	grep -v RRSIG by-other >other
	cmp one other || die "n200:$name and n200:JP.example differ"
done
want_status 0 zsk-sign sign -z -K csk -f by-files jp.example
for zone in by-name by-other by-files; do
	want_status 0 dnssec-verify -z -o jp.example $zone
	want_status 0 kzonecheck -o jp.example -d on $zone
	want_status 0 ldns-verify-zone $zone
done
grep -q 'RRSIG.DNSKEY 13 2 3600 ' by-name || die "no RRSIG of DNSKEY"

# Nothing changed and nothing due: nothing is signed.
before=$(sim_count signatures)
want_status 0 zsk-sign sign -z -k n200:JP.example -f by-name jp.example
[ "$(sim_count signatures)" = "$before" ] || die "signed again for nothing"
# One more name: its signatures, the NSEC before it, and the SOA's.
echo 'www A 192.0.2.44' >>jp.example
want_status 0 zsk-sign sign -z -k n200:JP.example -N increment -f by-name \
    jp.example
[ $(($(sim_count signatures) - before)) -eq 4 ] || die "signed more than due"
want_status 0 dnssec-verify -z -o jp.example by-name
grep -Eq '^[^ ]+ sign 200 [0-9]+ bytes .* kept' "$tmp/n200.log" ||
    die "no line of a kept connection in the log"
[ "$(stat -c %a "$tmp/n200.log")" = 600 ] || die "modes of the log"

# --- importecckey ---------------------------------------------------------------

mkdir file imported
umask 077
cat >file/Kexample.com.+013+37354.private <<END
Private-key-format: v1.3
Algorithm: 13 (ECDSAP256SHA256)
PrivateKey: $(printf '%s' "$scalar" | sed 's/../\\x&/g' |
    xargs -0 env printf | openssl base64 -A)
END
umask 022
# Its public key is OpenSSL's to tell.
{
	printf '303102010104%s%sa00a06082a8648ce3d030107' 20 "$scalar"
} | sed 's/../\\x&/g' | xargs -0 env printf |
    openssl ec -inform DER -pubout -outform DER -out public.der 2>/dev/null
printf 'example.com. IN DNSKEY 257 3 13 %s\n' \
    "$(tail -c 64 public.der | openssl base64 -A)" \
    >file/Kexample.com.+013+37354.key

refused 3 'file has files of this key already' ksk-sign n200 import -K file \
    file/Kexample.com.+013+37354
want_status 0 ksk-sign n200 import -K imported --name example-dot-com-EC \
    file/Kexample.com.+013+37354
says '^Kexample\.com\.\+013\+37354$'
sim_counted requests_importecckey 1
grep -q "$(awk '{ print $NF }' file/Kexample.com.+013+37354.key)" \
    imported/Kexample.com.+013+37354.key || die "another public key"
! grep -rqi "$scalar" imported "$tmp/n200.log" || die "the private key was written"
grep -q PrivateKey file/Kexample.com.+013+37354.private ||
    die "the private key's own file is gone"
refused 3 'has a key called "example-dot-com-EC" already' ksk-sign n200 \
    import -K . --name example-dot-com-EC file/Kexample.com.+013+37354
refused 3 'in a device already' ksk-sign n200 import -K . --name again \
    imported/Kexample.com.+013+37354

# --- the second article's flow, its KSK in the device -----------------------------

mkdir left right
cp "$srcdir/testzones/example.com" right/
cp imported/Kexample.com.* left/
zsk=$(zsk-sign keygen -K right example.com)
want_status 0 zsk-sign request -K right -o left/ZSK.key example.com
want_status 0 ksk-sign sign -k n200:example-dot-com-EC --yes \
    -o KSK.data left/ZSK.key
says 'KSK +37354'
says 'from +n200:example-dot-com-EC'
want_status 0 zsk-sign import -d right KSK.data
want_status 0 zsk-sign sign -K right -d right/KSK.data -f final \
    right/example.com
for judge in 'dnssec-verify -o example.com' 'ldns-verify-zone' \
    'kzonecheck -o example.com -d on' \
    'zsk-sign verify --ds left/Kexample.com.+013+37354.ds -o example.com'; do
	# shellcheck disable=SC2086 # words they are
	want_status 0 $judge final
done
awk '$4 == "RRSIG" || $3 == "RRSIG" { print }' final |
    grep -c ' 37354 example.com. ' >count
[ "$(cat count)" = 1 ] || die "the KSK signed $(cat count) RRsets, not one"

# The same by the files that name it, beside a KSK that is in a file; CDS too.
other=$(ksk-sign keygen -K left example.com)
want_status 0 ksk-sign sign --cds -k left/Kexample.com.+013+37354 \
    -k "left/$other" --yes -o KSK.data left/ZSK.key
want_status 0 zsk-sign sign -K right -d KSK.data -f final \
    right/example.com
want_status 0 dnssec-verify -o example.com final
want_status 0 kzonecheck -o example.com -d on final

# A quarter of a year at once: all signatures of the plan in one go, and one
# digest's worth of requests for each of two zones.
mkdir plan asked
want_status 0 zsk-sign request -K plan --from now --to +90d --zsk-lifetime 30d \
    -o plan.ksr example.com
before=$(sim_count signatures)
want_status 0 ksk-sign sign -k n200:example-dot-com-EC --cds --yes \
    -o plan.skr plan.ksr
says ' bundles?$'
want_status 0 ksk-sign show plan.skr
[ "$(grep -c '	RRSIG	' plan.skr)" -eq $(($(sim_count signatures) - before)) ] ||
    die "not a signature of the device for each RRSIG"
[ -s ledger ] || die "no ledger here, where the KSK has no files"
want_status 0 zsk-sign import -d plan plan.skr
want_status 0 zsk-sign sign -K plan -d plan/KSK.data -f final \
    right/example.com
want_status 0 dnssec-verify -o example.com final
for name in one.example two.example; do
	mkdir plan/$name
	want_status 0 zsk-sign request -K plan/$name --from now --to +30d \
	    -o asked/$name.ksr $name
done
want_status 0 ksk-sign sign -k n200:example-dot-com-EC --yes -o both asked
[ -s both/one.example.skr ] && [ -s both/two.example.skr ] ||
    die "one key, two zones, and no two responses"
want_status 0 ksk-sign show both/two.example.skr

# Who has no device is told so, in a line; the names are not mixed up.
refused 2 'is in an N200: no n200.conf is given' env N200_CONF= \
    ksk-sign sign -k left/Kexample.com.+013+37354 --yes -o new left/ZSK.key
refused 3 'no key of the device is called "nobody"' ksk-sign sign \
    -k n200:nobody --yes -o new left/ZSK.key
refused 3 'the same key as' ksk-sign sign -k n200:example-dot-com-EC \
    -k left/Kexample.com.+013+37354 --yes -o new left/ZSK.key
# Files of one key, label of another.
cp "csk/$csk.private" left/Kexample.com.+013+37354.private
refused 3 'another public key than the DNSKEY 37354' ksk-sign sign \
    -k left/Kexample.com.+013+37354 --yes -o new left/ZSK.key
sim_stop

# --- P-384, and names that are not one key's ---------------------------------------

openssl ecparam -name prime256v1 -genkey -noout -out one.pem
openssl ecparam -name prime256v1 -genkey -noout -out two.pem
sim_start --load one.pem,nice_name=twin,nopin --load two.pem,nice_name=twin \
    --quirk strings --quirk spellings --quirk core-missing
n200_conf_write n200.conf
refused 3 'several keys of the device are called "twin"; name one by its key id: hsm[0-9A-F]+.*, hsm' \
    zsk-sign sign -z -k n200:twin -f out jp.example
refused 2 'algorithm 13 and 14, not 8' ksk-sign n200 genkey -a 8 jp.example
big=$(ksk-sign keygen --n200 --n200-name big -a 14 jp.example)
want_status 0 zsk-sign sign -z -k "$big" -f out jp.example
want_status 0 dnssec-verify -z -o jp.example out
want_status 0 kzonecheck -o jp.example -d on out
# A ZSK can be there, too.
zsk=$(zsk-sign keygen --n200 --n200-name zsk jp.example)
# Its files again, as a ZSK's.
mkdir again
want_status 0 zsk-sign keygen --n200 --n200-existing --n200-name zsk -K again \
    jp.example
grep -q 'DNSKEY 256 3 13 ' again/K*.key || die "not a ZSK's files"
refused 2 'wants --n200 beside it' zsk-sign keygen --n200-existing jp.example
refused 2 'keygen --n200 --n200-existing writes' ksk-sign ds n200:zsk
ksk=$(ksk-sign keygen jp.example)
want_status 0 zsk-sign request -K . -o request jp.example 2>/dev/null
want_status 0 ksk-sign sign -k "$ksk" --yes -o jp.data "$zsk.key"
want_status 0 zsk-sign sign -k n200:zsk -d jp.data -f out jp.example
want_status 0 dnssec-verify -o jp.example out
grep -q 'DNSKEY.256 3 13' out || die "no ZSK in the zone"
sim_stop

# --- many signatures: as many handshakes as connections ------------------------------

sim_start --delay sign=4
n200_conf_write n200.conf connections=8
want_status 0 ksk-sign n200 genkey -K csk many.example
{
	printf '$TTL 3600\n@ SOA ns.other. a.other. 1 3H 1H 1W 1H\n NS ns.other.\n'
	awk 'BEGIN {
		for (i = 0; i < 998; i++)
			printf "host%d A 192.0.2.%d\n", i, i % 256
	}'
} >many.example
before=$(sim_count handshakes)
want_status 0 zsk-sign sign -z -k n200:many.example -f many many.example
sim_counted signatures 2000
sim_counted in_flight_max 8
[ $(($(sim_count handshakes) - before)) -eq 8 ] ||
    die "$(($(sim_count handshakes) - before)) handshakes, not 8"
want_status 0 kzonecheck -o many.example -d on many
sim_stop

# --- a device so slow that the next run comes before the last has ended ---------------

sim_start --delay sign=700
n200_conf_write n200.conf
want_status 0 ksk-sign n200 genkey -K csk slow.example
sed 's/host[3-9][0-9].*//; s/host[0-9][0-9][0-9].*//' many.example >slow.example
cp slow.example slow
(zsk-sign sign -z -k n200:slow.example -f slow slow.example >first.said 2>&1) &
first=$!
pids="$pids $first"
tries=100
until [ "$(sim_count in_flight)" -gt 0 ]; do
	tries=$((tries - 1))
	[ $tries -gt 0 ] || die "it does not sign: $(cat first.said)"
	sleep 0.05
done
want_status 1 zsk-sign sign -z -k n200:slow.example -f slow slow.example
says 'slow: another run is at work on it; wait until that has ended$'
wait "$first" || die "the first run failed: $(cat first.said)"
want_status 0 zsk-sign sign -z -k n200:slow.example -f slow slow.example
sim_stop
