#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Each write, fsync, rename and allocation of each verb that writes fails once
# (tests/failcall.c), or the power fails there: afterwards every file is what
# it was or whole and good, nothing lies about, and the verb has said so.
# Allocations are thousands: of those a part, unless FAULT_EVERY=1.
. "$(dirname "$0")/flow.sh"

runs=${FAULT_RUNS:-40} # allocations to try for each verb, about
now=--now=20261121120000

# The programs themselves: libtool's wrappers are shell scripts.
if [ -x "$builddir/.libs/zsk-sign" ]; then
	bin=$builddir/.libs
	LD_LIBRARY_PATH=$bin${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
	export LD_LIBRARY_PATH
else
	bin=$builddir
fi

cd "$tmp"
${CC:-cc} -std=c11 -D_GNU_SOURCE -O1 -fPIC -shared -o failcall.so \
    "$srcdir/tests/failcall.c" -ldl || die "cannot build failcall.so"
preload=$tmp/failcall.so
classes='write fsync rename malloc'
if grep -q __asan_init "$bin/zsk-sign" "$bin"/libdnssecflow.so* 2>/dev/null
then
	# AddressSanitizer's own malloc comes first, and never fails.
	asan=$(ldd "$bin/zsk-sign" | sed -n 's/.*=> \(.*libasan[^ ]*\).*/\1/p')
	preload=${asan:+$asan:}$preload
	classes='write fsync rename'
fi
# Freed and fresh memory has other bytes than 0, so that its use shows.
MALLOC_PERTURB_=165
export MALLOC_PERTURB_

# try COMMAND...: with $class, $n and $power; sets status. Its words are in
# said and out.
try()
{
	status=0
	# shellcheck disable=SC2145 # the first word gets its folder
	FAULT_CALL=$class FAULT_N=$n FAULT_KILL=${power:-0} \
	    FAULT_COUNT=$tmp/count LD_PRELOAD=$preload \
	    "$bin/$@" >"$tmp/out" 2>"$tmp/said" </dev/null || status=$?
}

blame()
{
	cat "$tmp/said"
	ls -lA work
	die "$verb, $class $n${power:+, power loss}: status $status: $*"
}

# What holds after every run, whatever failed.
judge_run()
{
	if grep -q 'Sanitizer\|runtime error\|Assertion' "$tmp/said"; then
		blame "the sanitizer or an assertion spoke"
	fi
	if [ -n "$power" ]; then
		[ "$status" -eq 137 ] || [ "$status" -eq 0 ] ||
		    blame "neither killed nor done"
	else
		[ "$status" -le 3 ] || blame "a crash"
		[ "$status" -eq 0 ] || [ -s "$tmp/said" ] ||
		    blame "failed without a word"
		[ "$(grep -c '^[kz]sk-sign: ' "$tmp/said")" -le 1 ] ||
		    blame "more than one line"
		left=$(find work -name '.*.*' -type f)
		[ -z "$left" ] || blame "left behind: $left"
	fi
}

# one CLASS N POWER: a run in a fresh copy of start/, judged.
one()
{
	class=$1
	n=$2
	power=$3
	rm -rf work
	cp -Rp start work
	# shellcheck disable=SC2086 # words without blanks
	try $command 2>"$tmp/killed" # the shell's own word about it
	judge_run
	"after_$verb"
}

# verb_faults VERB COMMAND...: all classes, all N.
verb_faults()
{
	verb=$1
	shift
	command=$*
	for class in $classes; do
		one "$class" 0 ''
		[ "$status" -eq 0 ] || blame "fails by itself"
		count=$(cat "$tmp/count")
		step=1
		if [ "$class" = malloc ] && [ "${FAULT_EVERY:-0}" != 1 ]; then
			step=$((count / runs + 1))
		fi
		i=1
		# A few more: how often it is called may differ by chance.
		while [ "$i" -le $((count + 3)) ]; do
			one "$class" "$i" ''
			# The first ones lie closest together.
			[ "$i" -le 20 ] && i=$((i + 1)) || i=$((i + step))
		done
		echo "$verb: $count calls of $class"
		[ "$class" = malloc ] && continue
		i=1
		while [ "$i" -le "$count" ]; do
			one "$class" "$i" 1
			i=$((i + 1))
		done
	done
}

# same FILE: it is what it was, byte for byte.
same()
{
	cmp -s "start/$1" "work/$1"
}

# What is sealed is there; or it is not, and the next run makes it all anew.
seal_judge()
{
	(cd work && sha256sum -c final.sha256) >/dev/null 2>&1 && return
	[ "$status" -ne 0 ] ||
	    grep -q "final.sha256.*next run" "$tmp/said" ||
	    blame "no seal, and not a word"
	"$bin/zsk-sign" sign "$now" -K work -d work/KSK.data -f work/final \
	    work/example.com >"$tmp/verdict" 2>&1 ||
	    { cat "$tmp/verdict"; blame "the next run fails"; }
	grep -q 'signed anew' "$tmp/verdict" || blame "built upon no seal"
}

after_sign()
{
	same final && [ "$status" -ne 0 ] && return
	"$bin/zsk-sign" verify "$now" --ds start/ds work/final >"$tmp/verdict" \
	    2>&1 || { cat "$tmp/verdict"; blame "final is bad"; }
	same final && blame "done, but final is the old one"
	[ "$(tail -c 1 work/final | od -An -c | tr -d ' ')" = '\n' ] ||
	    blame "final has no end"
	seal_judge
}

after_resign()
{
	after_sign
}

after_splice()
{
	after_sign
}

after_ceremony()
{
	same KSK.data && [ "$status" -ne 0 ] && return
	[ "$(wc -l <work/KSK.data)" -eq 2 ] || blame "KSK.data has no two lines"
	"$bin/zsk-sign" sign "$now" -K start -d work/KSK.data -f work/check \
	    start/example.com >"$tmp/verdict" 2>&1 ||
	    { cat "$tmp/verdict"; blame "KSK.data is bad"; }
}

# recorded LEDGER: what stands in KSK.data by now stands in the ledger, too,
# which is whole.
recorded()
{
	same KSK.data && [ "$status" -ne 0 ] && return
	"$bin/ksk-sign" ledger "$1" >"$tmp/verdict" 2>&1 ||
	    { cat "$tmp/verdict"; blame "the ledger is bad"; }
	tail -n 1 "$1" | grep -q \
	    " response=$(sha256sum <work/KSK.data | cut -d ' ' -f 1) " ||
	    blame "it left, and is not recorded"
}

# The ledger only grows.
after_ledger()
{
	cmp -s -n "$(wc -c <start/ledger)" start/ledger work/ledger ||
	    blame "the ledger was written over"
	recorded work/ledger
}

# One that begins is there whole, or not at all.
after_begin()
{
	[ ! -e work/new/ledger ] ||
	    "$bin/ksk-sign" ledger work/new/ledger >"$tmp/verdict" 2>&1 ||
	    { cat "$tmp/verdict"; blame "half a ledger"; }
	recorded work/new/ledger
}

after_request()
{
	same ZSK.key && return
	cmp -s work/ZSK.key start/good-request || blame "half a request"
}

# The store is whole: it is the old one or the new one, and then the old one is
# somewhere, too. stored STORE NEW
stored()
{
	cmp -s "work/$1/KSK.data" "start/$1/KSK.data" ||
	    cmp -s "work/$1/KSK.data" "start/$2" ||
	    blame "the stored KSK.data is neither old nor new"
	[ "$status" -ne 0 ] ||
	    cmp -s "work/$1/KSK.data" "start/$2" ||
	    blame "done, but it is not in effect"
	kept "$1"
}

kept()
{
	cmp -s "work/$1/KSK.data" "start/$1/KSK.data" && return
	for kept in "work/$1"/*; do
		cmp -s "$kept" "start/$1/KSK.data" && return
	done
	blame "the previous KSK.data is gone"
}

after_import()
{
	stored store new.data
}

after_skr()
{
	stored skr/store skr/out.skr
}

# What is put together is the old one, or all that belongs together.
after_join()
{
	kept skr/long
	same skr/long/KSK.data && [ "$status" -ne 0 ] && return
	"$bin/zsk-sign" import "$now" -d work/skr/long -K work/skr --json \
	    start/skr/two.skr >"$tmp/verdict" 2>&1 ||
	    { cat "$tmp/verdict"; blame "what was joined is bad"; }
	grep -q '"unchanged": true' "$tmp/verdict" || blame "half is joined"
}

# Every ZSK of a request that is in place has its private key here.
asked()
{
	for key in $(awk '$4 == "DNSKEY" { print substr($8, 1, 40) }' \
	    work/skr/three.ksr); do
		base=$(grep -lF "$key" work/skr/K*.key) ||
		    blame "a key that was asked for is gone"
		[ -e "${base%.key}.private" ] ||
		    blame "its private key is gone"
	done
}

# A request and the right's copy of it: both, or what was there.
after_plan()
{
	if [ "$status" -eq 0 ] || [ -e work/skr/three.ksr ]; then
		asked
		cmp -s work/skr/three.ksr work/skr/key-request ||
		    blame "done, but the copy is another"
		cmp -s start/skr/key-request work/skr/key-request~ ||
		    blame "done, but the one before is gone"
		return
	fi
	[ -n "$power" ] || same skr/key-request~ ||
	    blame "failed, but the one before was changed"
	[ -n "$power" ] || same skr/key-request ||
	    blame "failed, but the copy was changed"
	"$bin/ksk-sign" show "$now" work/skr/key-request >"$tmp/verdict" 2>&1 ||
	    { cat "$tmp/verdict"; blame "half a copy"; }
}

# A key is there with both its files, whole, or there is none.
after_keygen()
{
	found=0
	for key in work/new/*.private; do
		[ -e "$key" ] || continue
		grep -q '^PrivateKey: .*=$' "$key" || blame "half a private key"
		[ "$(stat -c %a "$key")" = 600 ] || blame "not private"
		[ -e "${key%.private}.key" ] || [ -n "$power" ] ||
		    blame "a private key without its public one"
		found=1
	done
	for key in work/new/*.key; do
		[ -e "$key" ] || continue
		[ -e "${key%.key}.private" ] ||
		    blame "a public key without its private one"
		grep -q 'DNSKEY.*==$' "$key" || blame "half a public key"
	done
	[ "$status" -ne 0 ] || [ "$found" -eq 1 ] || blame "done, but no key"
}

# Both files have the new time, or neither; without power the .private file
# alone counts.
after_settime()
{
	for file in key private; do
		same "$ksk.$file" && continue
		sed '/Inactive: /d' "work/$ksk.$file" |
		    cmp -s - "start/$ksk.$file" ||
		    blame "more than a time changed in .$file"
	done
	if same "$ksk.private"; then
		[ "$status" -ne 0 ] || blame "done, but it is not set"
		same "$ksk.key" || [ -n "$power" ] || blame "one file alone"
	else
		same "$ksk.key" && blame "the other file alone"
	fi
	[ "$(stat -c %a "work/$ksk.private")" = 600 ] || blame "not private"
}

# The folder of responses is there whole and recorded, or is not there.
after_folder()
{
	if [ ! -e work/out ]; then
		[ "$status" -ne 0 ] || blame "done, but no folder"
		return
	fi
	[ "$(find work/out -type f | wc -l)" -eq 2 ] || blame "half a folder"
	"$bin/ksk-sign" ledger work/out.ledger >"$tmp/verdict" 2>&1 ||
	    { cat "$tmp/verdict"; blame "the ledger is bad"; }
	for skr in work/out/*.skr; do
		"$bin/ksk-sign" show "$now" "$skr" >"$tmp/verdict" 2>&1 ||
		    { cat "$tmp/verdict"; blame "$skr is bad"; }
		grep -q " response=$(sha256sum <"$skr" | cut -c 1-64) " \
		    work/out.ledger || blame "$skr is not recorded"
	done
}

# A response to each of two requests that follow each other.
prepare_skr()
{
	mkdir skr skr/store skr/long
	"$bin/zsk-sign" request "$now" -K skr -o skr/out.ksr \
	    --from 20261121120000 --to 20270101 example.com
	"$bin/zsk-sign" request "$now" -K skr -o skr/plain example.com
	"$bin/ksk-sign" sign "$now" --yes -e +5d -k "$ksk" \
	    -o skr/store/KSK.data skr/plain 2>/dev/null
	"$bin/ksk-sign" sign "$now" --yes -k "$ksk" --ledger skr/ledger \
	    -o skr/out.skr skr/out.ksr 2>/dev/null
	cp skr/out.skr skr/long/KSK.data
	"$bin/zsk-sign" request "$now" -K skr -o skr/two.ksr \
	    -d skr/out.skr --from 20270101 --to 20270201 example.com
	"$bin/ksk-sign" sign "$now" --yes -k "$ksk" --ledger skr/ledger \
	    -o skr/two.skr skr/two.ksr 2>/dev/null
}

prepare()
{
	mkdir start start/store start/new start/ksks start/ksrs
	cd start
	cp "$srcdir/testzones/example.com" example.com
	zsk=$("$bin/zsk-sign" keygen "$now" -K . example.com)
	ksk=$("$bin/ksk-sign" keygen "$now" -K . example.com)
	"$bin/ksk-sign" ds "$ksk" >ds
	"$bin/ksk-sign" sign "$now" --yes -e +60d -k "$ksk" -o KSK.data \
	    "$zsk.key" 2>/dev/null
	cp KSK.data store/KSK.data
	"$bin/ksk-sign" sign "$now" --yes -e +80d -k "$ksk" -o new.data \
	    "$zsk.key" 2>/dev/null
	"$bin/ksk-sign" sign "$now" --yes -e +80d -k "$ksk" --ledger ledger \
	    "$zsk.key" >unused.data 2>/dev/null
	"$bin/zsk-sign" request "$now" -K . -o good-request example.com
	echo 'an old request' >ZSK.key
	for zone in a.example b.example; do
		mkdir $zone
		"$bin/ksk-sign" keygen "$now" -K ksks $zone
		"$bin/zsk-sign" request "$now" -K $zone --from now --to +60d \
		    -o ksrs/$zone.ksr $zone
	done
	"$bin/zsk-sign" sign "$now" -K . -d KSK.data -f final example.com
	cp final signed
	prepare_skr
	echo 'fault A 192.0.2.99' >>example.com
	cd ..
}

prepare >"$tmp/prepared" 2>&1 || { cat "$tmp/prepared"; die "no start"; }
verb_faults sign zsk-sign sign "$now" -n 2 -K work -d work/KSK.data -N increment \
    -i now-2h --refresh 90d -f work/final work/example.com
verb_faults resign zsk-sign sign "$now" -n 2 -K work -d work/KSK.data \
    -N increment -f work/final work/example.com
verb_faults splice zsk-sign splice "$now" -n 1 -o example.com -d work/new.data \
    -f work/final work/signed
verb_faults ceremony ksk-sign sign "$now" --yes -e +70d -k "work/$ksk" \
    -o work/KSK.data "work/$zsk.key"
verb_faults ledger ksk-sign sign "$now" --yes -e +70d -k "work/$ksk" \
    --ledger work/ledger -o work/KSK.data "work/$zsk.key"
verb_faults begin ksk-sign sign "$now" --yes -e +70d -k "work/$ksk" \
    --ledger work/new/ledger -o work/KSK.data "work/$zsk.key"
verb_faults folder ksk-sign sign "$now" --yes -K work/ksks \
    --ledger work/out.ledger -o work/out work/ksrs
verb_faults request zsk-sign request "$now" -K work -o work/ZSK.key example.com
verb_faults import zsk-sign import "$now" -d work/store -K work work/new.data
verb_faults skr zsk-sign import "$now" -d work/skr/store -K work/skr \
    --request work/skr/out.ksr work/skr/out.skr
verb_faults join zsk-sign import "$now" -d work/skr/long -K work/skr work/skr/two.skr
verb_faults plan zsk-sign request "$now" -K work/skr -o work/skr/three.ksr \
    --from 20270201 --to 20270210 example.com
verb_faults keygen ksk-sign keygen "$now" -K work/new example.com
verb_faults settime ksk-sign settime -I 20280101 "work/$ksk"
