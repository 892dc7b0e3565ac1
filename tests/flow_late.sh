#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A rollover of the ZSK that was missed: the stick came late, or nothing was
# signed for a day. What caches could not follow is refused, with a way out,
# which is gone here to its end and judged at each step as caches see it.
. "$(dirname "$0")/flow.sh"
want ldns-verify-zone kzonecheck

zone=late.example
cd "$tmp"
cat >$zone <<END
\$TTL 7200
@	SOA	ns hostmaster 1 3H 1H 1W 7200
	NS	ns
ns	A	192.0.2.1
below	DS	1 13 2 4157F30F62348ECB03112A8823EDC64444CA620065A6FDBC0683997927603535
below	NS	ns.below
ns.below	A	192.0.2.2
END
start=1798761600
hour=3600
day=86400

# sign WHEN [OPTION...]: in the folder of the scene, with left/ and right/.
sign()
{
	at=$1
	shift
	zsk-sign sign --now "$at" -K right -d right/KSK.data -N increment \
	    -f out "$@" ../$zone
}

tags()
{
	awk -v type="$1" '$4 == "RRSIG" && $5 == type { print $11 }' out | sort
}

# An RRset at the apex and its signatures; or all but that.
apex_keys()
{
	awk -v zone=$zone. '$1 == zone && ($4 == "DNSKEY" ||
	    ($4 == "RRSIG" && $5 == "DNSKEY"))' "$1"
}
all_others()
{
	awk -v zone=$zone. '!($1 == zone && ($4 == "DNSKEY" ||
	    ($4 == "RRSIG" && $5 == "DNSKEY")))' "$1"
}

# verifies WHEN FILE
verifies()
{
	ldns-verify-zone -t "$(date -u -d "@$1" +%Y%m%d%H%M%S)" "$2" \
	    >/dev/null 2>&1
}

# follows WHEN: who has the old zone's keys in his cache, or its signatures,
# can go on to what is in out now.
follows()
{
	{ all_others out; apex_keys old; } >mixed
	verifies "$1" mixed || return 1
	{ all_others old; apex_keys out; } >mixed
	verifies "$1" mixed
}

judged()
{
	want_status 0 kzonecheck -o $zone -d on -t "$1" out
	verifies "$1" out || die "$1: ldns-verify-zone finds it bad"
}

# scene NAME: a folder with the keys of its own, in which we are then.
scene()
{
	cd "$tmp"
	mkdir "$1" "$1/left" "$1/right"
	cd "$1"
	ksk=$(basename "$(ksk-sign keygen --now $start -K left $zone)")
	ksk-sign ds "left/$ksk" >ds
}

# plan NOW FROM TO OPTION...: the response lies in skr; options are the left's.
plan()
{
	now=$1
	from=$2
	to=$3
	shift 3
	want_status 0 zsk-sign request --now "$now" -K right --from "$from" \
	    --to "$to" --zsk-lifetime 30d -o ksr $zone
	want_status 0 ksk-sign sign --now "$now" -K left --yes "$@" -o skr ksr
}

plain()
{
	want_status 0 zsk-sign request --now "$1" -K right -o key $zone
	want_status 0 ksk-sign sign -k "left/$ksk" --now "$1" -e +120d --yes \
	    -o plain key
}

# hour_by_hour N: nothing is told, and caches can follow each step.
hour_by_hour()
{
	n=0
	while [ $n -lt "$1" ]; do
		n=$((n + 1))
		cp out old
		now=$((now + hour))
		want_status 0 sign $now
		[ ! -s "$tmp/said" ] || { cat "$tmp/said"; die "$now: not quiet"; }
		cmp -s out old || follows $now ||
		    die "$now: caches cannot follow"
	done
}

# catch_up: runs from the time $now on, until one is quiet: what it signs as of
# lies in $as_of. Each can follow the one before, in any cache.
catch_up()
{
	steps=0
	as_of=
	while :; do
		cp out old
		want_status 0 sign "$now"
		cp "$tmp/said" told
		judged "$now"
		follows "$now" || die "$now: caches cannot follow: $(cat told)"
		[ -s told ] || break
		grep -q 'as of .*, which they can follow; the next run' told ||
		    die "said: $(cat told)"
		as_of="$as_of $(sed -n 's/.* as of \(.*\) UTC.*/\1/p' told |
		    tr -d ' :-')"
		steps=$((steps + 1))
		[ $steps -le 5 ] || die "it has no end"
		now=$((now + 2 * hour))
	done
}

# --- The stick came late -----------------------------------------------------
scene stick
want_status 0 zsk-sign keygen --now $start -K right $zone
plain $start
want_status 0 zsk-sign import --now $start -d right plain
made=$((start + 86 * day))
plan $made +7d +200d --allow chain
want_status 0 sign $((start + 92 * day + 22 * hour))
before=$(tags SOA)
now=$((start + 94 * day + 12 * hour))
refused 3 'skr: it comes too late: on 2027-04-05 12:00:00 UTC it has none of the ZSKs that are published until then.*--from now.*move right/KSK.data away and give --ds' \
    zsk-sign import --now $now -d right skr
refused 3 'comes too late' zsk-sign import --now $now -d right --ds ds skr
# While both ZSKs are in it, the one that signs then is not known.
refused 3 'comes too late: on 2027-04-04 12:00:00 UTC the ZSK signs that is not among' \
    zsk-sign import --now $((now - day)) -d right skr
# In time, and before it begins.
for at in $((start + 93 * day + hour)) $((start + 92 * day)) $made; do
	cp right/KSK.data kept
	want_status 0 zsk-sign import --now "$at" -d right skr
	rm right/KSK.data.*
	mv kept right/KSK.data
done

# Asked anew, the next one is published before it signs.
cp -R . ../anew
cd ../anew
plan $now now +200d --allow chain --allow conflict
now=$((now + hour))
want_status 0 zsk-sign import --now $now -d right skr
hour_by_hour 34
judged $now
[ "$(tags SOA)" != "$before" ] || die "no rollover when asked anew"
cd ../stick
now=$((start + 94 * day + 12 * hour))

# It is meant; and sign holds all the same.
mv right/KSK.data away
want_status 0 zsk-sign import --now $now -d right --ds ds skr
now=$((now + 60))
cp out first
back()
{
	cp "${1:-first}" out
	sha256sum out >out.sha256
}
catch_up
[ "$as_of" = " 20270404025959 20270405045959" ] || die "steps: $as_of"
# Without that it would indeed be bad to caches.
cp first old
rm out.sha256
want_status 0 sign $now
judged $now
follows $now && die "nothing would have been wrong"
[ "$(tags SOA)" != "$before" ] || die "no other ZSK signs"

# There is no step where it would not do: a key that was made since then, and
# signatures of the KSK that are over.
back
late=$(basename "$(zsk-sign keygen --now $now -K right $zone)")
want_status 0 ksk-sign settime --now $now -P +90d -A +91d "right/$late"
refused 3 'lacks the ZSK that signs now .*if that is meant, move out.sha256 away' \
    sign $now
rm "right/$late".*
refused 3 'lacks the ZSK that signs now .*if that is meant, move out.sha256 away' \
    sign $((start + 117 * day)) -e now+60d

# To have it all the same: the serial goes on with the seal gone.
back
mv out.sha256 seal
serial=$(awk '$4 == "SOA" { print $7 }' out)
want_status 0 sign $now
[ "$(awk '$4 == "SOA" { print $7 }' out)" -gt "$serial" ] ||
    die "the serial stands"

# --- A day and a half without a run ------------------------------------------
scene down
plan $start $start +100d
want_status 0 zsk-sign import --now $start -d right --ds ds skr
# When the second bundle with other ZSKs begins.
change=$(grep -h '^; Publish' right/*.key |
    sed 's/^; Publish: \([0-9]*\).*/\1/' | sort | sed -n 2p)
change=$(date -u -d "$(echo "$change" |
    sed 's/\(....\)\(..\)\(..\)\(..\)\(..\)\(..\)/\1-\2-\3 \4:\5:\6/')" +%s)
now=$((change - 2 * hour))
want_status 0 sign $now
cp out first
hour_by_hour 26
cp out last2
hour_by_hour 8
judged $now
[ "$(tags SOA)" != "$(awk '$4 == "RRSIG" && $5 == "SOA" { print $11 }' first)" ] ||
    die "no rollover in these hours"
cp out last

# The same with all of these hours left out.
back
catch_up
[ $steps -eq 2 ] || die "$steps steps: $as_of"
end=$((change + 32 * hour))
back
now=$((change + 5 * hour))
catch_up
[ $steps -eq 1 ] || die "$steps steps: $as_of"
# Up to the time before the new one signs, and from then to the end: what was
# signed in time is told of alone.
back
want_status 0 sign $((change + hour))
[ ! -s "$tmp/said" ] || die "not quiet in the overlap"
want_status 0 sign $end
says 'was signed by a ZSK that is not in the zone now .*a part of a rollover was'
judged $end
# Of keys that are named, or come from elsewhere, nothing was missed: it tells.
back
want_status 0 zsk-sign sign --now $end \
    -k "$(grep -l "$(awk '$4 == "DNSKEY" && $5 == 256 { print $8; exit }' last |
    cut -c 1-40)" right/*.key)" -d right/KSK.data -f out ../$zone
says 'lacks the ZSK that signs now .*until its TTLs are over'
back
# Signatures that are short are over before the step is done.
refused 3 'if that is meant, move out.sha256 away' sign $end -e now+1d --spread 0

# A zone that is signed elsewhere, and missed the same: splice tells.
splice()
{
	want_status "$1" zsk-sign splice --now "$2" -o $zone -d right/KSK.data \
	    -f spliced "$3"
}
splice 0 $((change - 2 * hour)) first
cp spliced kept
splice 0 "$end" last
says 'spliced: it lacks the ZSK that signs now .*a rollover goes too fast'
splice 0 "$end" last
[ ! -s "$tmp/said" ] || die "not quiet"
back
want_status 0 sign $((change + hour))
rm spliced
splice 0 $((change + hour)) out
splice 0 "$end" last
says 'spliced: it was signed by a ZSK that is not in the zone now'
rm spliced
splice 0 $((end - 8 * hour)) last2
splice 0 "$end" last

# What has no past, or another one, is as it was.
back
want_status 0 sign $((end + 20 * day))
mv out away
back
mv out away
want_status 0 sign $end
back
echo '; another' >>out
want_status 0 sign $end
says 'is not the file that was verified'
sed 's/late/other/g' first >out
sha256sum out >out.sha256
want_status 0 sign $end
back last
want_status 0 sign $((change - 2 * hour))
back last
want_status 0 sign $end --zonemd

# What is stored is over: nobody has it, whatever comes then.
mkdir gone
mv right/Klate.* gone
now=$((start + 150 * day))
plan $now now +60d --allow chain --allow gap
want_status 0 zsk-sign import --now $now -d right skr

# --- By hand, with plain ones ----------------------------------------------
scene hand
zsk_at()
{
	basename "$(zsk-sign keygen --now "$1" -K right $zone)"
}
one=$(zsk_at $start)
plain $start
want_status 0 zsk-sign import --now $start -d right plain
want_status 0 sign $start
# A second one, known to caches before it signs, and the first one leaves.
now=$((start + day))
two=$(zsk_at $now)
want_status 0 ksk-sign settime --now $now -P $now -A +4h "right/$two"
want_status 0 ksk-sign settime --now $now -I +4h -D +8h "right/$one"
plain $now
want_status 0 zsk-sign import --now $now -d right plain
for at in $now $((now + 5 * hour)); do
	want_status 0 sign "$at"
	[ ! -s "$tmp/said" ] || die "$at: not quiet"
done
at=$((now + 8 * hour))
plain $at
want_status 0 zsk-sign import --now $at -d right plain
want_status 0 sign $at
[ ! -s "$tmp/said" ] || die "not quiet"
# It is stolen, and the next one was in no zone.
at=$((at + hour))
want_status 0 ksk-sign settime --now $at -I $at -D $at "right/$two"
three=$(zsk_at $at)
plain $at
refused 3 'plain: it comes too late: on 2027-01-02 09:00:00 UTC it has none of the ZSKs' \
    zsk-sign import --now $at -d right plain
refused 3 'send a new key request' sign $at
mv right/KSK.data away
want_status 0 zsk-sign import --now $at -d right --ds ds plain
refused 3 'lacks the ZSK that signs now .*if that is meant, move out.sha256 away' \
    sign $at
mv out.sha256 seal
want_status 0 sign $at
judged $at
# What was signed for the one before is over: nobody has it.
rm right/KSK.data*
mv away right/KSK.data
at=$((start + 125 * day))
plain $at
want_status 0 zsk-sign import --now $at -d right plain
# Without the keys of before nobody knows what a plain one was signed for: what
# is published tells.
mkdir gone
mv "right/$three".* gone
four=$(zsk_at $at)
plain $at
want_status 0 zsk-sign import --now $at -d right plain
[ -f "right/$four.key" ] || die "no key"

# --- Another algorithm beside the first one, and alone -----------------------
scene algorithm
want_status 0 zsk-sign keygen --now $start -K right $zone
plain $start
want_status 0 zsk-sign import --now $start -d right plain
want_status 0 sign $start
ksk13=$ksk
now=$((start + day))
want_status 0 zsk-sign keygen -a 15 --now $now -K right $zone
ksk15=$(basename "$(ksk-sign keygen -a 15 --now $now -K left $zone)")
both()
{
	want_status 0 zsk-sign request --now "$now" -K right -o key $zone
	want_status 0 ksk-sign sign "$@" --now "$now" -e +120d --yes -o plain \
	    key
	want_status 0 zsk-sign import --now "$now" -d right plain
	cp out old
	want_status 0 sign "$now"
	[ ! -s "$tmp/said" ] || die "not quiet"
	judged "$now"
}
both -k "left/$ksk13" -k "left/$ksk15"
now=$((now + day))
mkdir gone
mv right/K*+013+* gone
ksk-sign ds "left/$ksk15" >ds
both -k "left/$ksk15"

# --- Other ZSKs under the same KSK, in a folder of their own ------------------
scene elsewhere
want_status 0 zsk-sign keygen --now $start -K right $zone
plain $start
want_status 0 zsk-sign import --now $start -d right plain
want_status 0 sign $start
mv right first
mkdir right
want_status 0 zsk-sign keygen --now $start -K right $zone
plain $start
want_status 0 zsk-sign import --now $start -d right plain
want_status 0 sign $((start + day))
says 'lacks the ZSK that signs now .*until its TTLs are over'
judged $((start + day))
