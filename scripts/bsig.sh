#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Signs a zone with BIND's dnssec-signzone and the ZSKs found in DIR, puts the
# offline KSK's part in, and lets every validator at hand judge the result.
#
#	bsig.sh [-d KSK.data] [-f OUT] [-K DIR] [-o ORIGIN] ZONEFILE
set -eu

me=bsig.sh
here=$(dirname -- "$0")
# shellcheck source=scripts/judges.sh
. "$here/judges.sh"
read_options "$@"

# -P: its own check would miss a KSK, which is not here. The dsset file that
# it writes goes away with $work: without a KSK it has nothing for the parent.
step "sign $origin with its ZSKs by dnssec-signzone; serial from the clock"
dnssec-signzone -S -P -q -N unixtime -K "$keys" -d "$work" -o "$origin" \
    -f "$work/signed" "$zonefile"
splice_and_judge
