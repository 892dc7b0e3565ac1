#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# testzones/ is what testzones/make makes, and its zones are zones.
. "$(dirname "$0")/flow.sh"

mkdir "$tmp/zones"
want_status 0 sh "$srcdir/testzones/make" "$tmp/zones"
for zone in "$tmp"/zones/*; do
	name=$(basename "$zone")
	cmp "$zone" "$srcdir/testzones/$name" ||
	    die "$name: run testzones/make, and commit what it makes"
done
for zone in "$srcdir"/testzones/*; do
	name=$(basename "$zone")
	[ "$name" = make ] || [ -e "$tmp/zones/$name" ] ||
	    die "$name: testzones/make does not make it"
done

want named-checkzone
for zone in "$tmp"/zones/*; do
	name=$(basename "$zone")
	case $name in
	README)	continue ;;
	root)	origin=. ;;
	*)	origin=$name ;;
	esac
	want_status 0 named-checkzone -i local -k ignore "$origin" "$zone"
done
