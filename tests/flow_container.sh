#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Containers: openssl cms -verify and gpg --verify accept ours, we accept
# theirs, and nobody else's. What is refused changes nothing.
. "$(dirname "$0")/flow.sh"
want openssl

cd "$tmp"
# What is made for a while goes here, and is gone again.
mkdir brief
TMPDIR=$tmp/brief
export TMPDIR
day="--from +1d --to +60d"

# identity NAME: NAME.pem with a test key and its certificate, NAME.crt.
identity()
{
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -subj "/CN=$1" -days 3650 -keyout "$1.pem" -out "$1.crt" \
	    2>/dev/null || die "openssl req"
	cat "$1.crt" >>"$1.pem"
	chmod 600 "$1.pem"
}

# genuine FILE NAME: openssl says that it is NAME's.
genuine()
{
	want_status 0 openssl cms -verify -inform DER -in "$1.p7s" \
	    -content "$1" -binary -CAfile "$2.crt" -purpose any -out /dev/null
}

# imports OPTION...: KSK.data is taken in.
imports()
{
	want_status 0 zsk-sign import -d right "$@" KSK.data
}

# declines STATUS PATTERN OPTION...: and is not.
declines()
{
	code=$1
	pattern=$2
	shift 2
	refused "$code" "$pattern" zsk-sign import -d right "$@" KSK.data
}

identity left
identity right
identity thief
key_pair example.com 13
mv right/KSK.data .

# The request, plain and planned.
want_status 0 zsk-sign request -K right -o ZSK.key --sign-as right.pem \
    example.com
[ ! -s said ] || die "not quiet: $(cat said)"
genuine ZSK.key right
want_status 4 openssl cms -verify -inform DER -in ZSK.key.p7s \
    -content ZSK.key -binary -CAfile thief.crt -purpose any -out /dev/null
cp right/"$zsk".key right/"$zsk".private brief/
mkdir plan
mv brief/* plan/
want_status 0 zsk-sign request $day -K plan -o plan.ksr \
    --sign-as right.pem example.com
genuine plan.ksr right
want_status 0 ksk-sign show plan.ksr
# Made anew, both change.
cp plan.ksr.p7s old.p7s
want_status 0 zsk-sign request $day -K plan -o plan.ksr \
    --sign-as right.pem example.com
genuine plan.ksr right
cmp -s old.p7s plan.ksr.p7s && die "the container is the old one"
# The time that it tells is ours.
want_status 0 zsk-sign request -K right -o ZSK.key --sign-as right.pem \
    --now +30d example.com
genuine ZSK.key right
openssl cms -cmsout -print -inform DER -in ZSK.key.p7s -noout |
    grep -q "UTCTIME:$(LC_ALL=C date -u -d '30 days' '+%b %e')" ||
    die "another signing time"

# Refused: nothing is written, no key is made.
mkdir none
ask()
{
	refused "$1" "$2" zsk-sign request -K right --sign-as "$3" -o "$4" \
	    example.com
	refused "$1" "$2" zsk-sign request $day -K none --sign-as "$3" \
	    -o "$4" example.com
}
ask 2 'sign-as wants -o FILE' right.pem -
ask 2 'sign-as wants -o FILE' right.pem /dev/null
refused 2 'sign-as wants -o FILE' zsk-sign request -K right \
    --sign-as right.pem example.com
ask 1 'nowhere' nowhere out
ask 3 'right.crt: group or others' right.crt out
chmod 600 right.crt
ask 1 'holds no private key' right.crt out
chmod 644 right.crt
sed '/BEGIN CERT/,$d' right.pem >key.pem
chmod 600 key.pem
ask 1 'holds no certificate' key.pem out
mkdir out.p7s
ask 1 'out.p7s' right.pem out
rmdir out.p7s
refused 3 'certificate has expired' zsk-sign request -K right --now +20y \
    --sign-as right.pem -o out example.com
refused 2 'passphrase-fd|both --from and --to' zsk-sign request -K right \
    --passphrase-fd 3 -o out example.com
[ -z "$(ls none)" ] || die "keys of a failed run"

# Both files or none: each rename and each fsync fails once.
if ! grep -q __asan_init "$builddir"/.libs/libdnssecflow.so* 2>/dev/null; then
	${CC:-cc} -std=c11 -D_GNU_SOURCE -O1 -fPIC -shared -o failcall.so \
	    "$srcdir/tests/failcall.c" -ldl || die "cannot build failcall.so"
	for fault in rename:1 rename:2 fsync:1 fsync:2; do
		refused 1 'out' env FAULT_CALL="${fault%:*}" \
		    FAULT_N="${fault#*:}" LD_PRELOAD="$tmp/failcall.so" \
		    LD_LIBRARY_PATH="$builddir/.libs" \
		    "$builddir/.libs/zsk-sign" request -K right -o out \
		    --sign-as right.pem example.com
	done
	rm failcall.so
fi

# Under a passphrase.
openssl pkcs8 -topk8 -scrypt -passout pass:test -in key.pem -out closed.pem
cat right.crt >>closed.pem
chmod 600 closed.pem
echo test >pass
want_status 0 sh -c 'exec zsk-sign request -K right -o ZSK.key \
    --sign-as closed.pem --passphrase-fd 3 example.com 3<pass'
genuine ZSK.key right
echo wrong >pass
refused 1 'wrong passphrase' sh -c 'exec zsk-sign request -K right -o out \
    --sign-as closed.pem --passphrase-fd 3 example.com 3<pass'

# Shown, and who made it.
want_status 0 ksk-sign show --trust right.crt --require-container ZSK.key
says '^Container ZSK.key.p7s$'
says '^  by       CN = right$'
awk 'length($0) > 80 { exit 1 }' said || die "a line is too long"
want_status 0 ksk-sign show --trust right.crt --json ZSK.key
says '"made_by": *"CN = right"'
want_status 0 ksk-sign show --trust right.crt KSK.data
says '^Container none$'
refused 3 'KSK.data: no container' ksk-sign show --trust right.crt \
    --require-container KSK.data
refused 3 'made by CN = right, who is not in' ksk-sign show \
    --trust thief.crt ZSK.key
refused 2 'require-container wants' ksk-sign show --require-container ZSK.key
want_status 2 sh -c 'exec ksk-sign show --trust right.crt - <ZSK.key'
says 'trust wants a file'
mkdir many
cp ZSK.key ZSK.key.p7s many/
cp plan.ksr many/
want_status 0 ksk-sign show --trust right.crt many
says '^Containers 1 of 2$'
want_status 3 ksk-sign show --trust thief.crt many
says 'made by CN = right, who is not in thief.crt'

# The left takes it, and makes its own.
sign()
{
	ksk-sign sign -k "left/$ksk" --yes "$@" ZSK.key
}
refused 3 'made by CN = right, who is not in' sign --trust thief.crt -o out
refused 2 'require-container' sign --require-container -o out
refused 3 'certificate has expired' sign --now +20y \
    --sign-as left.pem -o out
want_status 0 sign --trust right.crt --require-container \
    --sign-as left.pem -o back
genuine back left
mkdir store
want_status 0 zsk-sign import -d store -K right --trust left.crt \
    --require-container back
# What was there before is kept, and so is what says who made it.
cp back first
cp back.p7s first.p7s
want_status 0 sign --trust right.crt --require-container \
    --sign-as left.pem -o back
genuine back left
cmp first back~ || die "the response before is not kept"
cmp first.p7s back~.p7s || die "its container is not kept"
genuine back~ left
cp back.p7s second.p7s
want_status 0 sign --trust right.crt --require-container -o back
[ ! -e back.p7s ] || die "a container of what is not there any more"
cmp second.p7s back~2.p7s || die "the second container is not kept"
cmp first.p7s back~.p7s || die "the first container has changed"
# Folders have the containers in them.
mkdir sent stores
cp ZSK.key ZSK.key.p7s sent/
want_status 0 ksk-sign sign -K left --yes --trust right.crt \
    --require-container --sign-as left.pem -o answers sent
genuine answers/example.com.KSK.data left
want_status 0 zsk-sign import -d stores -K right --trust left.crt \
    --require-container answers
says '^1 of them by a container$'
cmp answers/example.com.KSK.data stores/example.com/KSK.data ||
    die "not what was sent"
echo >>answers/example.com.KSK.data
refused 3 'example.com.KSK.data.p7s: does not verify' zsk-sign import \
    -d stores -K right --trust left.crt answers

mv ZSK.key.p7s kept.p7s
refused 3 'ZSK.key: no container' sign --trust right.crt \
    --require-container -o out
want_status 0 sign --trust right.crt -o out
rm out
mv kept.p7s ZSK.key.p7s

# What comes from the left: without a container, with one of openssl's making.
imports
grep -q Container said && die "nobody asked for a container"
imports --trust left.crt
says '^Container none$'
imports --trust left.crt --json
says '"container": *null'
declines 2 'require-container wants --trust' --require-container
declines 3 'KSK.data: no container stands beside it' --trust left.crt \
    --require-container
openssl cms -sign -binary -signer left.pem -in KSK.data -outform DER \
    -out KSK.data.p7s
imports --trust left.crt --require-container
says '^Container KSK.data.p7s$'
says '^  by      *CN = left$'
says '^  on  .* UTC'
imports --trust left.crt --json
says '"container": *"KSK.data.p7s"'
says '"made_by": *"CN = left"'
says '"made_at": *[0-9]'
# Nobody is trusted: it stands there unread.
imports
grep -q Container said && die "nobody asked for a container"
cat thief.crt left.crt >both.crt
imports --trust both.crt
declines 3 'made by CN = left, who is not in thief.crt' --trust thief.crt
declines 3 'made by CN = left, who is not' --trust thief.crt \
    --require-container
declines 3 'certificate has expired' --trust left.crt --now +20y
chmod 666 both.crt
declines 3 'both.crt: group or others may write' --trust both.crt
declines 1 'nowhere' --trust nowhere
declines 3 'left.pem: holds a private key' --trust left.pem
declines 1 'KSK.data: neither certificates' --trust KSK.data
# Changed, cut off, somebody else's: before anything else is said of the file.
cp KSK.data good.data
cp KSK.data.p7s good.p7s
echo >>KSK.data
declines 3 'p7s: does not verify' --trust left.crt
echo junk >KSK.data
declines 3 'p7s: does not verify' --trust left.crt
cp good.data KSK.data
head -c 200 good.p7s >KSK.data.p7s
declines 3 'not a whole CMS container' --trust left.crt
cp ZSK.key.p7s KSK.data.p7s
declines 3 'made by CN = right, who is not' --trust left.crt
declines 3 'p7s: does not verify' --trust right.crt
cp good.p7s KSK.data.p7s
head -c 20000000 /dev/zero >>KSK.data
declines 1 'larger than' --trust left.crt
cp good.data KSK.data
rm KSK.data.p7s

# OpenPGP, where it is built.
[ -z "$(ls brief)" ] || die "left behind in TMPDIR: $(ls brief)"
if [ -z "${GPGME_LIBS-}" ]; then
	ask 2 'without OpenPGP' pgp:right out
	echo '-----BEGIN PGP PUBLIC KEY BLOCK-----' >left.asc
	declines 2 'without OpenPGP' --trust left.asc
	exit 0
fi
command -v gpg >/dev/null 2>&1 || die "built with GPGME, and no gpg here"

# Our user's own GnuPG, whose agent ends with the test.
GNUPGHOME=$tmp/g
export GNUPGHOME
mkdir -m 700 g
gpg-connect-agent -q /bye
pids=$(gpg-connect-agent -q 'getinfo pid' /bye | sed -n 's/^D //p')
g()
{
	gpg --batch --quiet --yes --pinentry-mode loopback "$@" \
	    2>gpg.said || die "gpg $*: $(cat gpg.said)"
}
g --passphrase '' --quick-generate-key 'Right <right@test>' ed25519 sign 10y
g --passphrase '' --quick-generate-key 'Left <left@test>' rsa2048 sign 10y
g --passphrase '' --quick-generate-key 'Thief <thief@test>' ed25519 sign 10y
g --passphrase '' --quick-generate-key 'Short <short@test>' ed25519 sign 2d
g --passphrase test --quick-generate-key 'Closed <closed@test>' ed25519 \
    sign 10y
for name in right left thief short; do
	g --export -a "$name@test" >"$name.asc"
done

# pgp_genuine FILE USER
pgp_genuine()
{
	want_status 0 gpg --batch --verify "$1.asc" "$1"
	says "Good signature from .*$2@test"
}
rm ZSK.key.p7s plan.ksr.p7s
want_status 0 zsk-sign request -K right -o ZSK.key --sign-as pgp:right@test \
    example.com
[ ! -s said ] || die "not quiet: $(cat said)"
pgp_genuine ZSK.key right
head -n 1 ZSK.key.asc | grep -q '^-----BEGIN PGP SIGNATURE-----$' ||
    die "not armored"
want_status 0 zsk-sign request $day -K plan -o plan.ksr \
    --sign-as pgp:right@test example.com
pgp_genuine plan.ksr right
gpg-connect-agent -q reloadagent /bye >said # forget passphrases
echo wrong >pass
want_status 1 sh -c 'exec zsk-sign request -K right -o out \
    --sign-as pgp:closed@test --passphrase-fd 3 example.com 3<pass'
says 'pgp:closed@test: wrong passphrase'
[ ! -e out ] || die "written all the same"
echo test >pass
want_status 0 sh -c 'exec zsk-sign request -K right -o ZSK.key \
    --sign-as pgp:closed@test --passphrase-fd 3 example.com 3<pass'
pgp_genuine ZSK.key closed
no()
{
	want_status "$1" zsk-sign request $day -K none --sign-as "$3" -o out \
	    example.com
	says "$2"
	[ "$(wc -l <said)" -eq 1 ] || die "not one line"
	[ -z "$(ls none)" ] && [ ! -e out ] || die "left something behind"
}
no 1 'no secret key of that name' pgp:nobody@test
no 1 'keys have that name' pgp:test
no 2 'wants the name of a key' pgp:

# Theirs.
g -u left@test -b -a -o KSK.data.asc KSK.data
g -u left@test -b -o good.sig KSK.data
cp KSK.data.asc good.asc
imports --trust left.asc --require-container
says '^Container KSK.data.asc$'
says '^  by      *Left <left@test>$'
rm KSK.data.asc
cp good.sig KSK.data.sig
imports --trust left.asc --require-container
says '^Container KSK.data.sig$'
g --export left@test >left.gpg
imports --trust left.gpg --require-container
cat left.asc thief.asc >both.asc
imports --trust both.asc --require-container
# The whole keyring of the user is of no account.
declines 3 'somebody who is not trusted' --trust thief.asc
declines 3 'made by OpenPGP, but left.crt' --trust left.crt
cp good.p7s KSK.data.p7s
declines 3 'made by CMS, but left.asc' --trust left.asc
rm KSK.data.p7s
echo >>KSK.data
declines 3 'sig: does not verify' --trust left.asc
cp good.data KSK.data
g -u left@test --textmode -o text.sig -b KSK.data
cp text.sig KSK.data.sig
declines 3 'a signature of text, which leaves open' --trust left.asc
rm KSK.data.sig
mkfifo KSK.data.sig
declines 1 'KSK.data.sig: is no regular file' --trust left.asc
rm KSK.data.sig
head -c 100 good.sig >KSK.data.sig
declines 3 'KSK.data.sig: ' --trust left.asc
echo junk >KSK.data.sig
declines 3 'not a detached OpenPGP signature' --trust left.asc
# Signatures with their own text in them say nothing of the file.
echo other >other
g -u left@test --clearsign -o KSK.data.sig other
declines 3 'KSK.data.sig: ' --trust left.asc
g -u left@test --sign -o KSK.data.sig KSK.data
declines 3 'KSK.data.sig: ' --trust left.asc
g -u left@test -u thief@test -b -o KSK.data.sig KSK.data
declines 3 'one signature' --trust both.asc
declines 3 'one signature' --trust left.asc
g -u left@test --digest-algo SHA1 -b -o KSK.data.sig KSK.data
declines 3 'digest that is not safe' --trust left.asc
# Over, as of then; and revoked.
g -u short@test -b -o KSK.data.sig KSK.data
imports --trust short.asc
declines 3 'key has expired' --trust short.asc --now +3d
g -u left@test --default-sig-expire 2d -b -o KSK.data.sig KSK.data
imports --trust left.asc
declines 3 'signature has expired' --trust left.asc --now +3d
cp good.sig KSK.data.sig
imports --trust left.asc --now +3d
sed 's/^:---/---/' "g/openpgp-revocs.d/$(gpg --batch --with-colons \
    --list-keys left@test | awk -F: '$1 == "fpr" { print $10; exit }').rev" \
    >left.rev
g --import left.rev
g --export -a left@test >left.asc
declines 3 'key is revoked' --trust left.asc
# Files that are to be trusted.
g --export-secret-keys -a thief@test >thief.sec
declines 3 'thief.sec: holds a private key' --trust thief.sec
g --export-secret-keys thief@test >thief.bin
declines 3 'thief.bin: holds a private key' --trust thief.bin
echo '-----BEGIN PGP PUBLIC KEY BLOCK-----' >junk.asc
declines 1 'junk.asc: GnuPG finds no public key' --trust junk.asc
[ -z "$(ls brief)" ] || die "left behind in TMPDIR: $(ls brief)"
exit 0
