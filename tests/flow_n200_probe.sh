#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# ksk-sign n200 probe: for each way in which a device may want to be asked for
# signatures, the object that it prints makes us sign, and others' validators
# accept the zone; with the usual object we are refused, and nothing is left
# behind. What no object can mend is told.
. "$(dirname "$0")/flow.sh"
. "$(dirname "$0")/n200.sh"

# The simulator writes beside it.
mkdir "$tmp/work"
cd "$tmp/work"
sim_certs
for curve in prime256v1 secp384r1; do
	openssl ecparam -name $curve -genkey -noout -out "$sim_dir/$curve.pem"
done
cat >jp.example <<'END'
$TTL 3600
@ SOA ns jpmens 1 3H 1H 1W 1H
  NS  @
  A   192.0.2.43
END
N200_CONF=$PWD/n200.conf
export N200_CONF

# device CURVE [OPTION...]: has a key on that curve, and another key.
device()
{
	loaded=$sim_dir/$1.pem,nice_name=JP.example
	shift
	sim_start --load "$loaded" --load "$sim_dir/server.key" "$@"
	n200_conf_write n200.conf
}

# judge COMMAND...: somebody else's validator, where there is one.
judge()
{
	command -v "$1" >/dev/null 2>&1 || return 0
	want_status 0 "$@"
}

sign_zone()
{
	want_status 0 zsk-sign sign -z -k n200:JP.example -f final jp.example
	judge dnssec-verify -z -o jp.example final
	judge kzonecheck -o jp.example -d on final
	rm -f final
}

# spared: the device saw a PIN wherever it looks for one, or missed it in a few
# requests when it looks elsewhere; no command but such as sign, and no more
# requests than promised. A wrong PIN three times would have locked the key.
spared()
{
	missed=$(sim_count wrong_pins)
	case $here in
	*pin=*)	[ "$missed" -le 6 ] ;;
	*)	[ "$missed" -eq 0 ] ;;
	esac || die "$here: $missed requests without the PIN"
	sim_counted keys_made 0
	sim_counted requests_genecckey 0
	sim_counted requests_importecckey 0
	sim_counted requests_factoryreset 0
	sim_counters
	awk '$1 == "requests_sign" || $1 == "requests_unknown" { n += $2 }
	    END { exit n > 400 }' "$sim_counts" || die "over 400 requests"
}

# probe: prints an object, which works.
probe()
{
	ksk-sign n200 probe --key JP.example >object 2>"$tmp/said" || {
		cat "$tmp/said"
		die "$here: found nothing"
	}
	spared
	n200_conf_write n200.conf "sign=$(cat object)"
	sign_zone
}

# variant CURVE [OPTION...]: the usual object does not do.
variant()
{
	here=$*
	device "$@"
	status=0
	before=$(state)
	zsk-sign sign -z -k n200:JP.example -f final jp.example \
	    >"$tmp/said" 2>&1 || status=$?
	case $status in
	1|3)	;;
	*)	die "$here: status $status with the usual object" ;;
	esac
	[ "$(grep -c . "$tmp/said")" -eq 1 ] || die "$here: not one line"
	[ "$before" = "$(state)" ] || die "$here: left something behind"
	probe
	sim_stop
	echo "found: $here"
}

# unfit PATTERN OPTION...: no object will do, and this is why.
unfit()
{
	pattern=$1
	shift
	here=$*
	device prime256v1 "$@"
	refused 3 "$pattern" ksk-sign n200 probe --key JP.example
	says 'set command and fields of sign in n200.conf'
	spared
	sim_stop
}

# The device as n200.conf takes it to be, both curves: two signatures do.
for curve in prime256v1 secp384r1; do
	here=$curve
	device $curve
	ksk-sign n200 probe --key JP.example >object 2>"$tmp/said" ||
	    die "not even the usual"
	sim_counted signatures 2
	sim_counted requests_sign 2
	probe
	sim_stop
done

p=prime256v1
# Names.
variant $p --sign-command ecdsasign
variant $p --sign-fields key=keyname,data=data
variant $p --sign-fields core=core_id
variant $p --strict-fields --sign-fields core=
variant $p --sign-fields pin=user_pin
variant $p --sign-fields key=slot,data=tbs,pin=password,core=core_id \
    --sign-command sign_hash --error-status 400
variant $p --strict-fields --sign-fields key=key,data=data
variant $p --strict-fields --sign-fields data=digest --sign-key-form token_name
variant $p --strict-fields --sign-command eccsign --sign-fields key=label
# What is sent.
for form in token_name nice_name id; do
	variant $p --sign-key-form $form
done
for encoding in hex base64 base64url; do
	variant $p --sign-encoding $encoding
	variant secp384r1 --sign-encoding $encoding --sign-input message
done
variant $p --sign-input message
# What comes back.
for encoding in base64 base64url; do
	variant $p --sign-result-encoding $encoding
	variant $p --sign-result-encoding $encoding --sign-format der
	variant secp384r1 --sign-result-encoding $encoding \
	    --sign-result r=result.r,s=result.s
done
variant $p --sign-result result.signature --sign-format der
variant $p --sign-result r=result.value.r,s=result.value.s
variant $p --sign-result r=a.b.c,s=d.e.f
# All of it.
variant secp384r1 --sign-command createsignature \
    --sign-fields key=token,data=payload,pin=key_pin --sign-key-form id \
    --sign-input message --sign-encoding base64url \
    --sign-result r=out.one,s=out.two --sign-result-encoding base64

# What the user has by the manual stays, and what is wrong in it is found.
here="a command of its own"
device $p --sign-command zeichne --sign-fields key=schluessel,data=inhalt \
    --sign-input message
n200_conf_write n200.conf 'sign={"command": "zeichne",
    "fields": {"key": "schluessel", "data": "inhalt"}}'
probe
grep -q '"command": "zeichne"' object || die "$(cat object)"
sim_counted requests_unknown 0
sim_stop

# The PIN is in the device.
device $p --pin-stored --sign-input message
n200_conf_write n200.conf keygen_pin=
ksk-sign n200 probe --key JP.example >object 2>"$tmp/said" || die "no PIN"
n200_conf_write n200.conf keygen_pin= "sign=$(cat object)"
sign_zone
sim_stop

# Not to be mended.
unfit 'SHA-256 of the hex text of the digest: DNSSEC cannot' --sign-hash-text
unfit 'over something else or by another key' --fault false-signature:sign
unfit 'over something else or by another key' --fault other-key:sign
unfit 'unknown command' --sign-command bake

# A wrong PIN goes out once; so does a request that may not be made.
device $p
n200_conf_write n200.conf 'keygen_pin="11111111"'
refused 1 'pin wrong.*the search ends here, as devices lock keys$' \
    ksk-sign n200 probe --key JP.example
sim_counted wrong_pins 1
sim_counted requests_sign 1
! grep -q 11111111 "$tmp/said" || die "the PIN was shown"
sim_stop
device $p --fault 403:sign
refused 3 'the search ends here' ksk-sign n200 probe --key JP.example
sim_counted requests_sign 1
sim_stop
# It dies on the way.
device $p --sign-input message --die-after 3
refused 1 "$sim_host" ksk-sign n200 probe --key JP.example
