#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# ksk-sign settime: what it writes is what dnssec-settime reads, and would have
# written; what makes no sense is refused, and changes nothing.
. "$(dirname "$0")/flow.sh"

cd "$tmp"
at="--now 20270110"
ksk=$(ksk-sign keygen --now 20270101 -K . example.com)

# has NAME=DAY...: the key has these times, and no others; in both files.
has()
{
	sed -n 's/^\([A-Z][A-Za-z]*\): \(20[0-9]\{12\}\)$/\1=\2/p' \
	    "$ksk.private" | sed 's/000000$//' | sort | tr '\n' ' ' >now
	sed -n 's/^; \([A-Za-z]*\): \(20[0-9]\{12\}\) (20.*)$/\1=\2/p' \
	    "$ksk.key" | sed 's/000000$//' | sort | tr '\n' ' ' >comments
	cmp -s now comments || die "private: $(cat now); key: $(cat comments)"
	[ "$(cat now)" = "$* " ] || die "has $(cat now)and not $*"
}

# set_to WORD...: it is quiet, and the modes stay.
set_to()
{
	want_status 0 ksk-sign settime $at "$@" "$ksk"
	[ -s said ] && die "not quiet: $(cat said)"
	[ "$(stat -c %a "$ksk.private")" = 600 ] || die "mode of .private"
	[ "$(stat -c %a "$ksk.key")" = 644 ] || die "mode of .key"
}

# plain FILE: its lines in order, the private key in hex and without the zeros
# that it begins with: dnssec-settime leaves those out (RFC 6605 4 pads the
# public point alone).
plain()
{
	grep -v '^PrivateKey: ' "$1" | sort
	sed -n 's/^PrivateKey: //p' "$1" | base64 -d | od -An -v -tx1 |
	    tr -d ' \n' | sed 's/^0*//'
}

cp "$ksk.key" first.key
cp "$ksk.private" first.private
set_to -P 20270201 -A +60d -R 20270901 -I 20271001 -D 20271101 \
    --sync-publish 20270401 --sync-delete 20270801
has Activate=20270311 Created=20270101 Delete=20271101 \
    Inactive=20271001 Publish=20270201 Revoke=20270901 SyncDelete=20270801 \
    SyncPublish=20270401

# BIND reads them all; each that it sets by itself, we set likewise.
if command -v dnssec-settime >/dev/null 2>&1; then
	want_status 0 dnssec-settime -u -p all "$ksk"
	cp said bind
	cat >ours <<-END
		Created: $(TZ=UTC date -d 20270101 +%s)
		Publish: $(TZ=UTC date -d 20270201 +%s)
		Activate: $(TZ=UTC date -d 20270311 +%s)
		Revoke: $(TZ=UTC date -d 20270901 +%s)
		Inactive: $(TZ=UTC date -d 20271001 +%s)
		Delete: $(TZ=UTC date -d 20271101 +%s)
		SYNC Publish: $(TZ=UTC date -d 20270401 +%s)
		SYNC Delete: $(TZ=UTC date -d 20270801 +%s)
	END
	while read -r line; do
		grep -qx "$line" bind || die "BIND has no $line: $(cat bind)"
	done <ours
	mkdir theirs
	cp first.key "theirs/$ksk.key"
	cp first.private "theirs/$ksk.private"
	want_status 0 dnssec-settime -K theirs -P 20270201000000 \
	    -A 20270311000000 -R 20270901000000 -I 20271001000000 \
	    -D 20271101000000 -P sync 20270401000000 -D sync 20270801000000 \
	    "$ksk"
	plain "theirs/$ksk.private" >theirs.private
	plain "$ksk.private" | cmp - theirs.private ||
	    die "not what dnssec-settime writes"
	# And on what BIND wrote.
	ours=$ksk
	ksk=theirs/$ksk
	set_to -I 20271002
	grep -qx 'Inactive: 20271002000000' "$ksk.private" || die "BIND's file"
	[ "$(grep -c '^; Inactive' "$ksk.key")" -eq 1 ] || die "twice"
	want_status 0 dnssec-settime -u -p I "$ksk"
	says "^Inactive: $(TZ=UTC date -d 20271002 +%s)\$"
	ksk=$ours
	rm -r theirs
fi

# What is not given stays; none takes it out; all others as they were.
set_to -R none -D 20271201 --sync-delete none
has Activate=20270311 Created=20270101 Delete=20271201 \
    Inactive=20271001 Publish=20270201 SyncPublish=20270401
set_to -I none -D none --sync-publish none -P 20270101 -A 20270101
cmp -s first.key "$ksk.key" || die "the .key file is another one"
cmp -s first.private "$ksk.private" || die "the .private file is another one"
# By any of its files' names, from elsewhere, and by --config.
mkdir sub
(
	cd sub
	echo 'inactive 20280101' >conf
	want_status 0 ksk-sign settime $at --config conf "../$ksk.private"
) || exit 1
has Activate=20270101 Created=20270101 Inactive=20280101 Publish=20270101
rm -r sub
set_to -I none

# Orders in which no key lives; alone or with what is there.
nonsense()
{
	pattern=$1
	shift
	refused 2 "^ksk-sign: Kexample.*[.]key: .*$pattern" ksk-sign settime $at "$@" "$ksk"
}
nonsense 'sign before it is published' -P 20270102
nonsense 'inactive before it is active' -I 20270101
nonsense 'inactive before it is active' -A 20270301 -I 20270201
nonsense 'deleted while it signs; let inactive' -I 20270301 -D 20270228
nonsense 'deleted before it is active' -D 20270101
nonsense 'deleted before it is published' -A none -D 20270101
nonsense 'inactive before it is published' -A none -I 20270101
nonsense 'revoked before it is published' -R 20270101
nonsense 'deleted before it is revoked' -R 20270601 -D 20270601
nonsense 'CDS would be deleted before' --sync-publish 20270601 \
    --sync-delete 20270601
nonsense 'year 2106' -D 21060301
set_to -I 20270301
nonsense 'deleted while it signs' -D 20270228
nonsense 'inactive before it is active' -A 20270302
# The same moment, where it makes sense.
set_to -D 20270301
set_to -R 20270228
set_to -R none -D none -I none

# Nothing to do, nothing to do it with.
refused 2 'no time to set' ksk-sign settime $at "$ksk"
refused 2 'KEY' ksk-sign settime $at -I 20280101
refused 2 'inactive' ksk-sign settime $at -I 20271301 "$ksk"
refused 2 'inactive' ksk-sign settime $at -I never "$ksk"
refused 2 'inactive' ksk-sign settime $at -I '' "$ksk"
refused 1 'nokey.key' ksk-sign settime $at -I 20280101 nokey
refused 1 'nowhere' ksk-sign settime $at -I 20280101 "nowhere/$ksk"
refused 2 'times in its files' ksk-sign settime $at -I 20280101 n200:test
mv "$ksk.key" away
refused 1 "[.]key" ksk-sign settime $at -I 20280101 "$ksk"
mv away "$ksk.key"
chmod 644 "$ksk.private"
refused 3 "[.]private" ksk-sign settime $at -I 20280101 "$ksk"
chmod 600 "$ksk.private"
sed 's/^Publish: .*/Publish: soon/' first.private >"$ksk.private"
refused 1 "[.]private:[0-9]+: " ksk-sign settime $at -I 20280101 "$ksk"
sed 's/DNSKEY 257 3 13 .*/DNSKEY 257 3 13 AAAA/' first.key >"$ksk.key"
cp first.private "$ksk.private"
refused 1 "[.]key" ksk-sign settime $at -I 20280101 "$ksk"
cp first.key "$ksk.key"
# A folder that must not change.
mkdir still
cp -p "$ksk.key" "$ksk.private" still
chmod 555 still
if [ ! -w still ]; then
	refused 1 "still/" ksk-sign settime $at -I 20280101 "still/$ksk"
fi
chmod 755 still
rm -r still
# Nor beside a run that plans with the folder's keys.
if command -v flock >/dev/null 2>&1; then
	(
		flock -n 9 || die "cannot lock the folder"
		refused 1 'another run is at work' \
		    ksk-sign settime $at -I 20280101 "$ksk"
	) 9<. || exit 1
fi

# Any key of the folder: a ZSK, one under a passphrase, one in a device, one
# of old without times.
zsk=$(zsk-sign keygen --now 20270101 -K . example.com)
want_status 0 ksk-sign settime $at -I 20280101 "$zsk"
grep -qx 'Inactive: 20280101000000' "$zsk.private" || die "ZSK"
echo 'a passphrase for tests' >pass
pem=$(ksk-sign keygen --now 20270101 --encrypt --passphrase-fd 3 \
    example.org 3<pass)
cksum "$pem.pem" >before
want_status 0 ksk-sign settime $at -I 20280101 "$pem"
grep -q '^; Inactive: 20280101000000 ' "$pem.key" || die "encrypted"
cksum "$pem.pem" | cmp - before || die "the encrypted file changed"
[ ! -e "$pem.private" ] || die "a private file beside the encrypted one"
device=$(ksk-sign keygen --now 20270101 example.net)
sed -i -e '/^PrivateKey/c\Engine: cGtjczExAA==\nLabel: bjIwMDp0ZXN0LWtleQA=' \
    "$device.private"
want_status 0 ksk-sign settime $at -I 20280101 -A 20270201 "$device"
grep -qx 'Inactive: 20280101000000' "$device.private" || die "device"
grep -qx 'Activate: 20270201000000' "$device.private" || die "device"
grep -qx 'Label: bjIwMDp0ZXN0LWtleQA=' "$device.private" || die "label"
[ "$(grep -c '^; Activate: 20270201' "$device.key")" -eq 1 ] || die "device"
if command -v ldns-keygen >/dev/null 2>&1; then
	old=$(ldns-keygen -k -a ECDSAP256SHA256 example.com)
	chmod 600 "$old.private"
	want_status 0 ksk-sign settime $at -I 20280101 "$old"
	grep -qx 'Inactive: 20280101000000' "$old.private" || die "ldns's"
	grep -q '^; Inactive: 20280101000000 ' "$old.key" || die "ldns's"
fi
