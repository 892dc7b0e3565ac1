#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What the ledger has as signed, somebody must get: where it cannot be written
# is found before anything is signed. And what a request asks for stays, once
# the request is in place.
. "$(dirname "$0")/flow.sh"

cd "$tmp"
here=$(pwd -P)
now=20270101000000
mkdir left right requests
for zone in a.example b.example; do
	ksk-sign keygen --now $now -K left $zone >/dev/null
	want_status 0 zsk-sign request -K right --now $now --from $now \
	    --to +60d -o requests/$zone.ksr $zone
done

# unsigned STATUS PATTERN OPTION...: it says why, and has recorded nothing.
unsigned()
{
	expected=$1
	pattern=$2
	shift 2
	want_status "$expected" ksk-sign sign --now $now -K left --yes "$@"
	says "$pattern"
	[ ! -e left/ledger ] || die "recorded, and not written: $*"
}
many()
{
	expected=$1
	pattern=$2
	shift 2
	unsigned "$expected" "$pattern" "$@" requests
}
one()
{
	expected=$1
	pattern=$2
	shift 2
	unsigned "$expected" "$pattern" "$@" requests/a.example.ksr
}

# A folder that no other can be renamed over.
mkdir empty
ln -s empty link
many 3 'link: is a link, .* such as link/responses' -o link
many 3 'such as link/responses' -o link/
many 3 'such as empty/./responses' -o empty/.
many 3 'such as /proc/responses' -o /proc
many 1 'nowhere/out' -o nowhere/out
# The ledger would be the first in it.
many 2 'the ledger is in it' -o empty --ledger ./empty/ledger
many 2 'the ledger is in it' -o empty --ledger link/ledger
want_status 2 ksk-sign sign --now $now -K left --yes -o ./new --ledger new \
    requests/a.example.ksr
says 'is the ledger'
[ ! -e new ] || die "the ledger is where the response would be"

# mounts COMMAND: with a file system of its own at stick; 77 if nobody may.
mounts()
{
	unshare -rm sh -c "mount -t tmpfs none stick || exit 77; $1"
}
mkdir stick
if command -v unshare >/dev/null 2>&1 && mounts : 2>/dev/null; then
	want_status 0 mounts "
	    ksk-sign sign --now $now -K left --yes -o stick requests
	    [ \$? -eq 3 ] || exit 1
	    [ ! -e left/ledger ] || exit 2
	    ksk-sign sign --now $now -K left --yes --ledger stick.ledger \
		-o stick/responses requests || exit 3
	    [ \$(ls stick/responses | wc -l) -eq 2 ] || exit 4"
	says 'stick: is a mount point, .* such as stick/responses'
	# Read-only, as a stick's switch or a worn-out card makes it.
	want_status 0 mounts "
	    set -- ksk-sign sign --now $now -K left --yes -o stick/out.skr
	    \"\$@\" --ledger stick.1 requests/a.example.ksr || exit 1
	    mount -o remount,ro stick || exit 77
	    \"\$@\" requests/a.example.ksr
	    [ \$? -eq 1 ] || exit 2
	    [ ! -e left/ledger ] || exit 3"
	says 'stick/out.skr~: cannot create a file .*Read-only'
fi

# A file that is there: its copy must have a name, too.
sign_one()
{
	rm -f first.ledger
	want_status 0 ksk-sign sign --now $now -K left --yes \
	    --ledger first.ledger -o "$1" requests/a.example.ksr
}
sign_one out.skr
for i in '' 2 3 4; do
	echo other >"out.skr~$i"
done
sign_one out.skr
[ -s out.skr~5 ] || die "out.skr~5 is free"
i=5
while [ $i -le 99 ]; do
	echo other >"out.skr~$i"
	i=$((i + 1))
done
one 3 'out.skr~ to out.skr~99 are there already' -o out.skr
rm out.skr~*
name=$(printf '%0255d' 0)
sign_one "$name"
one 1 'File name too long' -o "$name"
# And those of containers, whose certificates are of today.
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem
openssl req -x509 -key key.pem -subj /CN=left -days 30 -out left.pem
cat key.pem >>left.pem
chmod 600 left.pem
zsk=$(zsk-sign keygen -K . a.example)
ksk=$(ksk-sign keygen -K . a.example)
# contained STATUS PATTERN OUTPUT
contained()
{
	want_status "$1" ksk-sign sign -k "$ksk" --yes --ledger today \
	    --sign-as left.pem -o "$3" "$zsk.key"
	says "$2"
	[ ! -e today ] || die "recorded, and not written: $3"
}
# signed OUTPUT: so that it is there.
signed()
{
	want_status 0 ksk-sign sign -k "$ksk" --yes -o "$1" "$zsk.key"
}
name=$(printf '%0252d' 0)
signed "$name"
contained 1 'File name too long' "$name"
signed out.data
mkdir out.data.p7s
contained 3 'out.data.p7s: is no file' out.data
rmdir out.data.p7s
# Nobody's copy takes the name of another's container.
echo other >out.data.p7s
echo another >out.data~.p7s
want_status 0 ksk-sign sign -k "$ksk" --yes --sign-as left.pem -o out.data \
    "$zsk.key"
[ "$(cat out.data~.p7s)" = another ] || die "a container was written over"
[ "$(cat out.data~2.p7s)" = other ] || die "the container was not kept"
[ -s out.data~2 ] || die "the response was not kept"

# Nobody can foresee all: what is recorded and not written is made again.
if grep -q __asan_init "$builddir"/.libs/libdnssecflow.so* 2>/dev/null; then
	exit 0
fi
for shim in failcall syncfail; do
	${CC:-cc} -std=c11 -D_GNU_SOURCE -O1 -fPIC -shared -o $shim.so \
	    "$srcdir/tests/$shim.c" -ldl || die "cannot build $shim.so"
done
# faulty VARIABLE=VALUE... PROGRAM...: preloaded into the program itself.
bin=$builddir
[ ! -x "$builddir/.libs/zsk-sign" ] || bin=$builddir/.libs
faulty()
{
	env LD_LIBRARY_PATH="$builddir/.libs" \
	    LD_PRELOAD="$tmp/failcall.so:$tmp/syncfail.so" "$@"
}
again='the ledger has it as signed, but it is not written'
# lost REQUEST: each rename fails once, the last one behind the ledger.
lost()
{
	n=1
	while :; do
		rm -rf again again.ledger
		got=0
		faulty FAULT_CALL=rename FAULT_N=$n "$bin/ksk-sign" sign \
		    --now $now -K left --yes --ledger again.ledger -o again \
		    "$1" >"$tmp/said" 2>&1 || got=$?
		[ $got -ne 0 ] || break
		n=$((n + 1))
		[ ! -e again ] || die "written, and yet it failed"
		[ -e again.ledger ] || continue
		says "$again.*; mend this, and the same command with"
		want_status 0 ksk-sign sign --now $now -K left --yes \
		    --allow replay --ledger again.ledger -o again "$1"
		[ -e again ] || die "it is not made again"
		told=$((told + 1))
	done
}
told=0
lost requests/a.example.ksr
lost requests
[ $told -eq 2 ] || die "told $told times that nothing was written"
if [ -w /dev/full ]; then
	got=0
	ksk-sign sign --now $now -k "$ksk" --yes --ledger full "$zsk.key" \
	    >/dev/full 2>"$tmp/said" || got=$?
	[ $got -eq 1 ] || die "a full disk: status $got"
	says "$again.* the same command makes it again: standard output"
fi

# Where folders cannot be synced at all, as on many a stick, nothing fails.
for error in 22 38; do
	rm -rf fat
	mkdir fat
	want_status 0 faulty SYNC_FOLDER=\* SYNC_ERROR=$error "$bin/ksk-sign" \
	    sign --now $now -K left --yes --ledger fat.ledger$error \
	    -o fat/responses requests
	[ "$(ls fat/responses | wc -l)" -eq 2 ] || die "not two responses"
done

# What is in place and perhaps not on the disk is not said to be lost.
mkdir dying
for what in requests requests/a.example.ksr; do
	rm -rf dying/out dying.ledger
	want_status 1 faulty SYNC_FOLDER="$here/dying" "$bin/ksk-sign" sign \
	    --now $now -K left --yes --ledger dying.ledger -o dying/out "$what"
	says 'dying/out: whole and in place'
	! grep -q 'not written' said || die "in place, and said to be lost"
	[ -e dying/out ] || die "not in place"
done

# The keys of a request that is in place stay, and its container with it.
for extra in '' "--sign-as left.pem"; do
	rm -rf new dying/*
	mkdir new
	# shellcheck disable=SC2086 # words without blanks
	want_status 1 faulty SYNC_FOLDER="$here/dying" "$bin/zsk-sign" request \
	    -K new --from now --to +60d -o dying/ksr $extra a.example
	says 'dying/ksr(.p7s)?: whole and in place'
	want_status 0 ksk-sign show dying/ksr
	[ "$(find new -name '*.private' | wc -l)" -ge 1 ] ||
	    die "the request is there, and its keys are not"
	[ -s new/key-request ] || die "no copy of the request"
	[ -z "$extra" ] || [ -s dying/ksr.p7s ] || die "the container is gone"
done
want_status 1 faulty SYNC_FOLDER="$here/dying" "$bin/zsk-sign" request -K . \
    -o dying/plain --sign-as left.pem a.example
says 'dying/plain(.p7s)?: whole and in place'
[ -s dying/plain ] && [ -s dying/plain.p7s ] || die "one of two is gone"
