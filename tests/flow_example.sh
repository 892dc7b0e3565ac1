#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The article's example: the ZSK by dnssec-keygen on the right, the KSK by
# ldns-keygen on the left; what comes out is judged by three others.
. "$(dirname "$0")/flow.sh"
want dnssec-keygen ldns-keygen dnssec-verify ldns-verify-zone kzonecheck

# Kexample.com.+013+01234 has tag 1234.
tag_of()
{
	echo "${1##*+}" | sed 's/^0*//'
}

cd "$tmp"
mkdir left right
cp "$srcdir/testzones/example.com" right/

cd right
zsk=$(dnssec-keygen -q -a 13 example.com)
ln -s "$zsk.key" ZSK.key
cp ZSK.key ../left/

cd ../left
ksk=$(ldns-keygen -a 13 -k example.com)
# ldns-keygen leaves its private file as the umask says.
chmod 600 "$ksk.private"
want_status 0 ksk-sign show ZSK.key
says "$(tag_of "$zsk")"
want_status 0 ksk-sign sign -k "$ksk" --yes -o KSK.data ZSK.key
[ "$(wc -l <KSK.data)" -eq 2 ] || die "KSK.data has not two lines"
want_status 0 ksk-sign show KSK.data
cp KSK.data "$ksk.ds" ../right/

# The DS that ldns wrote is the one that we compute.
ldns_ds=$(awk '{ print tolower($NF) }' "$ksk.ds")
want_status 0 ksk-sign ds "$ksk"
tr 'A-F' 'a-f' <"$tmp/said" | grep -q "$ldns_ds" ||
    die "ldns-keygen and ksk-sign differ on the DS"

# Without a terminal nothing is signed unasked.
want_status 3 ksk-sign sign -k "$ksk" -o other.data ZSK.key
[ ! -e other.data ] || die "written without a yes"

cd ../right
want_status 0 zsk-sign sign -K . -d KSK.data -N unixtime \
    -f example.com.final example.com
want_status 0 zsk-sign verify -o example.com --ds "$ksk.ds" example.com.final
want_status 0 dnssec-verify -o example.com example.com.final
want_status 0 ldns-verify-zone example.com.final
want_status 0 kzonecheck -o example.com -d on example.com.final

# Only the KSK signs DNSKEY; only the ZSK signs all the rest.
ldns-read-zone example.com.final >plain
awk -v ksk="$(tag_of "$ksk")" -v zsk="$(tag_of "$zsk")" '
$4 == "RRSIG" { n++; if ($11 != ($5 == "DNSKEY" ? ksk : zsk)) bad = 1 }
END { exit bad || n < 10 }' plain || die "a key signed what is not its own"

# The twin: one letter of a signature is another, and each says so.
awk '$4 == "RRSIG" && $5 == "SOA" {
	last = substr($NF, 10, 1)
	$NF = substr($NF, 1, 9) (last == "A" ? "B" : "A") substr($NF, 11)
} { print }' plain >bad
want_status 3 zsk-sign verify -o example.com bad
says 'SOA'
if dnssec-verify -o example.com bad >/dev/null 2>&1; then
	die "the twin is not bad at all"
fi

# KSK.data that is not for these ZSKs: refused, and the old file stands.
cp example.com.final before
dnssec-keygen -q -a 13 example.com >/dev/null
want_status 3 zsk-sign sign -K . -d KSK.data -f example.com.final example.com
cmp before example.com.final || die "a refusal changed the final zone"
