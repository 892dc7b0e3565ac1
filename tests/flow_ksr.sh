#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The left answers KSRs: a plan of ours and BIND's form of it, one zone and a
# folder of zones, KSKs that come and go, the emergency's response, CDS and its
# delete form, one passphrase for all; and nothing is left after a refusal.
. "$(dirname "$0")/flow.sh"

cd "$tmp"
now=20270101000000
mkdir left right
ksk=$(ksk-sign keygen --now $now -K left example.com)
want_status 0 zsk-sign request -K right --now $now --from $now --to 20270401 \
    --zsk-lifetime 30d -o req.ksr example.com

# sign WORD...: the request, to out.skr, with a ledger of its own.
sign()
{
	rm -f out.skr* ledger
	want_status 0 ksk-sign sign --now $now -k "left/$ksk" --yes \
	    --ledger ledger -o out.skr "$@"
}

# count PATTERN: lines of the response.
count()
{
	grep -cE "$1" out.skr || true
}

# What is signed verifies, bundle by bundle, and reaches to the end.
sign req.ksr
want_status 0 ksk-sign show --now $now --json out.skr
[ "$(tr ',' '\n' <"$tmp/said" | grep -c '"check": "good"')" -eq \
    "$(count RRSIG)" ] || die "not all signatures verify"
[ "$(count '^;; SignedKeyResponse 1.0 2')" -gt 8 ] || die "too few bundles"
[ "$(count ' CDS ')" -eq 0 ] || die "CDS, and nobody asked"
tail -n 1 out.skr | grep -q " until=20270401000000 bundles=" || die "the end"
id=$(tail -n 1 req.ksr | sed 's/.* id=\([0-9a-f]*\).*/\1/')
tail -n 1 out.skr | grep -q " id=$id answers=$(sha256sum req.ksr | cut -c 1-64)" ||
    die "it does not say what it answers"
tail -n 1 ledger | grep -q " id=$id .* until=20270401000000 .* checks=owner," ||
    die "the ledger does not tell"
cp out.skr plain.skr

# Each bundle's signatures outlive it by the refresh, and overlap.
awk -v end=20270401000000 '
function days(t,	y, m, d) {
	y = substr(t, 1, 4); m = substr(t, 5, 2); d = substr(t, 7, 2)
	return mktime(y " " m " " d " " substr(t, 9, 2) " " \
	    substr(t, 11, 2) " " substr(t, 13, 2)) / 86400
}
/^;; SignedKeyResponse 1.0 2/ { at[++n] = $4 }
$4 == "RRSIG" { to[n] = $9; from[n] = $10 }
END {
	at[n + 1] = end
	for (i = 1; i <= n; i++) {
		if (days(from[i]) >= days(at[i])) { print "late", i; exit 1 }
		if (days(to[i]) < days(at[i + 1]) + 5) { print "short", i; exit 1 }
		if (days(to[i]) != days(at[i]) + 14) { print "validity", i; exit 1 }
	}
}' out.skr || die "the times of the signatures"
sign --validity 40d --refresh 10d req.ksr
[ "$(count '^;; SignedKeyResponse 1.0 2')" -lt \
    "$(grep -c '^;; SignedKeyResponse 1.0 2' plain.skr)" ] ||
    die "the policy changes nothing"
want_status 2 ksk-sign sign --now $now -k "left/$ksk" --yes --validity 5d \
    --refresh 5d -o no.skr req.ksr
want_status 2 ksk-sign sign --now $now -k "left/$ksk" --yes -i now \
    -o no.skr req.ksr
says 'plain requests'

# Knot's form has epochs, and the same signatures' times.
sign --format knot req.ksr
[ "$(count '^;; SignedKeyResponse 1.0 [0-9]{10} ')" -eq \
    "$(grep -c '^;; SignedKeyResponse 1.0 2' plain.skr)" ] || die "epochs"
want_status 0 ksk-sign show --now $now out.skr

# CDS of the KSKs, or the form that asks for the end (RFC 8078).
sign --cds req.ksr
[ "$(count '	CDS	')" -eq "$(count '	DNSKEY	257')" ] || die "CDS"
[ "$(count '	CDNSKEY	257')" -eq "$(count '	DNSKEY	257')" ] || die "CDNSKEY"
sign --cds-delete req.ksr
[ "$(count '	CDS	0 0 0 00$')" -gt 8 ] || die "no CDS to delete"
[ "$(count '	CDNSKEY	0 3 0 AA==$')" -gt 8 ] || die "no CDNSKEY to delete"
want_status 0 ksk-sign show --now $now out.skr
want_status 2 ksk-sign sign --now $now -k "left/$ksk" --yes --cds \
    --cds-delete -o no.skr req.ksr

# From a plain KSK.data that is in the ledger to a plan: it follows.
mkdir before
zsk=$(zsk-sign keygen --now $now -K before example.com)
rm -f ledger
want_status 0 ksk-sign sign --now $now -k "left/$ksk" --yes --ledger ledger \
    -o before/KSK.data "before/$zsk.key"
want_status 0 zsk-sign request -K before --now $now --from 20270108 \
    --to 20270401 --zsk-lifetime 30d -o first.ksr example.com
want_status 0 ksk-sign sign --now $now -k "left/$ksk" --yes --ledger ledger \
    -o first.skr first.ksr
want_status 0 zsk-sign import -d before --now $now first.skr
# With another ledger it does not, nor does a clock that was wrong once, and
# refused, spoil the ledger.
want_status 3 ksk-sign sign --now $now -k "left/$ksk" --yes --ledger other \
    -o no.skr first.ksr
says 'check chain'
want_status 3 ksk-sign sign --now 20370101 -k "left/$ksk" --yes \
    --ledger other -o no.skr first.ksr
want_status 0 ksk-sign sign --now $now -k "left/$ksk" --yes --ledger other \
    --allow chain -o other.skr first.ksr

# What BIND writes has neither an end nor proofs: -e and the officer say so.
sed 's/ ; pop .*//; s/ by dnssecflow .*/ by 9.20.27/' req.ksr >bind.ksr
rm -f ledger
want_status 3 ksk-sign sign --now $now -k "left/$ksk" --yes --ledger ledger \
    -o no.skr bind.ksr
says 'check possession'
sign --allow possession bind.ksr
more=$(($(grep -c DNSKEY bind.ksr) - 1))
tr -s '\n ' ' ' <"$tmp/said" | grep -q \
    "(allowed: possession, and $more more such)" ||
    die "one key is named, and the others are not counted"
last=$(awk '/^;; Key/ && $4 ~ /^2/ { at = $4 } END { print at }' bind.ksr)
end=$(date -u -d "$(echo "$last" |
    sed 's/\(....\)\(..\)\(..\)\(..\)\(..\)\(..\)/\1-\2-\3 \4:\5:\6/') UTC 9 days" \
    +%Y%m%d%H%M%S)
tail -n 1 out.skr | grep -q " until=$end " || die "not one more period"
sign --allow possession -e 20270415 bind.ksr
tail -n 1 out.skr | grep -q ' until=20270415000000' || die "-e is not the end"

# A second KSK: there, then signing, then alone.
ksk2=$(ksk-sign keygen --now $now -K left example.com)
want_status 0 ksk-sign settime --now $now -P 20270120 -A 20270210 "left/$ksk2"
want_status 0 ksk-sign settime --now $now -I 20270310 -D 20270310 "left/$ksk"
rm -f out.skr ledger
want_status 0 ksk-sign sign --now $now -K left --yes --cds --ledger ledger \
    -o out.skr req.ksr
says 'Warnings'
tag=$(echo "${ksk##*+}" | sed 's/^0*//')
tag2=$(echo "${ksk2##*+}" | sed 's/^0*//')
# who DATE: the KSKs in the bundle, and who signs it, and the CDS.
who()
{
	awk -v at="$1" '
	/^;;/ { on = $4 ~ /^[0-9]+$/ && $4 <= at
		if (on) { keys = 0; sigs = ""; cds = "" } }
	on && $4 == "DNSKEY" && $5 == 257 { keys++ }
	on && $4 == "RRSIG" && $5 == "DNSKEY" { sigs = sigs " " $11 }
	on && $4 == "CDS" { cds = cds " " $5 }
	END { print keys ":" sigs ":" cds }' out.skr
}
[ "$(who 20270119000000)" = "1: $tag: $tag" ] || die "before: $(who 20270119000000)"
[ "$(who 20270125000000)" = "2: $tag: $tag" ] || die "published"
both=$(who 20270301000000)
[ "$both" = "2: $tag $tag2: $tag $tag2" ] ||
    [ "$both" = "2: $tag2 $tag: $tag2 $tag" ] || die "both sign: $both"
[ "$(who 20270320000000)" = "1: $tag2: $tag2" ] || die "alone"
want_status 0 ksk-sign show --now $now out.skr

# The first is revoked instead: it stays, says so, and signs itself out.
want_status 0 ksk-sign settime --now $now -I none -D none -R 20270310 "left/$ksk"
rm -f out.skr ledger
want_status 0 ksk-sign sign --now $now -K left --yes --cds --ledger ledger \
    -o out.skr req.ksr
[ "$(count '	DNSKEY	385')" -ge 1 ] || die "no revoked KSK"
want_status 0 ksk-sign show --now $now out.skr
awk '/^;;/ { n = 0; r = 0 } $4 == "DNSKEY" && $5 == 385 { r = 1 }
    $4 == "RRSIG" && $5 == "DNSKEY" { n++ }
    $4 == "CDS" { n = n + 10 } r && $4 == "RRSIG" && $5 == "CDS" &&
    n != 12 { exit 1 }' out.skr || die "the revoked one signs more or less"

# Nobody signs for a time: refused, with the date.
want_status 0 ksk-sign settime --now $now -R none -I 20270201 -D 20270201 "left/$ksk"
rm -f out.skr ledger
want_status 3 ksk-sign sign --now $now -K left --yes --ledger ledger \
    -o out.skr req.ksr
says '2027-02-01'
[ ! -e out.skr ] || die "written after a refusal"

# The emergency's response is by the standby KSK alone.
want_status 0 ksk-sign settime --now $now -I none -D none "left/$ksk"
want_status 0 ksk-sign settime --now $now -P $now -A none "left/$ksk2"
rm -f ledger
want_status 2 ksk-sign sign --now $now -K left --yes --emergency \
    --ledger ledger req.ksr
want_status 0 ksk-sign sign --now $now -K left --yes --cds --emergency \
    --ledger ledger -o out.skr req.ksr
# Its DS must stay in the parent for that day.
both=$(who 20270301000000)
[ "$both" = "2: $tag: $tag $tag2" ] || [ "$both" = "2: $tag: $tag2 $tag" ] ||
    die "the standby is not there, or not in CDS: $both"
tail -n 1 ledger | grep -q " response=$(sha256sum out.skr | cut -c 1-64)" ||
    die "the response is not recorded"
tail -n 1 ledger | grep -q \
    " emergency=$(sha256sum out.skr.emergency | cut -c 1-64)" ||
    die "the second one is not recorded"
mv out.skr.emergency out.skr
[ "$(who 20270301000000)" = "1: $tag2: $tag2" ] || die "not the standby"
want_status 0 ksk-sign show --now $now out.skr
want_status 0 ksk-sign settime --now $now -P none -D 20270101 "left/$ksk2"
rm -f ledger
want_status 3 ksk-sign sign --now $now -K left --yes --emergency \
    --ledger ledger -o no.skr req.ksr
says 'no standby KSK'

# Two KSKs by name for two zones; plain and planned requests in one go.
rm -f left/ledger
zsk=$(zsk-sign keygen --now $now -K . b.test)
kb=$(ksk-sign keygen --now $now -K left b.test)
want_status 0 ksk-sign sign --now $now -k "left/$ksk" -k "left/$kb" --yes \
    -o two req.ksr "$zsk.key"
[ "$(ls two | tr '\n' ' ')" = 'b.test.KSK.data example.com.skr ' ] ||
    die "two zones: $(ls two)"
rm -r two
# Where one is refused nothing is signed, and both that failed are recorded.
rm -f left/ledger
sed 's/ ; pop .*//' req.ksr >bare.ksr
want_status 3 ksk-sign sign --now $now -k "left/$ksk" -k "left/$kb" --yes \
    -e 20200101 -o two bare.ksr "$zsk.key"
says 'is not after inception'
sed 's/ 256 3 13 / 256 3 8 /' "$zsk.key" >other.key
kc=$(zsk-sign keygen --now $now -a 8 -K . b.test)
want_status 3 ksk-sign sign --now $now -k "left/$ksk" -k "left/$kb" --yes \
    -o two bare.ksr "$kc.key"
[ "$(grep -c ' act=refuse ' left/ledger)" -eq 2 ] ||
    die "not both refusals are recorded"
[ ! -e two ] || die "a folder after a refusal"
mkdir elsewhere
kd=elsewhere/$(ksk-sign keygen --now $now -K elsewhere c.test)
zc=$(zsk-sign keygen --now $now -K . c.test)
want_status 2 ksk-sign sign --now $now -k "left/$ksk" -k "$kd" --yes \
    -o two req.ksr "$zc.key"
says 'name it by --ledger'
# What is of no use is not passed over.
want_status 2 ksk-sign sign --now $now -k "left/$ksk" --yes -e +30d -o two \
    req.ksr
want_status 2 ksk-sign sign --now $now -k "left/$ksk" --yes --ttl 60 -o two \
    req.ksr
rm -f left/ledger
want_status 3 ksk-sign sign --now $now -k "left/$ksk" --yes --refresh 1h \
    -o two req.ksr
says 'longer --refresh'
# Their TTL of an hour, and an hour more.
rm -f left/ledger
want_status 3 ksk-sign sign --now $now -k "left/$ksk" --yes \
    --refresh 7199s -o two req.ksr
says 'longer --refresh'
rm -f left/ledger
want_status 0 ksk-sign sign --now $now -k "left/$ksk" --yes \
    --refresh 7200s -o two req.ksr
rm two
# What is over is not signed, from the second on at which it is.
second=$(awk '/^;; SignedKeyResponse 1.0 2/ && ++n == 2 { print $4 }' plain.skr)
before=$(date -u -d "$(echo "$second" |
    sed 's/\(....\)\(..\)\(..\)\(..\)\(..\)\(..\)/\1-\2-\3 \4:\5:\6/') UTC \
    1 second ago" +%Y%m%d%H%M%S)
for at in "$before" "$second"; do
	rm -f left/ledger two
	want_status 0 ksk-sign sign --now "$at" --clock-skew 30d \
	    -k "left/$ksk" --yes -o two req.ksr
	first=$(awk '/^;; SignedKeyResponse/ { print $4; exit }' two)
	if [ "$at" = "$second" ]; then
		[ "$first" = "$second" ] || die "$at: begins with $first"
	else
		[ "$first" = $now ] || die "$at: begins with $first"
	fi
done
# A request is no response: not to be written over.
rm -f left/ledger
cp bind.ksr two
want_status 3 ksk-sign sign --now $now -k "left/$ksk" --yes -o two req.ksr
says 'two is there already and is no KSK.data of example.com.'
cmp bind.ksr two || die "a request was written over"
rm two
# Where it cannot be written nothing is signed, and nothing recorded as such.
rm -f left/ledger
want_status 1 ksk-sign sign --now $now -k "left/$ksk" --yes -o nowhere/two \
    req.ksr
echo somebody >two.p7s
want_status 3 ksk-sign sign --now $now -k "left/$ksk" --yes -o two req.ksr
says 'two.p7s is there already'
rm two.p7s
want_status 2 ksk-sign sign --now $now -k "left/$ksk" --yes --ledger new \
    -o new req.ksr
! grep -q ' act=sign ' left/ledger 2>/dev/null || die "signed for nothing"

# Many zones: a folder in, a folder out, one digest, one passphrase.
mkdir folder many
for zone in a.example b.example c.example; do
	printf 'a pass phrase\n' | ksk-sign keygen --now $now -K many --encrypt \
	    --passphrase-fd 0 $zone >/dev/null
	mkdir right/$zone
	want_status 0 zsk-sign request -K right/$zone --now $now --from $now \
	    --to 20270401 -o folder/$zone.ksr $zone
done
printf 'a pass phrase\n' | ksk-sign sign --now $now -K many --yes \
    --passphrase-fd 0 -o signed folder 2>"$tmp/said" || {
	cat "$tmp/said"
	die "the folder was not signed"
}
[ "$(ls signed | tr '\n' ' ')" = 'a.example.skr b.example.skr c.example.skr ' ] ||
    die "the folder: $(ls signed)"
sum=$(cd folder && LC_ALL=C sha256sum -- * | sha256sum | cut -c 1-64)
says "$sum"
sum=$(cd signed && LC_ALL=C sha256sum -- * | sha256sum | cut -c 1-64)
says "$sum"
[ "$(grep -c ' act=sign zone=..example. ' many/ledger)" -eq 3 ] ||
    die "not an entry a zone"
for zone in a b c; do
	want_status 0 ksk-sign show --now $now signed/$zone.example.skr
done
rm many/ledger
printf 'a pass phrase\n' >pass
ksk-sign sign --now $now -K many --yes --passphrase-fd 0 -o signed folder \
    <pass 2>"$tmp/said" && die "a full folder was taken"
says 'no empty folder'
[ "$(ls signed | wc -l)" -eq 3 ] || die "the folder changed"
want_status 2 ksk-sign sign --now $now -K many --yes folder
says 'name it by --output'
rm -f many/ledger
cp req.ksr folder/other.ksr
want_status 3 ksk-sign sign --now $now -K many --yes -o two folder
says 'no KSK is in many'
cp folder/a.example.ksr folder/other.ksr
want_status 3 ksk-sign sign --now $now -K many --yes -o two folder
says 'a second request for a.example.'
[ ! -e two ] || die "a folder after a refusal"
want_status 3 ksk-sign sign --now $now -k "left/$ksk" --yes -o two out.skr
says 'an SKR'
