#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What goes wrong with an N200, and how it is told: one line, a status that is
# not 0, no file left behind, the old zone as it was, and nothing said that is
# a secret. What may be repeated is; what may have made a key is not.
. "$(dirname "$0")/flow.sh"
. "$srcdir/tests/n200.sh"
want openssl dnssec-verify

sim_certs
mkdir "$tmp/work"
cd "$tmp/work"
N200_CONF=$PWD/n200.conf
export N200_CONF
openssl ecparam -name prime256v1 -genkey -noout -out "$tmp/k1.pem"
cp "$srcdir/testzones/example.com" .
# What a refusal must leave as it is.
echo old >out

# device [OPTION...]: a fresh simulator that has k1, and a quick n200.conf.
device()
{
	sim_stop
	sim_start --load "$tmp/k1.pem,nice_name=k1" "$@"
	n200_conf_write n200.conf timeout_s=1 retries=1 \
	    "log_output=\"$tmp/n200.log\"" log_level=10
}

# quiet: what was said last, and all that was logged, has no secret.
quiet()
{
	basic=$(printf 'pkmaster:%s' "$sim_password" | openssl base64 -A)
	for secret in "$sim_password" "$sim_pin" "${basic%==}"; do
		! grep -qF -- "$secret" "$tmp/said" "$tmp/n200.log" ||
		    die "told or logged: $secret"
	done
}

# signing STATUS PATTERN: of the zone, on top of what is there.
signing()
{
	refused "$1" "^zsk-sign: .*$2" zsk-sign sign -z -k n200:k1 -f out \
	    example.com
	quiet
}

# --- while a zone is being signed -----------------------------------------------

cut='connection was cut .*; look at the device and the network$'
slow='no answer to sign within 1 s.* raise timeout_s in n200.conf$'
garbled='is no JSON object, is this the device'
denied='access denied \(HTTP 40[13]\): .* an access rule'
bogus='does not verify with its key "k1"; ksk-sign n200 probe'
count=0
while read -r fault status tells; do
	[ -n "$fault" ] || continue
	device --fault "$fault:sign"
	signing "$status" "$(eval "printf '%s' \"$tells\"")"
	# The first signature is not asked for again: with a wrong PIN each try
	# would count, though its answer is lost.
	sim_counted requests_sign 1
	sim_counted wrong_pins 0
	count=$((count + 1))
done <<'END'
drop-before		1 $cut
drop			1 $cut
truncated		1 $cut
stall-before		1 $slow
stall			1 $slow
slow			1 $slow
502			1 answers sign with status 502
502-after		1 answers sign with status 502
503			1 answers sign with status 503
500			1 HTTP 500
401			3 $denied
403			3 $denied
redirect		1 the device redirects, which is not followed
redirect-307		1 the device redirects, which is not followed
oversized		1 larger than 1048576 bytes
oversized-chunked	1 larger than 1048576 bytes
empty			1 $garbled
not-json		1 $garbled
json-garbage-behind	1 $garbled
nul-behind		1 $garbled
deep			1 $garbled
json-array		1 $garbled
wrong-echo		1 an answer to another command
error-member		1 internal error 17
no-result		1 the answer has no text at result
null-result		1 the answer has no text at result
result-type		1 the answer has no text at result
empty-result		1 set sign.result_encoding
long-signature		1 set sign.signature_format
zero-signature		1 a number of the signature is 0
false-signature		3 $bogus
other-key		3 $bogus
echo-secrets		1 too many tries may lock the key: .\\[secret\\]
echo-secrets-500	1 too many tries may lock the key: .\\[secret\\]
echo-secrets-late	1 too many tries may lock the key: .0+\\[secret\\]
END
[ $count -eq 35 ] || die "$count faults were tried, not 35"

# Without a PIN nothing speaks against that; nor once the key has signed.
device --pin-stored --fault 503:sign
n200_conf_write n200.conf keygen_pin= timeout_s=1 retries=1
refused 1 'status 503, unavailable \(2 tries\)' zsk-sign sign -z -k n200:k1 \
    -f out example.com
sim_counted requests_sign 2
# It dies in the middle: the old zone stands.
device --die-after 5
signing 1 'seSAM-nserie-101: .*(cut|connect)'
device --fault 503:sign:1000:5
signing 1 'answers sign with status 503'
# One bad signature among good ones.
device --fault false-signature:sign:1:5
signing 3 "$bogus"

# --- what passes ------------------------------------------------------------------

for fault in drop-before drop truncated stall 502 503; do
	device --fault "$fault:sign:1:3"
	rm -f out
	want_status 0 zsk-sign sign -z -k n200:k1 -f out example.com
	quiet
	want_status 0 dnssec-verify -z -o example.com out
	echo old >out
done
# Connections that are not kept take one each, and no more.
device --fault close-after
rm -f out
want_status 0 zsk-sign sign -z -k n200:k1 -f out example.com
[ "$(sim_count connections)" = "$(sim_count requests)" ] ||
    die "more connections than requests"
echo old >out

# --- the other calls ----------------------------------------------------------------

while read -r fault status tells; do
	device --fault "$fault"
	for words in list 'attributes k1' time 'random 9' 'probe --key k1' \
	    'genkey new.example' 'genkey --existing --name k1 new.example'; do
		# shellcheck disable=SC2086 # words they are
		refused "$status" "^ksk-sign: .*$tells" ksk-sign n200 $words
		quiet
	done
done <<'END'
drop-before 1 the connection was cut
401 3 access denied
500 1 HTTP 500
oversized 1 larger than 1048576 bytes
not-json 1 is no JSON object
echo-secrets 1 \[secret\]
END
for fault in no-result result-type empty-result; do
	device --fault $fault
	for words in list time 'random 9'; do
		# shellcheck disable=SC2086
		refused 1 "^ksk-sign: .*the device's answer is n" ksk-sign \
		    n200 $words
	done
done

# --- keys are not made twice ----------------------------------------------------------

# The answer is lost, the key is there: it is found by its name.
for fault in drop stall truncated 502-after not-json wrong-echo empty \
    null-result json-garbage-behind; do
	for words in 'n200 genkey' 'keygen --n200'; do
		rm -rf keys
		mkdir keys
		device --fault $fault:genecckey
		# shellcheck disable=SC2086
		want_status 0 ksk-sign $words -K keys new.example
		quiet
		sim_counted requests_genecckey 1
		sim_counted keys_made 1
		want_status 0 zsk-sign sign -z -K keys -o new.example \
		    -f new.example.final example.com
		rm -f new.example.final
	done
done
rm -rf keys
# It was lost before, and no key is there.
for fault in drop-before stall-before; do
	device --fault $fault:genecckey
	refused 1 'no key "new\.example" is there yet: look again by ksk-sign n200 list' \
	    ksk-sign n200 genkey new.example
	sim_counted requests_genecckey 1
done
# Whether there is one cannot be known.
device --fault drop:genecckey --fault drop-before:listkeys:9:1
refused 1 'whether the key was made is not known: see ksk-sign n200 list' \
    ksk-sign n200 genkey new.example
sim_counted keys_made 1
# The same for a key that is put into it.
mkdir files there
key=$(ksk-sign keygen -K files import.example)
device --fault drop:importecckey
want_status 0 ksk-sign n200 import -K there "files/$key"
quiet
sim_counted requests_importecckey 1
sim_counted keys_made 1
rm -rf there
mkdir there
device --fault drop-before:importecckey
refused 1 'no key "import\.example" is there yet' ksk-sign n200 import -K there \
    "files/$key"
device --fault echo-secrets:importecckey
refused 1 '\[secret\]' ksk-sign n200 import -K there "files/$key"
quiet
scalar=$(sed -n 's/^PrivateKey: //p' "files/$key.private" |
    openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
! grep -qi "$scalar" "$tmp/said" "$tmp/n200.log" || die "the private key is told"
# A folder that cannot be written to: known before a key is made, or told.
device
refused 1 'nowhere' ksk-sign n200 genkey -K nowhere new.example
sim_counted keys_made 0
refused 2 'alg|algorithm' ksk-sign n200 genkey -a 15 new.example
sim_counted requests 0

# --- rights and PINs -------------------------------------------------------------------

for status in 200 403; do
	device --denied-status $status
	n200_conf_write n200.conf 'user="norule"'
	refused 3 'access denied .*an access rule' ksk-sign n200 list
	n200_conf_write n200.conf 'user="onlycore2"'
	refused 3 'access denied .*an access rule|no key of the device' \
	    zsk-sign sign -z -k n200:k1 -f out example.com
done
n200_conf_write n200.conf 'pass="not the password"'
refused 3 'access denied \(HTTP 401\)' ksk-sign n200 list
sim_counted wrong_passwords 1
# A wrong PIN is tried once, whatever the number of connections and threads,
# and whether its answer is lost: three would lock the key.
{
	printf '$TTL 3600\n@ SOA ns.other. a.other. 1 3H 1H 1W 1H\n'
	printf ' NS ns.other.\n'
	awk 'BEGIN { for (i = 0; i < 1500; i++) print "host" i " A 192.0.2.1" }'
} >pin.example
for options in '--pin-tries 2 --delay sign=100' '--pin-tries 2 --fault drop:sign'; do
	# shellcheck disable=SC2086 # words they are
	device $options
	rm -f Kpin.*
	want_status 0 ksk-sign n200 genkey pin.example
	n200_conf_write n200.conf 'keygen_pin="00000000"' connections=16 \
	    retries=3
	refused 1 'minds the PIN .*may lock the key|connection was cut' \
	    zsk-sign sign -n 16 -z -k n200:pin.example -f out pin.example
	sim_counted wrong_pins 1
done
device --pin-tries 2
rm -f Kpin.* out
want_status 0 ksk-sign n200 genkey pin.example
n200_conf_write n200.conf connections=16
want_status 0 zsk-sign sign -n 16 -z -k n200:pin.example -f out pin.example
sim_stop
