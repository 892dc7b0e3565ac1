#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# zsk-sign request with --from and --to: the ZSKs of a year and their KSR, what
# it refuses, that a failure leaves nothing behind, and that Knot signs it.
. "$(dirname "$0")/flow.sh"

cd "$tmp"
at="--now 20270110"
year="$at --from 20270115 --to 20280115"
kz=Kexample.com.+013+

# plan DIR FILE OPTION...: a year's request.
plan()
{
	dir=$1
	file=$2
	shift 2
	want_status 0 zsk-sign request $year -K "$dir" -o "$file" "$@" \
	    example.com
	[ -s said ] && die "not quiet: $(cat said)"
	:
}

# bundles FILE: its records without what differs from run to run.
bundles()
{
	sed -e 's/ ; pop .*//' -e '$d' "$1"
}

# good FILE N: its N keys have good proofs, and there is no problem.
good()
{
	want_status 0 ksk-sign show $at "$1"
	says "^  $2 of $2 proofs of possession are good\$"
	want_status 0 ksk-sign show $at --records "$1"
	[ "$(grep -c '^  proof of possession: good$' said)" -eq "$2" ] ||
	    die "$1: not $2 good proofs"
	awk 'length($0) > 80 { exit 1 }' said || die "$1: a line is too long"
}

# The one before stays, as its answer may be on its way.
mkdir twice
plan twice one.ksr
[ -e twice/key-request~ ] && die "one before the first"
plan twice two.ksr
cmp one.ksr twice/key-request~ || die "the one before is gone"
cmp two.ksr twice/key-request || die "no copy of the second"
plan twice twice/key-request
cmp two.ksr twice/key-request~ || die "the one before is gone: in place"
cp -r twice thrice
refused 1 'nowhere' zsk-sign request $year -K twice -o nowhere/x example.com
[ -w /dev/full ] && refused 1 'full|space' zsk-sign request $year \
    -K twice -o /dev/full example.com
diff -r twice thrice || die "a failed run changed the folder"
mv twice/key-request .
mkfifo twice/key-request
refused 1 'twice/key-request: is no regular file' timeout 20 \
    zsk-sign request $year -K twice -o three.ksr example.com
rm -r twice thrice

# A zone without a key: five ZSKs, nine bundles, thirteen times a key.
mkdir new
plan new first.ksr
[ "$(find new -name "$kz*.private" -perm 600 | wc -l)" -eq 5 ] ||
    die "not five private files of mode 600"
[ "$(find new -name "$kz*.key" | wc -l)" -eq 5 ] || die "not five keys"
good first.ksr 13
says '^Kind     KSR 1.0, 9 bundles, 13 records'
says '^Request  [0-9a-f]{32}$'
says '^Answers  no response: the first$'
says '^Clock    2027-01-10 00:00:00 UTC \(now\)$'
# 3 h before it signs a key is published: 1 h of TTL, propagation, safety each;
# it leaves 26 h behind: 24 h of TTL, and the same.
for when in 2027-01-15 "2027-04-14 21:00:00" "2027-04-16 02:00:00" \
    "2027-07-13 21:00:00" "2027-07-15 02:00:00" "2028-01-09 21:00:00"; do
	says "^Bundle [1-9] of 9: $when"
done
want_status 0 ksk-sign show $at --json first.ksr
says '"id": *"[0-9a-f]{32}"'
says '"answers": *"none"'
says '"clock": *1799539200'
[ "$(grep -o '"proof": *"good"' said | wc -l)" -eq 13 ] || die "JSON: proofs"
[ "$(grep -c "IN	DNSKEY	256 3 13 .* ; pop RRSIG DNSKEY 13 2 3600 " \
    first.ksr)" -eq 13 ] || die "a record without its proof"
[ "$(grep -c '^;; KeySigningRequest 1.0 20.* (.*)$' first.ksr)" -eq 9 ] ||
    die "headers"
head -n 1 first.ksr >said
says '^;; KeySigningRequest 1.0 20270115000000 \(Fri Jan 15 00:00:00 2027\)$'

# Once more: nothing new, the same bundles, another id.
cmp first.ksr new/key-request || die "no copy of the first request"
keys()
{
	(cd new && state | grep -v '/key-request~\{0,1\}$')
}
before=$(keys)
plan new second.ksr
[ "$before" = "$(keys)" ] || die "a second run changed the keys"
cmp second.ksr new/key-request || die "no copy of the second request"
bundles first.ksr >first
bundles second.ksr >second
cmp first second || die "other bundles in the second run"
[ "$(tail -n 1 first.ksr)" != "$(tail -n 1 second.ksr)" ] || die "the same id"

# A key without an end gets one; by --config as by words.
mkdir old
zsk=$(zsk-sign keygen --now 20261201 -K old example.com)
cat >options <<-END
	zsk-lifetime 30d
	propagation 30m
	safety 30m
	max-zone-ttl 2d
	ttl 7200
END
plan old old.ksr --config options
# Thirteen new ones: 2 + 1 keys at first, then 12 times the same.
good old.ksr 39
grep -q '^Inactive: 20270115030000$' "old/$zsk.private" || die "no end"
grep -q '^Delete: 20270117040000$' "old/$zsk.private" || die "no Delete"
grep -q '^; Inactive: 20270115030000 (2027-' "old/$zsk.key" || die "no comment"
[ "$(find old -name "$zsk.private" -perm 600 | wc -l)" -eq 1 ] || die "mode"
if command -v dnssec-settime >/dev/null 2>&1; then
	want_status 0 dnssec-settime -p ID "old/$zsk"
	says '^Inactive: Fri Jan 15 03:00:00 2027'
	says '^Delete: Sun Jan 17 04:00:00 2027'
fi
# And signs as before.
want_status 0 zsk-sign request $at -K old example.com
[ "$(wc -l <said)" -eq 1 ] || die "the plain request is another one"

# As a report: what stands in it, and in the files of the keys.
# field NAME FILE: the first value of that name.
field()
{
	sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\).*/\1/p" "$2" | head -n 1
}
mkdir told
kept=$(zsk-sign keygen --now 20261201 -K told example.com)
zsk-sign request $year -K told --json -o told.ksr example.com >report 2>said ||
    die "no report: $(cat said)"
[ ! -s said ] || die "more than the report: $(cat said)"
want_status 0 ksk-sign show $at --json told.ksr
for name in zone file id answers bundles until sha256; do
	[ -n "$(field $name said)" ] || die "show has no $name"
	[ "$(field $name report)" = "$(field $name said)" ] ||
	    die "the report has another $name"
done
[ "$(field from report)" = "$(date -u -d 2027-01-15 +%s)" ] || die "from"
[ "$(field zsk_count report)" = "$(grep -c '"tag"' report)" ] || die "ZSKs"
[ "$(field made_count report)" = "$(grep -c '"made": true' report)" ] ||
    die "new ones"
[ "$(grep -c '"made": false' report)" -eq 1 ] || die "not one that is kept"
[ "$(grep -c '"closed": true' report)" -eq 1 ] || die "not one that is closed"
[ "$(find told -name '*.private' | wc -l)" -eq "$(field zsk_count report)" ] ||
    die "not all ZSKs"
# By the time when they begin to sign: the one that there was is the first.
[ "$(field key report)" = "told/$kept" ] || die "not $kept first"
grep -q "^Inactive: $(date -u -d "@$(field inactive report)" \
    +%Y%m%d%H%M%S)\$" "told/$kept.private" || die "another end"
grep -q "^Delete: $(date -u -d "@$(field delete report)" \
    +%Y%m%d%H%M%S)\$" "told/$kept.private" || die "another Delete"
[ "$(grep -c '^    "[A-Za-z]*",\{0,1\}$' report)" -eq 32 ] || die "words"
if command -v python3 >/dev/null 2>&1; then
	python3 -m json.tool <report >pretty || die "no JSON"
fi
# A second time: none is new.
zsk-sign request $year -K told --json -o told.ksr example.com >report
[ "$(field made_count report)" -eq 0 ] || die "new ones again"
! grep -q '"made": true\|"closed": true' report || die "made or closed again"

# Other algorithms; -a only where there is no key to go by.
for alg in 8 15; do
	mkdir "alg$alg"
	plan "alg$alg" "alg$alg.ksr" -a $alg
	good "alg$alg.ksr" 13
	plan "alg$alg" again.ksr
done

# What it answers: the KSK.data in the folder, or another.
mkdir left
ksk=$(ksk-sign keygen $at -K left example.com)
want_status 0 zsk-sign request $at -K old -o ZSK.key example.com
want_status 0 ksk-sign sign $at -k "left/$ksk" --yes -o KSK.data ZSK.key
cp KSK.data old/
digest=$(sha256sum <KSK.data | cut -d ' ' -f 1)
plan old old2.ksr --config options
want_status 0 ksk-sign show $at old2.ksr
says "^Answers  $digest\$"
rm old/KSK.data
plan old named.ksr --config options -d KSK.data
want_status 0 ksk-sign show $at named.ksr
says "^Answers  $digest\$"
# It signs another folder's ZSK: a plan cannot go on from that where it is what
# is stored; who names it means what the request answers.
plan new named.ksr -d KSK.data
want_status 0 ksk-sign show $at named.ksr
says "^Answers  $digest\$"
cp -R new stored
cp KSK.data stored
refused 3 'KSK.data: the ZSKs that it signs are not all here' \
    zsk-sign request $year -K stored -o other.ksr example.com
rm -r stored
sed 's/example\.com/example.org/g' KSK.data >other.data
echo junk >junk.data

# Refused in one line, and nothing is left: no key, no time, no file.
mkdir empty
zsk=$(zsk-sign keygen --now 20261201 -K empty example.com)
ask()
{
	zsk-sign request $at -K empty -o out.ksr "$@" example.com
}
span="--from 20270115 --to 20280115"
refused 2 'both --from and --to' ask --from 20270115
refused 2 'both --from and --to' ask --to 20270115
refused 2 'both --from and --to' ask --zsk-lifetime 30d
refused 2 'end before it begins' ask --from 20270115 --to 20270115
refused 2 'end before it begins' ask --from 20270115 --to 20270114
refused 2 'more than a day ago' ask --from 20270108235959 --to 20270201
# From now on, as the left counts: by the plan's own length it would do.
refused 2 '2028-02-15 .*more than 400 days ahead, .* 2027-01-11 .*--horizon' \
    ask --from 20270115 --to 20280215
refused 2 'year 2106' ask --from 20270115 --to 21060101 --horizon 9y
refused 2 'shorter than the intervals' ask $span --zsk-lifetime 1d
refused 2 'shorter than the intervals' ask $span --max-zone-ttl 100d
refused 2 'more than 1000 bundles' ask --from 20270115 --to 20290115 \
    --horizon 3y --zsk-lifetime 30h
refused 2 'over ten years' ask $span --safety 11y
refused 2 'format' ask $span --format yaml
refused 2 "'0'|ttl" ask $span --ttl 0
refused 2 'ttl' ask $span --ttl 604801
refused 2 'bits' ask $span -b 0
refused 2 'not an algorithm' ask $span -a 5
refused 2 'ttl' ask $span --ttl -1
refused 3 'of algorithm 13; a plan' ask $span -a 15
refused 3 'clock' ask --now 19700201 --from 19700202 --to 19700301
refused 3 'still to come; set this' ask --now 20261101 --from 20261102 \
    --to 20270101
refused 1 'nowhere' ask $span -d nowhere
refused 3 'other.data is no response for example.com' ask $span -d other.data
refused 3 'first.ksr: a KSR, which is the request' ask $span -d first.ksr
refused 1 'junk.data' ask $span -d junk.data
refused 1 'nowhere' zsk-sign request $at $span -K empty -o nowhere/out \
    example.com
refused 1 'nowhere' zsk-sign request $at $span -K nowhere example.com
refused 2 'label is empty' zsk-sign request $at $span -K empty example..com
# The times of the old key were set by then, and are taken back.
[ -w /dev/full ] && refused 1 'full|space' zsk-sign request $at $span \
    -K empty -o /dev/full example.com
# Two runs at once would make every key twice.
if command -v flock >/dev/null 2>&1; then
	(
		flock -n 9 || die "cannot lock the folder"
		refused 1 'empty: another run is at work' ask $span
	) 9<empty || exit 1
fi
# A key that cannot prove that it is there.
mv "empty/$zsk.private" .
refused 3 'private key is not here.*no proof' ask $span
mv "$zsk.private" empty/
[ "$(find empty -name 'K*' | wc -l)" -eq 2 ] || die "keys of a failed run"

# One character of one proof, one key's time, a bundle of another request.
sed '2s/.....==$/AAAAA==/' first.ksr >bad.ksr
cmp -s bad.ksr first.ksr && die "nothing was changed"
want_status 3 ksk-sign show $at bad.ksr
says '^  12 of 13 proofs of possession are good$'
[ "$(grep -c 'possession: BAD$' said)" -eq 1 ] || die "not the bad one alone"
want_status 3 ksk-sign show $at --records bad.ksr
says '^  proof of possession: BAD$'
says '^ksk-sign: bad.ksr:2: the proof of possession of key [0-9]+ does not'
[ "$(grep -c 'possession: good$' said)" -eq 12 ] || die "not one alone"
sed 's/1.0 20270414210000/1.0 20270414210001/' first.ksr >bad.ksr
want_status 3 ksk-sign show $at bad.ksr
[ "$(grep -c 'possession: BAD$' said)" -eq 3 ] || die "times are not proven"
# Ours has all; one that lost one is no request of ours any more.
sed '2s/ ; pop.*//' first.ksr >bad.ksr
want_status 3 ksk-sign show $at --records bad.ksr
says '^ksk-sign: bad.ksr:2: key [0-9]+ has no proof of possession, but this'
[ "$(grep -c 'possession: missing$' said)" -eq 1 ] || die "none is missing"
sed '2s/ DNSKEY 13 2 3600 / DNSKEY 13 2 3601 /' first.ksr >bad.ksr
refused 3 'bad.ksr:2: a proof of possession with a TTL other' \
    ksk-sign show $at bad.ksr
sed '2s/; pop RRSIG DNSKEY 13/; pop RRSIG DNSKEY x/' first.ksr >bad.ksr
refused 3 'bad.ksr:2: ' ksk-sign show $at bad.ksr
sed '$s/ id=/ id=0/' first.ksr >bad.ksr
refused 3 'bad.ksr:23: id= in the footer' ksk-sign show $at bad.ksr
# Others' have none.
want_status 0 ksk-sign show $at --records "$srcdir/tests/data/bind.ksr"
[ "$(grep -c 'possession: missing$' said)" -eq 4 ] || die "BIND's: missing"
grep -q 'Request\|Clock' said && die "BIND's footer tells nothing"

# On a terminal the plan is told, in 80 columns.
if command -v script >/dev/null 2>&1; then
	script -qec "zsk-sign request $year -K new -o told.ksr example.com" \
	    /dev/null >screen || die "on a terminal: $(cat screen)"
	tr -d '\r' <screen >said
	says '^Zone     example.com., 9 bundles, 5 ZSKs, 0 new$'
	says '^From     2027-01-15 00:00:00 UTC \(in 5 days\)$'
	[ "$(grep -c '^ZSK      [0-9]*, new/' said)" -eq 5 ] || die "not five"
	says '^  signs    2028-01-10 00:00:00 UTC '
	says "^SHA-256  $(sha256sum <told.ksr | cut -d ' ' -f 1)\$"
	awk 'length($0) > 80 { exit 1 }' said || die "a line is too long"
fi

# What Knot makes of it: it signs it, and every signature is good.
want keymgr
cat >knot.conf <<-END
	server:
	    rundir: $tmp/knot
	database:
	    storage: $tmp/knot
	policy:
	  - id: p
	    manual: on
	    offline-ksk: on
	    dnskey-ttl: 3600
	    cds-cdnskey-publish: always
	zone:
	  - domain: example.com
	    storage: $tmp/knot
	    dnssec-signing: on
	    dnssec-policy: p
END
mkdir knot knotkeys
want_status 0 keymgr -c knot.conf example.com. generate ksk=yes \
    algorithm=ecdsap256sha256
# Knot's clock is the machine's.
want_status 0 zsk-sign request -K knotkeys --from +1d --to +100d \
    --zsk-lifetime 30d --format knot -o knot.ksr example.com
head -n 1 knot.ksr >said
says '^;; KeySigningRequest 1.0 [0-9]{10} \(20.*Z\) =+$'
keymgr -c knot.conf example.com. sign-ksr knot.ksr >knot.skr ||
    die "keymgr does not sign our KSR"
want_status 0 ksk-sign show --now +2d --records knot.skr
says '^Kind     SKR 1.0, '
sigs=$(grep -c '^RRSIG ' said)
[ "$sigs" -gt 20 ] || die "Knot made $sigs signatures"
[ "$(grep -c '^  check    verifies$' said)" -eq "$sigs" ] ||
    die "not every signature of Knot's is good"
# Every key that was asked for is in it, in a bundle of each time.
awk '/IN	DNSKEY/ { print substr($8, 1, 40) }' knot.ksr | sort -u >keys
[ "$(wc -l <keys)" -eq 4 ] || die "not four keys in the request"
while read -r key; do
	grep -qF -- "$key" knot.skr || die "Knot left out $key"
done <keys
for time in $(sed -n 's/^;; KeySigningRequest 1.0 \([0-9]\{10\}\) .*/\1/p' \
    knot.ksr); do
	grep -q "^;; SignedKeyResponse 1.0 $time " knot.skr ||
	    die "Knot has no bundle of $time"
done
