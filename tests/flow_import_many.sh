#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A folder of responses: each zone's goes into a folder of its own, all of them
# or none; the ZSKs are in folders of the zones, or all in one.
. "$(dirname "$0")/flow.sh"

cd "$tmp"
at="--now 20270110"
zones="a.example b.example xn--bcher-kva.example 0/25.2.0.192.in-addr.arpa"
mkdir left right requests shared
for zone in $zones; do
	name=$(echo "$zone" | sed 's|/|%2F|')
	mkdir "right/$name"
	ksk-sign keygen $at -K left "$zone" >/dev/null
	want_status 0 zsk-sign request $at -K "right/$name" \
	    -o "requests/$name.ksr" --from 20270110 --to 20270301 \
	    --zsk-lifetime 30d "$zone"
	cp "right/$name"/K* shared
done
want_status 0 ksk-sign sign $at --yes -K left -o responses requests
[ "$(find responses -name '*.skr' | wc -l)" -eq 4 ] || die "not four responses"

many()
{
	zsk-sign import $at -d right "$@"
}
stored()
{
	find right -name KSK.data | wc -l
}

# One bad one, and none is stored.
cp -r responses bad
awk '$4 == "RRSIG" && !done { c = substr($NF, 9, 1); done = 1
	$NF = substr($NF, 1, 8) (c == "A" ? "B" : "A") substr($NF, 10) }
	{ print }' responses/b.example.skr >bad/b.example.skr
cmp -s bad/b.example.skr responses/b.example.skr && die "not bad"
refused 3 'b.example.skr:[0-9]+: the signature by key' many bad
[ "$(stored)" -eq 0 ] || die "some were stored"
cp responses/b.example.skr bad/again.skr
cp responses/b.example.skr bad/b.example.skr
refused 3 'are both for b.example.; import one' many bad
rm bad/again.skr
echo junk >bad/junk
refused 1 'bad/junk:1: ' many bad
rm bad/junk
refused 2 "request is one zone's" many --request requests/a.example.ksr bad
mkfifo bad/pipe
refused 3 'bad/pipe: is no regular file; move it out' timeout 20 \
    zsk-sign import $at -d right bad
rm bad/pipe
# A place that cannot be had is found before the first rename.
mkdir half
: >half/xn--bcher-kva.example
refused 1 'half/xn--bcher-kva.example: cannot make this folder' \
    zsk-sign import $at -d half -K right responses
[ "$(find half -mindepth 1)" = half/xn--bcher-kva.example ] ||
    die "half is stored, or folders are left: $(find half)"
# Where a folder cannot be synced, it says truly how many are stored.
if ! grep -q __asan_init "$builddir"/.libs/libdnssecflow.so* 2>/dev/null; then
	${CC:-cc} -std=c11 -D_GNU_SOURCE -O1 -fPIC -shared -o syncfail.so \
	    "$srcdir/tests/syncfail.c" || die "cannot build syncfail.so"
	bin=$builddir
	[ ! -x "$builddir/.libs/zsk-sign" ] || bin=$builddir/.libs
	for folder in '' /a.example /b.example /xn--bcher-kva.example; do
		rm -rf dying
		mkdir dying
		want_status 1 env LD_PRELOAD="$tmp/syncfail.so" \
		    LD_LIBRARY_PATH="$builddir/.libs" \
		    SYNC_FOLDER="$(pwd -P)/dying$folder" "$bin/zsk-sign" \
		    import $at -d dying -K right responses
		if [ -z "$folder" ]; then
			says 'made, but the folder above may not be on the disk'
			[ -z "$(ls -A dying)" ] || die "folders are left"
			continue
		fi
		n=$(find dying -name KSK.data | wc -l)
		[ "$n" -eq 4 ] && n='all 4' || n="$n of 4"
		says "$n responses were stored, .*$folder/KSK.data: whole and"
		[ -s "dying$folder/KSK.data" ] || die "it is not in place"
		[ -z "$(find dying -name '.K*')" ] || die "something is left"
		[ -z "$(find dying -mindepth 1 -type d -empty)" ] ||
		    die "an empty folder is left"
	done
	rm -r dying syncfail.so
fi
# What is for another day, or for another reader.
cp responses/a.example.skr bad/a.example.emergency.skr
echo signed >bad/a.example.skr.p7s
echo signed >bad/a.example.skr.asc
cp -r right before
want_status 0 many bad
says '^a.example. +2027-03-01 00:00:00 UTC  [0-9]+ bundles$'
says '^4 zones, 4 stored anew$'
awk 'length($0) > 79 { exit 1 }' said || die "a line is too long"
[ "$(stored)" -eq 4 ] || die "not four are stored"
for zone in $zones; do
	name=$(echo "$zone" | sed 's|/|%2F|')
	cmp "right/$name/KSK.data" "responses/$name.skr" || die "$zone"
done
want_status 0 many --json responses
[ "$(grep -c '"unchanged": true' said)" -eq 4 ] || die "not unchanged"
head -n 1 said >line
grep -q '^\[$' line || die "no array"
# Several files are as a folder.
rm -r right
cp -r before right
want_status 0 many responses/a.example.skr responses/b.example.skr
says '^2 zones, 2 stored anew$'
[ "$(stored)" -eq 2 ] || die "not two are stored"

# All ZSKs in one folder, and no requests: their times tell. The store's
# folders are made, also where they are beside the keys.
mkdir store
want_status 0 zsk-sign import $at -d store -K shared responses
[ "$(find store -name KSK.data | wc -l)" -eq 4 ] || die "not four in store"
want_status 0 zsk-sign import $at -d shared responses
want_status 0 zsk-sign import $at -d shared responses
says '^4 zones, 0 stored anew$'
awk 'length($0) > 80 { exit 1 }' said || die "a line is too long"
# A request of a zone's own folder does not hide the keys in the common one.
mkdir own own/a.example
cp shared/K*.key own
grep -h DNSKEY own/Ka.example.*.key >own/a.example/key-request
mkdir store2
want_status 0 zsk-sign import $at -d store2 -K own responses
cp requests/b.example.ksr own/a.example/key-request
rm -r store2
mkdir store2
want_status 0 zsk-sign import $at -d store2 -K own responses
# Another run is at work on one of them, or on all.
if command -v flock >/dev/null 2>&1; then
	rm -r store2/*/*
	for busy in store2/b.example store2; do
		(
			flock -n 9 || die "cannot lock $busy"
			refused 1 "$busy: another run is at work" zsk-sign \
			    import $at -d store2 -K shared responses
		) 9<$busy || exit 1
		[ -z "$(find store2 -type f)" ] || die "$busy was locked"
	done
fi
want_status 0 zsk-sign import $at -d shared responses
# One digest of all, for two people.
all=$(cd responses && sha256sum -- * | sha256sum | cut -d ' ' -f 1)
says "^SHA-256  $all\$"
says '^Words    1  '
zsk=$(basename "$(ls shared/Ka.example.*.key | head -n 1)" .key)
rm "shared/$zsk".*
refused 3 'a.example.skr: on .* it has ZSK|does not cover' zsk-sign import \
    $at -d empty -K shared responses
: >none
mkdir nothing
refused 3 'no file in this folder' many nothing
