#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A slip of -o or -f: what cannot be made again, keys and what the left signed,
# is not written over, by whatever name; nor is a pipe among keys waited for.
. "$(dirname "$0")/flow.sh"

cd "$tmp"
at="--now 20270110"
year="$at --from 20270115 --to 20270715"
cp "$srcdir/testzones/example.com" example.com
key_pair example.com 13
want_status 0 zsk-sign sign -K right -d right/KSK.data -f zone example.com
cp right/KSK.data answer
cp "right/$zsk.private" private
ln "right/$zsk.key" public
ln -s "right/$zsk.key" link
openssl genpkey -algorithm ed25519 -out some.pem 2>/dev/null
mkdir planned
want_status 0 zsk-sign request $year -K planned -o ksr example.com
want_status 0 ksk-sign sign $at -k "left/$ksk" --yes -o skr ksr
sed '$d' skr >cut-off

# not_there SAYS OUTPUT COMMAND...: neither made nor changed.
not_there()
{
	says=$1
	shift
	refused 2 "$says" "$@"
}

request()
{
	not_there "$1" zsk-sign request -K right -o "$2" example.com
	not_there "$1" zsk-sign request $year -K planned -o "$2" example.com
}
request 'a key file.s name; give another' "right/$zsk.private"
request 'a key file.s name' "right/$zsk.key"
request 'a key file.s name' "right/$zsk.pem"
request 'a key file.s name' link
request 'holds a private key' private
request 'holds a private key' some.pem
request 'is for a response from the left; give the req' right/KSK.data
request 'is for a response' KSK.data
request 'is for a response' answer
request 'is for a response' skr
request 'is for a response' cut-off
not_there 'is answer, which is read' zsk-sign request $year -K planned \
    -d answer -o answer example.com
not_there 'is some.pem, which is read' zsk-sign request -K right \
    --sign-as some.pem -o some.pem example.com
# What can be made again is.
want_status 0 zsk-sign request -K right -o right/ZSK.key example.com
want_status 0 zsk-sign request $year -K planned -o ksr example.com
want_status 0 zsk-sign request -K right -o "$zsk.old" example.com

sign()
{
	not_there "$1" zsk-sign sign -K right -d answer -f "$2" example.com
	not_there "$1" zsk-sign sign -k "right/$zsk" -d answer -f "$2" \
	    example.com
	not_there "$1" zsk-sign splice -d answer -f "$2" zone
}
sign 'a key file.s name; give another' "right/$zsk.private"
sign 'a key file.s name' "right/$zsk.key"
sign 'a key file.s name' link
sign 'holds a private key' private
sign 'is answer, which is read; give another name' answer
sign 'is answer, which is read' ./right/../answer
not_there 'which is read' zsk-sign sign -k "right/$zsk" -d answer -f public \
    example.com
want_status 0 zsk-sign sign -K right -d answer -f zone example.com
want_status 0 zsk-sign splice -o example.com -d answer -f zone zone
cp example.com itself
want_status 0 zsk-sign sign -o example.com -K right -d answer -f itself itself

left()
{
	not_there "$1" ksk-sign sign -k "left/$ksk" --yes -o "$2" \
	    right/ZSK.key
}
left 'a key file.s name; give another' "left/$ksk.private"
left 'a key file.s name' "left/$ksk.key"
left 'a key file.s name' "Kexample.org.+013+00001.key"
left 'holds a private key' private
refused 3 'ZSK.key is there already and is no KSK.data of' ksk-sign sign \
    -k "left/$ksk" --yes -o right/ZSK.key right/ZSK.key
# A response is what it is for.
want_status 0 ksk-sign sign -k "left/$ksk" --yes -o right/KSK.data \
    right/ZSK.key
[ -e right/KSK.data~ ] || die "the one before is gone"

# Nobody writes to a pipe that lies among the keys.
mkfifo left/Kexample.com.+013+00001.key right/Kexample.com.+013+00001.key
refused 1 '00001.key: is no regular file; move it away' timeout 20 \
    ksk-sign sign -K left --yes -o out right/ZSK.key
refused 1 '00001.key: is no regular file' timeout 20 \
    ksk-sign sign -k left/Kexample.com.+013+00001 --yes -o out right/ZSK.key
refused 1 '00001.key: is no regular file' timeout 20 \
    zsk-sign request -K right example.com
