#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# zsk-sign verify: on zones with one fault each and their good twins, as
# test_judge makes them, and on what the peers' signers make.
. "$(dirname "$0")/flow.sh"

mkdir "$tmp/faults"
FAULT_ZONES=$tmp/faults CK_VERBOSITY=silent "$builddir/tests/test_judge"
cd "$tmp/faults"
good=0
faulty=0
for zone in *.zone; do
	name=${zone%.zone}
	read -r line <"$zone"
	now=${line#*now=}
	now=${now%% *}
	set -- --now "$now" -o example.
	case $line in *options=-z*) set -- "$@" -z ;; esac
	[ ! -e "$name.ds" ] || set -- "$@" --ds "$name.ds"
	case $name in
	good-*)	want_status 0 zsk-sign verify "$@" "$zone"
		good=$((good + 1))
		continue ;;
	esac
	want_status 3 zsk-sign verify "$@" "$zone"
	# "owner TYPE: words"
	expected=${line#*expect=}
	grep -F -- "${expected%%: *}: " "$tmp/said" |
	    grep -qF -- "${expected#*: }" || {
		cat "$tmp/said"
		die "$name: does not say: $expected"
	}
	faulty=$((faulty + 1))
done
[ "$good" -gt 20 ] && [ "$faulty" -gt 100 ] || die "too few zones were made"
echo "$faulty zones with a fault, $good without"

# What others sign is good, and is not any more when one letter of a signature
# is another.
want dnssec-keygen dnssec-signzone ldns-signzone kzonesign
accept()
{
	want_status 0 zsk-sign verify "$@"
	eval "zone=\${$#}"
	LC_ALL=C awk '
		!done && /RRSIG[ \t]+(SOA|MX|A|TXT)[ \t]/ {
			last = substr($0, length($0) - 9, 1)
			$0 = substr($0, 1, length($0) - 10) \
			    (last == "A" ? "B" : "A") \
			    substr($0, length($0) - 8)
			done = 1
		}
		{ print }' "$zone" >"$tmp/twin"
	if cmp -s "$zone" "$tmp/twin"; then die "$zone: no twin"; fi
	i=1
	count=$#
	for word in "$@"; do
		[ $i -lt "$count" ] && set -- "$@" "$word"
		i=$((i + 1))
	done
	shift "$count"
	want_status 3 zsk-sign verify "$@" "$tmp/twin"
}

for name in example.com delegations.example dname.example \
    empty-nonterminals.example wildcards.example tld; do
	mkdir -p "$tmp/peers/$name"
	cd "$tmp/peers/$name"
	cp "$srcdir/testzones/$name" unsigned
	for algorithm in 8 13 15; do
		bits=
		[ $algorithm -ne 8 ] || bits='-b 2048'
		# shellcheck disable=SC2086 # two words or none
		dnssec-keygen -q -a $algorithm $bits "$name" >/dev/null 2>&1
		# shellcheck disable=SC2086
		dnssec-keygen -q -a $algorithm $bits -f KSK "$name" \
		    >/dev/null 2>&1
		for chain in '' '-3 -' '-3 AABB -A'; do
			# shellcheck disable=SC2086 # options
			dnssec-signzone -q -O full -S $chain -H 0 -o "$name" \
			    -f signed unsigned >/dev/null 2>"$tmp/said" || {
				cat "$tmp/said"
				die "dnssec-signzone $name"
			}
			accept -o "$name" --ds "dsset-$name." signed
		done
		# Two algorithms at once, the second time round.
		[ $algorithm -ne 8 ] || rm -f K*
	done
	rm -f K*

	zsk=$(ldns-keygen -a ECDSAP256SHA256 -r /dev/urandom "$name")
	ksk=$(ldns-keygen -a ECDSAP256SHA256 -k -r /dev/urandom "$name")
	for chain in '' '-n' '-n -p'; do
		# shellcheck disable=SC2086 # options
		ldns-signzone $chain -o "$name" -f signed unsigned "$zsk" \
		    "$ksk"
		accept -o "$name" --ds "$ksk.ds" signed
	done
done
echo "signed by BIND and ldns: good"

for chain in nsec nsec3 optout; do
	mkdir "$tmp/knot-$chain"
	cd "$tmp/knot-$chain"
	case $chain in
	nsec)	lines='nsec3: off' ;;
	nsec3)	lines='nsec3: on
    nsec3-salt-length: 4' ;;
	optout)	lines='nsec3: on
    nsec3-opt-out: on' ;;
	esac
	cat >knot.conf <<EOF
server:
    rundir: .
database:
    storage: .
policy:
  - id: p
    algorithm: ecdsap256sha256
    cds-cdnskey-publish: always
    $lines
zone:
EOF
	for name in example.com delegations.example dname.example \
	    empty-nonterminals.example wildcards.example tld; do
		cp "$srcdir/testzones/$name" "$name.zone"
		cat >>knot.conf <<EOF
  - domain: $name
    storage: .
    file: $name.zone
    dnssec-signing: on
    dnssec-policy: p
    zonemd-generate: zonemd-sha384
EOF
		want_status 0 kzonesign -c knot.conf -o . "$name"
		accept -o "$name" "$name.zone"
	done
done
echo "signed by Knot: good"
