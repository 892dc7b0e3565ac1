#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The password, the PIN and what they become on their way (base64, hex,
# percent-encoded) are in no output, no log at its highest level, no file that
# we write, no argument and no environment; no process that holds them can
# dump its core.
. "$(dirname "$0")/flow.sh"
. "$srcdir/tests/n200.sh"
want openssl setsid script

sim_certs
mkdir "$tmp/work"
cd "$tmp/work"
N200_CONF=$tmp/n200.conf
export N200_CONF
# Secrets that are none, with what is told otherwise in JSON and in forms.
password='test+pass/word"%&='
pin='test/PIN+98%76'
json_password='test+pass/word\"%&='
printf 'pkmaster %s 1,2\n' "$password" >"$tmp/users"
cp "$srcdir/testzones/example.com" .

hex()
{
	printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n'
}

percent()
{
	printf '%s' "$1" | sed 's/%/%25/g; s/+/%2B/g; s,/,%2F,g; s/"/%22/g
		s/&/%26/g; s/=/%3D/g; s/:/%3A/g'
}

# Each form in which one of them would be a leak, one a line.
for secret in "$password" "$pin" "pkmaster:$password"; do
	printf '%s\n' "$secret" "$(hex "$secret")" "$(percent "$secret")"
	printf '%s' "$secret" | openssl base64 -A | sed 's/=*$//'
	echo
done >"$tmp/forms"
printf '%s\n' "$json_password" >>"$tmp/forms"

# clean FILE...: dies if one of them, or a file in those folders, has a secret.
clean()
{
	leaks=$(grep -rlaiF -f "$tmp/forms" -- "$@") || return 0
	die "a secret is in $leaks"
}

# The words can be found, or nothing below would mean anything.
printf 'x%sx' "$(hex "$pin" | tr a-f A-F)" >"$tmp/bait"
(clean "$tmp/bait") >/dev/null 2>&1 && die "clean finds nothing"
rm "$tmp/bait"

# device [OPTION...]
device()
{
	sim_stop
	sim_start --users "$tmp/users" "$@"
	n200_conf_write "$N200_CONF" "pass=\"$json_password\"" \
	    "keygen_pin=\"$pin\"" log_level=10 "log_output=\"$PWD/n200.log\"" \
	    timeout_s=5 retries=1
}

# saying STATUS COMMAND...: what it says goes into a file that is looked at.
said=0
saying()
{
	said=$((said + 1))
	want_status "$@"
	cp "$tmp/said" "said.$said"
}

# --- all that we do with it, at the highest level of its log ----------------------

device
saying 0 ksk-sign n200 genkey -K . k.example
saying 0 ksk-sign n200 list --json
saying 0 ksk-sign n200 attributes k.example
saying 0 ksk-sign n200 random 32
saying 0 ksk-sign n200 time
saying 0 ksk-sign n200 probe --key k.example
saying 0 zsk-sign sign --stats -z -k n200:k.example -o k.example -f out \
    example.com
zsk=$(zsk-sign keygen -K . k.example)
saying 0 ksk-sign sign -k n200:k.example --yes -o KSK.data "$zsk.key"
file=$(ksk-sign keygen other.example)
mkdir there
saying 0 ksk-sign n200 import -K there "$file"
scalar=$(sed -n 's/^PrivateKey: //p' "$file.private")
mv "$file.private" "$tmp/"
printf '%s' "$scalar" | openssl base64 -d -A | od -An -v -tx1 |
    tr -d ' \n' >>"$tmp/forms"
printf '\n%s\n' "$scalar" >>"$tmp/forms"
[ "$(grep -c . n200.log)" -ge 20 ] || die "the log has no lines to look at"
grep -q 'TLS' n200.log || die "level 10 does not tell of connections"
clean .

# --- what a device says that tells all it knows ------------------------------------

for fault in echo-secrets echo-secrets-500 echo-secrets-late; do
	device --fault $fault
	saying 1 ksk-sign n200 list
	saying 1 ksk-sign n200 genkey new.example
	grep -q '\[secret\]' "said.$said" || die "$fault was not told of"
	device --fault $fault:sign --fault $fault:importecckey
	saying 0 ksk-sign n200 genkey -K there new.example
	saying 1 zsk-sign sign -z -K there -o new.example -f new example.com
	saying 1 ksk-sign n200 probe --key new.example
	mv "$tmp/$file.private" .
	mkdir put
	saying 1 ksk-sign n200 import -K put "$file"
	mv "$file.private" "$tmp/"
	rmdir put
	rm there/Knew.*
done
clean .

# --- the process ---------------------------------------------------------------------

# Held up at its first signature, with all of it in memory.
device --delay sign=3000
saying 0 ksk-sign n200 genkey -K there slow.example
tool=$builddir/zsk-sign
[ ! -x "$builddir/.libs/zsk-sign" ] || tool=$builddir/.libs/zsk-sign
(
	LD_LIBRARY_PATH=$builddir/.libs${LD_LIBRARY_PATH+:$LD_LIBRARY_PATH}
	export LD_LIBRARY_PATH
	ulimit -c unlimited 2>/dev/null || :
	exec "$tool" sign -z -K there -o slow.example -f slow example.com
) >said.slow 2>&1 </dev/null &
pid=$!
pids="$pids $pid"
tries=100
until [ "$(sim_count in_flight)" -gt 0 ]; do
	tries=$((tries - 1))
	[ $tries -gt 0 ] || die "it does not sign"
	sleep 0.05
done
for file in cmdline environ status maps; do
	tr '\0' '\n' <"/proc/$pid/$file" >"proc.$file"
done
[ -s proc.cmdline ] && [ -s proc.environ ] && [ -s proc.maps ] ||
    die "nothing of the process was seen"
clean .
grep -q '^Max core file size *0 *0 ' "/proc/$pid/limits" ||
    die "it may dump its core: $(grep core "/proc/$pid/limits")"
# Not dumpable: its files in /proc are root's, whoever runs it.
[ "$(stat -c %u "/proc/$pid/environ")" -eq 0 ] || die "it is dumpable"
kill -ABRT "$pid"
wait "$pid" 2>/dev/null || :
for core in core* "/var/lib/systemd/coredump/"*"$pid"*; do
	[ ! -e "$core" ] || die "a core was dumped: $core"
done
[ ! -e slow ] || die "a zone was published half signed"

# --- where else they may come from -------------------------------------------------------

device
printf '%s\n' "$password" >"$tmp/pass"
printf '%s' "$pin" >"$tmp/pin"
chmod 600 "$tmp/pass" "$tmp/pin"
n200_conf_write "$N200_CONF" pass= keygen_pin= "pass_file=\"$tmp/pass\"" \
    "keygen_pin_file=\"$tmp/pin\""
saying 0 ksk-sign n200 genkey -K there files.example
saying 0 zsk-sign sign -z -K there -o files.example -f files example.com
chmod 644 "$tmp/pass"
refused 3 "$tmp/pass.*chmod" ksk-sign n200 list
chmod 600 "$tmp/pass"
chmod 644 "$N200_CONF"
refused 3 "$N200_CONF.*chmod" ksk-sign n200 list
chmod 600 "$N200_CONF"
# Typed: nothing of it is echoed. Without a terminal it is refused.
n200_conf_write "$N200_CONF" pass= keygen_pin= \
    'keygen_pin_file="/dev/tty"'
refused 2 'no terminal to ask on; name a file with it as pass_file' setsid -w ksk-sign n200 list
{
	sleep 1
	printf '%s\n' "$password"
	sleep 1
	printf '%s\n' "$pin"
	sleep 1
} | script -qec "ksk-sign n200 list" /dev/null >typed 2>&1 ||
    die "typed, it is refused: $(cat typed)"
grep -q files.example typed || die "no list: $(cat typed)"
clean .
sim_stop
