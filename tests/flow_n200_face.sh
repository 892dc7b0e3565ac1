#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What the tools refuse of the words about an N200 before they look for one;
# so this runs in every build. Nothing is left behind.
. "$(dirname "$0")/flow.sh"

cd "$tmp"
unset N200_CONF
key_pair example.com 13
conf=$tmp/none/n200.conf

# Which device? The same line for each that needs one.
which='(no n200.conf is given; name it by --n200-conf or N200_CONF|this build is without the N200)'
for words in list 'genkey example.net' "import left/$ksk" 'attributes a' \
    'random 5' time 'probe --key a'; do
	# shellcheck disable=SC2086 # words they are
	refused 2 "^ksk-sign: $which.*see 'ksk-sign n200 ${words%% *} --help'" \
	    ksk-sign n200 $words
	# An empty variable is none.
	# shellcheck disable=SC2086
	refused 2 "^ksk-sign: $which" env N200_CONF= ksk-sign n200 $words
done
for tool in ksk-sign zsk-sign; do
	refused 2 "^$tool: $which" "$tool" keygen --n200 example.net
done

# A configuration by either way; it is not there, or the build is without.
looked="^ksk-sign: ($conf: No such file|this build is without the N200)"
expected=1
ksk-sign n200 list --n200-conf "$conf" 2>&1 | grep -q 'without the N200' &&
    expected=2
refused $expected "$looked" ksk-sign n200 list --n200-conf "$conf"
refused $expected "$looked" env N200_CONF="$conf" ksk-sign n200 list
refused $expected "$looked" env N200_CONF=/dev/null \
    ksk-sign n200 time --n200-conf "$conf"
refused $expected "$looked" ksk-sign keygen --n200 --n200-conf "$conf" \
    example.net
refused $expected "$looked" ksk-sign sign --n200-conf "$conf" --yes \
    -k n200:JP.example -o out.data right/ZSK.key
refused $expected "$looked" env N200_CONF="$conf" ksk-sign sign --yes \
    -k n200:JP.example -o out.data right/ZSK.key
cp "$srcdir/testzones/example.com" .
refused $expected "^zsk-sign: ${looked#*: }" zsk-sign sign -z \
    -k n200:JP.example --n200-conf "$conf" example.com
# And what says so if there is none is the library.
refused 2 'n200:JP.example is in an N200: (no n200.conf is given|this build is without)' \
    zsk-sign sign -z -k n200:JP.example example.com
refused 2 'n200:JP.example is in an N200: (no n200.conf is given|this build is without)' \
    ksk-sign sign --yes -k n200:JP.example -o out.data right/ZSK.key

# Words that make no sense are told of before a device is looked for.
refused 2 "N is a number of bytes, 1 to 4096, not '0'" ksk-sign n200 random 0
refused 2 "1 to 4096, not '4097'" ksk-sign n200 random 4097
refused 2 "1 to 4096, not '5x'" ksk-sign n200 random 5x
refused 2 'which key is to sign' ksk-sign n200 probe
refused 2 "unknown option '-b'" ksk-sign n200 genkey -b 256 example.net
refused 2 "no ZONE given; see 'ksk-sign n200 genkey --help'" \
    ksk-sign n200 genkey
refused 2 "passphrase-fd is 0 to" ksk-sign n200 import --passphrase-fd x a
for tool in ksk-sign zsk-sign; do
	for words in '-b 2048' --encrypt '--passphrase-fd 0'; do
		# shellcheck disable=SC2086
		refused 2 'has no meaning for a key in an N200' \
		    "$tool" keygen --n200 --n200-conf "$conf" $words example.net
	done
	# Who names a device does not get a key in a file.
	refused 2 '--n200-conf: wants --n200 beside it' \
	    "$tool" keygen --n200-conf "$conf" example.net
	refused 2 '--n200-name: wants --n200 beside it' \
	    "$tool" keygen --n200-name a example.net
done

# Keys in files need no device, whatever is said of one.
want_status 0 env N200_CONF="$conf" ksk-sign keygen -K left example.net
want_status 0 ksk-sign sign --n200-conf "$conf" -k "left/$ksk" --yes \
    -o out.data right/ZSK.key
want_status 0 env N200_CONF="$conf" zsk-sign sign -K right -d out.data \
    -f final -o example.com example.com
