#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The right side's verbs, with all that they refuse: a status, a line, and
# nothing changed on the disk.
. "$(dirname "$0")/flow.sh"

cd "$tmp"
cp "$srcdir/testzones/example.com" example.com
key_pair example.com 13
now=$(eitime)

# What stands in the folder, byte for byte.
state()
{
	find . -type f ! -name said -exec cksum {} + | sort
}

# refused STATUS PATTERN COMMAND...: and nothing is other than before.
refused()
{
	state >"$tmp.before"
	code=$1
	pattern=$2
	shift 2
	want_status "$code" "$@"
	says "$pattern"
	[ "$(grep -c . "$tmp/said")" -eq 1 ] || die "not one line: $*"
	state >"$tmp.after"
	cmp -s "$tmp.before" "$tmp.after" || die "left something behind: $*"
	rm -f "$tmp.before" "$tmp.after"
}

sign()
{
	zsk-sign sign -K right -d right/KSK.data -f final "$@" example.com
}

# The request is the ZSKs of now.
want_status 0 zsk-sign request -K right example.com
says '^example.com.	3600	IN	DNSKEY	256 3 13 '
later=$(zsk-sign keygen -K right -P +30d -A +60d example.com)
want_status 0 zsk-sign request -K right example.com
[ "$(grep -c . said)" -eq 1 ] || die "a key of the future is in the request"
want_status 0 zsk-sign request -K right --now +31d example.com
[ "$(grep -c . said)" -eq 2 ] || die "a published key is not in the request"
rm -f right/"$later".*
refused 3 'no ZSK of example.org. ' zsk-sign request -K right example.org
refused 1 'nowhere' zsk-sign request -K nowhere example.com

# A good zone, and what is not.
want_status 0 sign
[ -s final ] || die "no zone"
want_status 0 zsk-sign verify -o example.com final
cp final first
refused 2 'KSK.data' zsk-sign sign -K right -f final example.com
refused 2 'give either' zsk-sign sign -d right/KSK.data -f final example.com
refused 2 'combined' zsk-sign sign -z -K right -d right/KSK.data -f final \
    example.com
refused 2 'opt-out' sign -A
refused 2 'salt' sign -3 xyz
refused 2 'serial' sign -N later
refused 2 'threads' sign -n 0
refused 2 'threads' sign -n -1
refused 2 'threads' sign -n 10000
refused 3 'expire' sign -e 20200101
refused 3 'not be valid before' sign -i +1h
refused 3 'clock' sign --now 19700101
refused 3 'set this machine' sign --now "$(date -u -d '-2 days' +%Y%m%d)"
refused 3 'min-validity' sign --min-validity 91d
refused 3 'expired on' sign --now +91d -e +200d
refused 1 'no such' sign -o example.com nothing-here || :
refused 3 'is for example.com' zsk-sign sign -z -o example.org \
    -K right -f final example.com || :
cmp -s final first || die "the old zone is not what it was"
