# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the flow tests: a folder that goes away, a few words to say what
# is expected. make check gives srcdir, builddir and a PATH with our tools.
set -eu

: "${srcdir:?run this by make check}" "${builddir:?run this by make check}"
LC_ALL=C
export LC_ALL
tmp=$(mktemp -d)
pids=

# Servers are ended by their number, and waited for.
end_servers()
{
	for pid in $pids; do
		kill "$pid" 2>/dev/null || continue
		tries=50
		while kill -0 "$pid" 2>/dev/null && [ $tries -gt 0 ]; do
			tries=$((tries - 1))
			sleep 0.1
		done
		kill -9 "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	pids=
}

clean_up()
{
	code=$?
	trap - EXIT
	end_servers
	cd /
	if [ "$code" -ne 0 ] && [ "$code" -ne 77 ] && [ -n "${KEEP-}" ]; then
		echo "kept: $tmp"
	else
		rm -rf "$tmp"
	fi
	exit "$code"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

die()
{
	echo "FAIL: $*"
	exit 1
}

# Ends the whole test as skipped unless all these programs are there.
want()
{
	for program in "$@"; do
		command -v "$program" >/dev/null 2>&1 || {
			echo "skipped: no $program here"
			exit 77
		}
	done
}

# want_status N COMMAND...: runs it, its output kept in $tmp/said.
want_status()
{
	expected=$1
	shift
	got=0
	"$@" >"$tmp/said" 2>&1 </dev/null || got=$?
	[ "$got" -eq "$expected" ] && return 0
	cat "$tmp/said"
	die "status $got, not $expected: $*"
}

# says PATTERN: the last want_status's output has a line that matches.
says()
{
	grep -Eq -- "$1" "$tmp/said" && return 0
	cat "$tmp/said"
	die "no line like: $1"
}

# What stands in the folder, byte for byte.
state()
{
	find . -type f ! -name said -exec cksum {} + | sort
}

# refused STATUS PATTERN COMMAND...: it says one line, and changes nothing on
# the disk.
refused()
{
	before=$(state)
	code=$1
	pattern=$2
	shift 2
	want_status "$code" "$@"
	says "$pattern"
	[ "$(grep -c . "$tmp/said")" -eq 1 ] || die "not one line: $*"
	[ "$before" = "$(state)" ] || die "left something behind: $*"
}

# key_pair ZONE ALGORITHM: left/ and right/ with a KSK, a ZSK and KSK.data,
# by our own tools. Sets ksk and zsk to their base names.
key_pair()
{
	mkdir -p left right
	ksk=$(ksk-sign keygen -a "$2" -K left "$1")
	zsk=$(zsk-sign keygen -a "$2" -K right "$1")
	ksk=$(basename "$ksk")
	zsk=$(basename "$zsk")
	want_status 0 zsk-sign request -K right -o right/ZSK.key "$1"
	want_status 0 ksk-sign sign -k "left/$ksk" --yes -o right/KSK.data \
	    right/ZSK.key
}
