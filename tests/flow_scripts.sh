#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# bsig.sh and lsig.sh: peers sign, zsk-sign splices, validators are content.
. "$(dirname "$0")/flow.sh"
want dnssec-signzone ldns-signzone dnssec-verify ldns-verify-zone kzonecheck

cd "$tmp"
key_pair example.com 13
cp "$srcdir/testzones/example.com" right/
cd right
for signer in bsig lsig; do
	rm -f example.com.final
	want_status 0 sh "$srcdir/scripts/$signer.sh" example.com
	for judge in ldns-verify-zone dnssec-verify kzonecheck; do
		says "^\*\*\* verify it with $judge\$"
	done
	want_status 0 zsk-sign verify -o example.com example.com.final
	want_status 0 dnssec-verify -o example.com example.com.final
	[ -z "$(find . -name 'tmp.*' -o -name 'dsset-*')" ] ||
	    die "$signer.sh leaves files behind"

	# From another folder, with other names.
	want_status 0 sh -c 'cd / && sh "$@"' sh \
	    "$srcdir/scripts/$signer.sh" -o example.com -K "$PWD" \
	    -d "$PWD/KSK.data" -f "$PWD/other" "$PWD/example.com"
	want_status 0 kzonecheck -o example.com -d on other

	# KSK.data with one letter changed: no file, and the old one stands.
	cp example.com.final before
	awk '/RRSIG/ { c = substr($NF, 20, 1)
		$NF = substr($NF, 1, 19) (c == "A" ? "B" : "A") \
		    substr($NF, 21) } { print }' KSK.data >bad.data
	got=0
	sh "$srcdir/scripts/$signer.sh" -d bad.data example.com >said 2>&1 ||
	    got=$?
	[ "$got" -ne 0 ] || die "$signer.sh takes a KSK.data that is wrong"
	cmp before example.com.final || die "$signer.sh changed the old file"
done

# The hourly run of cron and of systemd. Without KSK.data it fails and says so:
# no condition of the unit's passes it over until the signatures expire.
unit=$srcdir/scripts/dnssecflow-sign.service
run=$(sed -n 's/^ExecStart=//p' "$unit")
grep -qF "&& $run" "$srcdir/scripts/dnssecflow-sign.cron" ||
    die "cron and systemd run different commands"
grep -E '^(Exec)?Condition' "$unit" && die "a condition skips the run"
want_status 0 sh -c "$run"
mv KSK.data KSK.gone
refused 1 'KSK.data: No such file' sh -c "$run"
