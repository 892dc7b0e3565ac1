#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Signs a zone with ldns-signzone and the ZSKs found in DIR, puts the offline
# KSK's part in, and lets every validator at hand judge the result.
#
#	lsig.sh [-d KSK.data] [-f OUT] [-K DIR] [-o ORIGIN] ZONEFILE
set -eu

me=lsig.sh
here=$(dirname -- "$0")
# shellcheck source=scripts/judges.sh
. "$here/judges.sh"
read_options "$@"

# ldns-signzone wants its keys named: every ZSK of the zone with a private
# file. A root zone's key files begin with "K." alone.
prefix=K${origin#.}.+
set --
for private in "$keys/$prefix"*.private; do
	[ -e "$private" ] || continue
	key=${private%.private}
	grep -Eq '^[^;]*[[:space:]]DNSKEY[[:space:]]+256[[:space:]]' \
	    "$key.key" || continue
	set -- "$@" "$key"
done
[ $# -gt 0 ] || {
	echo "$me: $keys: no ZSK of $origin there; make one with" \
	    "'zsk-sign keygen -K $keys $origin'" >&2
	exit 1
}

step "sign $origin with its ZSKs by ldns-signzone; serial from the clock"
ldns-signzone -u -o "$origin" -f "$work/signed" "$zonefile" "$@"
splice_and_judge
