#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# ksk-sign n200 and keygen --n200 against the simulator: their pages, their
# JSON, and the files that name a key.
. "$(dirname "$0")/flow.sh"
. "$(dirname "$0")/n200.sh"

cd "$tmp"
sim_certs

# printed COMMAND...: what it prints is what stands on standard input, all of
# it, and nothing goes to standard error.
printed()
{
	cat >"$tmp/wanted"
	"$@" >"$tmp/said" 2>"$tmp/errors" || {
		cat "$tmp/said" "$tmp/errors"
		die "failed: $*"
	}
	[ ! -s "$tmp/errors" ] || die "on standard error: $(cat "$tmp/errors")"
	diff "$tmp/wanted" "$tmp/said" || die "(< wanted, > printed) $*"
}

# The first article's key, as a page and as JSON.
sim_start --article --clock 1664657599
n200_conf_write n200.conf
N200_CONF=$PWD/n200.conf
export N200_CONF
printed ksk-sign n200 list <<'END'
Name     JP.example
  key id   hsm010123F13C56131E1EEE0000000000000025
  token    hsm010123F13C56131E1EEE00000025
  CKA id   AAAB68606BE2
  kind     NIST, 256 bits
  owner    pkmaster
  ACL      FFFF
  created  2022/10/01 20:15
  used     2022/10/01 20:32
END
printed ksk-sign n200 list --json <<'END'
{
  "keys": [
    {
      "nice_name": "JP.example",
      "key_id": "hsm010123F13C56131E1EEE0000000000000025",
      "token_name": "hsm010123F13C56131E1EEE00000025",
      "id": "AAAB68606BE2",
      "key_type": "NIST",
      "key_len": 256,
      "key_owner": "pkmaster",
      "key_acl": "FFFF",
      "created": "2022/10/01 20:15",
      "last_used": "2022/10/01 20:32",
      "public_key": "FACD4CF599AD0CBD43A5C38B294AF3DDC06FBC0883D419EEBCBF8039C132FC61FE972236B38A1C236E5EF0F1E78B64B31C9632C0D5B9CFA49AECDB89144A2C3C"
    }
  ]
}
END
# A key of another kind, of which less is told.
printed ksk-sign n200 attributes k01 <<'END'
Name     k01
  key id   hsm010123F13C56131E1EEE0000000000000026
  token    not told
  CKA id   not told
  kind     SYM, 256 bits
  owner    pkmaster
  ACL      FFFF
  created  not told
  used     not told
END
printed ksk-sign n200 attributes k01 --json <<'END'
{
  "keys": [
    {
      "nice_name": "k01",
      "key_id": "hsm010123F13C56131E1EEE0000000000000026",
      "token_name": null,
      "id": null,
      "key_type": "SYM",
      "key_len": 256,
      "key_owner": "pkmaster",
      "key_acl": "FFFF",
      "created": null,
      "last_used": null,
      "public_key": null
    }
  ]
}
END

# Clocks: five minutes apart will do, a second more will not, either way.
printed ksk-sign n200 time --now 1664657599 <<'END'
Device   2022-10-01 20:53:19 UTC
Ours     2022-10-01 20:53:19 UTC
Apart    no second
END
printed ksk-sign n200 time --now 1664657600 <<'END'
Device   2022-10-01 20:53:19 UTC
Ours     2022-10-01 20:53:20 UTC
Apart    1 second: the device is behind
END
printed ksk-sign n200 time --json --now 1664657299 <<'END'
{
  "device": 1664657599,
  "ours": 1664657299,
  "ahead": 300
}
END
apart='^ksk-sign: the two clocks are more than 300 seconds apart; '
want_status 0 ksk-sign n200 time --now 1664657899
want_status 3 ksk-sign n200 time --now 1664657900
says "$apart"
says '^Apart    301 seconds: the device is behind$'
want_status 3 ksk-sign n200 time --now 1664657298 --json
says "$apart"
says '^  "ahead": 301$'
want_status 3 ksk-sign n200 time
says '^Apart    [0-9,]* seconds: the device is behind$'
# The page is there before the refusal, also in a pipe.
[ "$(head -n 1 "$tmp/said" | cut -c 1-6)" = Device ] || die "refused at once"

# Random bytes: as many as asked for, and others the next time.
for count in 1 5 4096; do
	ksk-sign n200 random $count >random
	[ "$(wc -l <random)" -eq 1 ] || die "not one line of random bytes"
	[ "$(wc -c <random)" -eq $((2 * count + 1)) ] || die "not $count bytes"
	[ -z "$(tr -d '0-9A-F\n' <random)" ] || die "not upper-case hex"
done
ksk-sign n200 random 4096 | cmp -s - random && die "the same bytes again"
sim_stop

# An empty device says so, and a key comes into it.
sim_start
n200_conf_write n200.conf
printed ksk-sign n200 list <<'END'
There is no EC key that this user may see.
END
mkdir left right again files device
base=$(ksk-sign n200 genkey -K left --name JP.example -L 3600 -I +1y \
    jp.example)
echo "$base" | grep -Eqx '(left/)?Kjp\.example\.\+013\+[0-9]{5}' ||
    die "genkey printed $base"
base=left/$(basename "$base")
grep -q '^jp\.example\. 3600 IN DNSKEY 257 3 13 ' "$base.key" ||
    die "no KSK: $(cat "$base.key")"
[ -s "$base.ds" ] || die "no .ds file"
grep -q '^Inactive: ' "$base.private" || die "-I is not in $base.private"
grep -q '^PrivateKey' "$base.private" && die "a key in $base.private"
[ "$(stat -c %a "$base.private")" = 600 ] || die "$base.private is not 0600"

# Once more under that name: nothing is made, nothing written.
sim_counted requests_genecckey 1
taken='the device has a key called "JP.example" already'
refused 3 "$taken" ksk-sign n200 genkey --name JP.example jp.example
refused 3 "$taken" ksk-sign keygen --n200 --n200-name JP.example jp.example
sim_counted requests_genecckey 1

# The files of a key that is there, from the device alone.
want_status 0 ksk-sign n200 genkey --existing --name JP.example -L 3600 \
    -K again jp.example
sim_counted requests_genecckey 1
cmp "$base.ds" "again/$(basename "$base").ds" || die "another key"
refused 3 'no key of the device is called "jp.example"' \
    ksk-sign n200 genkey --existing -K again jp.example

# keygen --n200 of either side: the flags and, unless named, the zone's name.
want_status 0 ksk-sign keygen --n200 -a 14 -K left example.net
grep -q 'IN DNSKEY 257 3 14 ' left/Kexample.net.+014+*.key || die "no KSK"
want_status 0 zsk-sign keygen --n200 --n200-name z.example.net -K left \
    example.net
grep -q 'IN DNSKEY 256 3 13 ' left/Kexample.net.+013+*.key || die "no ZSK"
want_status 0 ksk-sign n200 list
says '^Name     example\.net$'
says '^Name     z\.example\.net$'
refused 2 'algorithm 13 and 14' ksk-sign keygen --n200 -a 8 example.org

# import: the pair stays, and its tag is the one in the device.
pair=$(ksk-sign keygen -K files example.com)
pair=files/$(basename "$pair")
refused 3 'has files of this key already' ksk-sign n200 import -K files "$pair"
sim_counted requests_importecckey 0
cksum "$pair".* >before
[ "$(ksk-sign n200 import -K device --name in.example "$pair")" != "" ] ||
    die "import prints nothing"
cksum "$pair".* | cmp - before || die "import changed the pair"
cmp "$pair.ds" "device/$(basename "$pair").ds" || die "another key than ours"
grep -q '^PrivateKey' "device/$(basename "$pair").private" &&
    die "import wrote the key out"
# One under a passphrase, and with the zone's name in the device.
echo correct-horse >pass
pair=$(ksk-sign keygen --encrypt --passphrase-fd 3 -K files example.org 3<pass)
pair=files/$(basename "$pair")
[ -e "$pair.pem" ] || die "no .pem file"
want_status 0 ksk-sign n200 import -K device --passphrase-fd 3 "$pair" 3<pass
want_status 0 ksk-sign n200 list
says '^Name     in\.example$'
says '^Name     example\.org$'

# probe: an object on standard output, and what to do with it beside.
ksk-sign n200 probe --key JP.example >object 2>errors ||
    die "no probe: $(cat errors)"
[ "$(cat errors)" = 'ksk-sign: put this into n200.conf as "sign"' ] ||
    die "probe says $(cat errors)"
n200_conf_write n200.conf "sign=$(cat object)"
want_status 0 zsk-sign keygen -K left jp.example
want_status 0 zsk-sign request -K left -o ZSK.key jp.example
for key in n200:JP.example "$base"; do
	want_status 0 ksk-sign sign -k "$key" --yes -o KSK.data ZSK.key
	want_status 0 zsk-sign import -K left -d right KSK.data
done

# The password and the PIN are where they were written by hand, and nowhere
# else.
[ "$(grep -rl -e "$sim_password" -e "$sim_pin" --exclude-dir=sim .)" = \
    ./n200.conf ] || die "a secret was written"
