#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The keys of several zones in one folder: each zone's request leaves a copy of
# its own, by which import knows the answer, and one that was changed.
. "$(dirname "$0")/flow.sh"

cd "$tmp"
at="--now 20270110"
zones="example.com example.org 0/25.2.0.192.in-addr.arpa"

copy_of()
{
	case $1 in
	example.com)	echo keys/key-request ;;
	0*)		echo keys/0%2F25.2.0.192.in-addr.arpa.key-request ;;
	*)		echo "keys/$1.key-request" ;;
	esac
}

# ask FILE: a request of each zone, in that folder, and the answers of all.
ask()
{
	mkdir "$1"
	for z in $zones; do
		want_status 0 zsk-sign request $at --from 20270110 \
		    --to 20270701 -K keys -o "$1/$(basename "$z")" "$z"
	done
	want_status 0 ksk-sign sign $at -K left --yes --ledger "$1.ledger" \
	    -o "$1.skrs" "$1"
}

mkdir keys left store
for z in $zones; do
	ksk-sign keygen --now 20270101 -K left "$z" >/dev/null
done
ask first
for z in $zones; do
	cmp "first/$(basename "$z")" "$(copy_of "$z")" || die "no copy: $z"
	[ -e "$(copy_of "$z")~" ] && die "one before the first: $z"
done
[ "$(find keys -name '*key-request*' | wc -l)" -eq 3 ] || die "other copies"

# An answer to another request, of each zone: the first's, the last's.
cp -r first.skrs bent
for f in bent/*; do
	sed 's/ id=\([0-9a-f]\)/ id=0\1/; s/ id=\([0-9a-f]\{32\}\)./ id=\1/' \
	    "$f" >"$f.bent"
	refused 3 'answers another request than .*key-request' zsk-sign import \
	    $at -d store -K keys "$f.bent"
done
want_status 0 zsk-sign import $at -d store -K keys first.skrs

# The answer to the one before may come late; each zone's, too.
ask second
for z in $zones; do
	cmp "first/$(basename "$z")" "$(copy_of "$z")~" || die "the one before"
	cmp "second/$(basename "$z")" "$(copy_of "$z")" || die "the last: $z"
done
rm -r store/*
want_status 0 zsk-sign import $at -d store -K keys first.skrs
want_status 0 zsk-sign import $at -d store -K keys second.skrs

# A zone keeps its name, even if key-request is free again.
rm keys/key-request keys/key-request~
ask third
for z in $zones; do
	cmp "third/$(basename "$z")" "$(copy_of "$z")" || die "another name: $z"
done
[ "$(find keys -name '*key-request*' | wc -l)" -eq 5 ] || die "other copies"

# What cannot be stored leaves the copies as they were.
for z in $zones; do
	want_status 1 zsk-sign request $at --from 20270110 --to 20270701 \
	    -K keys -o /dev/full "$z"
done
for z in $zones; do
	cmp "third/$(basename "$z")" "$(copy_of "$z")" || die "changed: $z"
done
