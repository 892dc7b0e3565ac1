#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every algorithm, with NSEC, NSEC3 and opt-out, on every test zone: signed by
# us with a KSK and a ZSK of our making, judged by three that are not ours.
. "$(dirname "$0")/flow.sh"
want dnssec-verify ldns-verify-zone kzonecheck

judge()
{
	got=0
	"$@" >"$tmp/said" 2>&1 </dev/null || got=$?
	[ "$got" -eq 0 ] && return 0
	cat "$tmp/said"
	die "$here: $1 refuses the zone"
}

for algorithm in 8 10 13 14 15 16; do
	for zone in "$srcdir"/testzones/*; do
		name=$(basename "$zone")
		case $name in
		README|make)	continue ;;
		root)		origin=. ;;
		*)		origin=$name ;;
		esac
		mkdir -p "$tmp/$algorithm/$name"
		cd "$tmp/$algorithm/$name"
		key_pair "$origin" "$algorithm"
		for chain in nsec nsec3 optout; do
			here="algorithm $algorithm, $chain, $name"
			case $chain in
			nsec)	set -- ;;
			nsec3)	set -- -3 - ;;
			optout)	set -- -3 - -A ;;
			esac
			want_status 0 zsk-sign sign -o "$origin" -K right \
			    -d right/KSK.data -f "$name.final" "$@" "$zone"
			want_status 0 zsk-sign verify -o "$origin" \
			    --ds "left/$ksk.ds" "$name.final"
			judge dnssec-verify -o "$origin" "$name.final"
			judge kzonecheck -o "$origin" -d on "$name.final"
			judge ldns-verify-zone "$name.final"
			case $chain in
			nsec)	grep -q '	NSEC	' "$name.final" ;;
			nsec3)	grep -q '	NSEC3	1 0 0 - ' "$name.final" ;;
			optout)	grep -q '	NSEC3	1 1 0 - ' "$name.final" ;;
			esac || die "$here: not the chain that was asked for"
			links=$(grep -c '	NSEC3	' "$name.final") || :
			case $chain:$name in
			nsec3:tld)	all=$links ;;
			optout:tld)	[ "$links" -lt $((all / 2)) ] ;;
			esac || die "$here: insecure delegations are not out"
		done
		cd "$tmp"
		rm -rf "${tmp:?}/$algorithm"
	done
	echo "algorithm $algorithm: good"
done
