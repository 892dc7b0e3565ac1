# shellcheck shell=sh disable=SC2034,SC2154
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by bench: how each program is run, all with one combined key, made
# once, the same number of threads where there is a choice, and a file on the
# same disk for the result.

have()
{
	command -v "$1" >/dev/null 2>&1
}

# Sets signers, those of them that can opt out, a few, and verifiers.
find_programs()
{
	missing=
	for program in openssl kzonesign keymgr kzonecheck dnssec-signzone \
	    dnssec-verify ldns-signzone ldns-verify-zone; do
		command -v "$program" >/dev/null 2>&1 ||
		    missing="$missing $program"
	done
	case $missing in
	*openssl*)	die "openssl is not installed; it is the measure" ;;
	esac
	signers=zsk-sign
	verifiers=zsk-sign
	if have kzonesign && have keymgr; then
		signers="$signers kzonesign"
	fi
	few=$signers
	have dnssec-signzone && signers="$signers dnssec-signzone"
	# ldns-signzone -p sets the flag, but leaves no name out.
	outers=$signers
	have ldns-signzone && signers="$signers ldns-signzone"
	for program in kzonecheck dnssec-verify ldns-verify-zone; do
		have "$program" && verifiers="$verifiers $program"
	done
	[ -z "$missing" ] || say "not installed, and left out:$missing"
}

versions()
{
	echo "ours      $("$zsk_sign" --version | head -1)"
	echo "limit     $(openssl version)"
	for program in kzonesign kzonecheck; do
		have $program && echo "peer      $($program -V | head -1)"
	done
	for program in dnssec-signzone dnssec-verify; do
		have $program && echo "peer      $program" \
		    "$($program -V 2>&1 | sed -n 's/.*[Vv]ersion: *//p;
			s/^dnssec-[a-z]* //p' | head -1)"
	done
	for program in ldns-signzone ldns-verify-zone; do
		have $program && echo "peer      $program" \
		    "$($program -v 2>&1 |
			sed -n 's/.*version \([0-9.]*\).*/\1/p' | head -1)"
	done
	[ -z "$missing" ] || echo "left out ${missing# } (not installed)"
}

# key_for ZONE ALGORITHM: sets key to the base name of a combined key in a
# folder of its own. Our ZSK with the flag of a KSK, which moves its tag.
key_for()
{
	keys=$work/keys/$1.$2
	if [ ! -d "$keys" ]; then
		mkdir -p "$keys"
		base=$("$zsk_sign" keygen -a "$2" -K "$keys" "$1.example")
		base=$keys/$(basename "$base")
		sed 's/ DNSKEY 256 / DNSKEY 257 /' "$base.key" >"$keys/new"
		tag=$("$builddir/ksk-sign" show "$keys/new" |
		    awk '$1 == "KSK" { printf "%05d", $2 }')
		key=$keys/K$1.example.+$(printf %03d "$2")+$tag
		mv "$base.private" "$key.private"
		rm "$base.key"
		mv "$keys/new" "$key.key"
	fi
	for key in "$keys"/*.private; do
		key=${key%.private}
	done
}

# knot_config FOLDER FILE: for kzonesign, which finds its zone in its
# configuration; the key is brought into its database once.
knot_config()
{
	kasp=$work/kasp/$zone.$algorithm
	nsec3=off
	[ "$chain" = nsec ] || nsec3=on
	case $algorithm in
	8)	named=rsasha256 ;;
	13)	named=ecdsap256sha256 ;;
	14)	named=ecdsap384sha384 ;;
	15)	named=ed25519 ;;
	esac
	cat >"$work/knot.conf" <<-END
	server:
	    rundir: "$kasp"
	database:
	    storage: "$kasp"
	policy:
	  - id: bench
	    manual: on
	    single-type-signing: on
	    algorithm: $named
	    signing-threads: $cores
	    cds-cdnskey-publish: none
	    rrsig-lifetime: 30d
	    nsec3: $nsec3
	    nsec3-opt-out: $nsec3
	    nsec3-iterations: 0
	    nsec3-salt-length: 0
	zone:
	  - domain: $zone.example
	    storage: "$1"
	    file: "$2"
	    dnssec-signing: on
	    dnssec-policy: bench
	    adjust-threads: $cores
	    journal-content: none
	END
	[ ! -d "$kasp" ] || return 0
	mkdir -p "$kasp"
	{
		keymgr -c "$work/knot.conf" "$zone.example" import-bind \
		    "$key.key" &&
		keymgr -c "$work/knot.conf" "$zone.example" set \
		    "${key##*+}" ksk=yes zsk=yes
	} >"$work/said" 2>&1 || {
		cat "$work/said" >&2
		die "keymgr does not take the key"
	}
}

# sign_by PROGRAM WHERE FILE, to $work/out/PROGRAM
sign_by()
{
	program=$1 where=$2 file=$3
	out=$work/out/$program
	key_for "$zone" "$algorithm"
	case $program,$chain in
	zsk-sign,nsec|dnssec-signzone,nsec)	set -- ;;
	zsk-sign,optout)	set -- -3 - -A ;;
	dnssec-signzone,optout)	set -- -3 - -A -H 0 ;;
	esac
	case $program in
	zsk-sign)
		measured "$where" "$program" "$zsk_sign" sign -z -k "$key" \
		    -n "$cores" -N unixtime --stats --json "$@" \
		    -o "$zone.example" -f "$out" "$file" ;;
	kzonesign)
		knot_config "$(dirname "$file")" "$(basename "$file")"
		measured "$where" "$program" kzonesign \
		    -c "$work/knot.conf" -o "$work/out" "$zone.example" ||
		    return 1
		mv "$work/out/$(basename "$file")" "$out" ;;
	dnssec-signzone)
		measured "$where" "$program" dnssec-signzone -q -P -z \
		    -n "$cores" "$@" -O full -S -K "${key%/*}" -d "$work" \
		    -o "$zone.example" -f "$out" "$file" ;;
	ldns-signzone)
		measured "$where" "$program" ldns-signzone \
		    -o "$zone.example" -f "$out" "$file" "$key" ;;
	esac
}

# verify_by PROGRAM WHERE FILE
verify_by()
{
	key_for "$zone" "$algorithm"
	case $1 in
	zsk-sign)
		measured "$2" "$1" "$zsk_sign" verify -z -n "$cores" \
		    -o "$zone.example" "$3" ;;
	kzonecheck)
		measured "$2" "$1" kzonecheck -d on -o "$zone.example" "$3" ;;
	dnssec-verify)
		measured "$2" "$1" dnssec-verify -q -z -o "$zone.example" \
		    "$3" ;;
	ldns-verify-zone)
		measured "$2" "$1" ldns-verify-zone -V 1 -k "$key.key" "$3" ;;
	esac
}
