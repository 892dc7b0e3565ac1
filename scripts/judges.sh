# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by bsig.sh and lsig.sh: what they share before and after signing.

# An installed zsk-sign, or else the one that scripts/build made.
PATH=$PATH:/usr/sbin:/sbin:$(cd -- "$here/.." && pwd)/build

step()
{
	printf '*** %s\n' "$*"
}

usage()
{
	echo "usage: $me [-d KSK.data] [-f OUT] [-K DIR] [-o ORIGIN] ZONEFILE" \
	    >&2
	exit 2
}

# Sets zonefile, origin, keys, kskdata, out and the folder work, which is
# beside out (so that a rename is one) and gone at the end.
read_options()
{
	keys=.
	kskdata=KSK.data
	out=
	origin=
	while getopts d:f:K:o: opt; do
		case $opt in
		d)	kskdata=$OPTARG ;;
		f)	out=$OPTARG ;;
		K)	keys=$OPTARG ;;
		o)	origin=$OPTARG ;;
		*)	usage ;;
		esac
	done
	shift $((OPTIND - 1))
	[ $# -eq 1 ] || usage
	zonefile=$1
	[ -n "$origin" ] || origin=$(basename -- "$zonefile")
	[ "$origin" = . ] || origin=${origin%.}
	[ -n "$out" ] || out=$zonefile.final
	# No file name begins with a dash from here on.
	case $zonefile in -*) zonefile=./$zonefile ;; esac
	case $out in -*) out=./$out ;; esac
	for file in "$zonefile" "$kskdata"; do
		[ -r "$file" ] || {
			echo "$me: $file: cannot read it" >&2
			exit 1
		}
	done
	work=$(mktemp -d -p "$(dirname -- "$out")")
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT TERM
}

# judge TOOL ARGUMENT...: a validator's word on the spliced zone, if there is
# such a validator here.
judge()
{
	if command -v "$1" >/dev/null 2>&1; then
		step "verify it with $1"
		"$@"
	else
		step "$1 is not installed: passed over"
	fi
}

# Takes $work/signed to $out. zsk-sign verifies before it writes; the others
# judge the same bytes before they get their final name.
splice_and_judge()
{
	step "put in the KSK and its signature in place of the ZSK's over DNSKEY"
	zsk-sign splice -o "$origin" -d "$kskdata" -f "$work/spliced" \
	    "$work/signed"
	judge ldns-verify-zone "$work/spliced"
	judge dnssec-verify -o "$origin" "$work/spliced"
	judge kzonecheck -o "$origin" -d on "$work/spliced"
	mv -f -- "$work/spliced" "$out"
	step "$out is ready to be loaded"
}
