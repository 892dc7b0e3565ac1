#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# One trip of the stick a year: twelve rollovers of the ZSK and one of the KSK
# are planned, signed and imported once; then the zone is signed every day of
# that year, and some weeks into the next one, behind the next trip. Each day's
# zone is judged by programs that are not ours, at that day's time, and at the
# end ldns looks for a day at which a resolver with a cache would have failed,
# whichever DS the parent had by then (tests/yearwatch.c).
. "$(dirname "$0")/flow.sh"
want dnssec-verify kzonecheck

zone=year.example
cd "$tmp"
mkdir left days
# TTLs of a day, so that every day's caches hold what is of the day before.
cat >$zone <<END
\$TTL 86400
@	SOA	ns hostmaster 1 3H 1H 1W 86400
	NS	ns
	MX	10 mail
ns	A	192.0.2.1
mail	A	192.0.2.2
	AAAA	2001:db8::2
*.wild	TXT	"wildcard"
END
start=1798783200
day=86400
# dnssec-verify knows no other time than the clock's.
${CC:-cc} -std=c11 -D_GNU_SOURCE -O1 -fPIC -shared -o clockat.so \
    "$srcdir/tests/clockat.c" || die "cannot build clockat.so"
clock_at()
{
	at_time=$1
	shift
	env CLOCK_AT="$at_time" LD_PRELOAD="$tmp/clockat.so" "$@"
}

# The left has the next KSK already, with the times of its rollover: known to
# caches before it signs, and signing before the parent is told; the first one
# leaves when nobody has its DS any more.
ksk1=left/$(ksk-sign keygen --now 20261201 -K left $zone)
ksk2=left/$(ksk-sign keygen --now 20261201 -K left $zone)
after()
{
	echo $((start + $1 * day))
}
want_status 0 ksk-sign settime --now $start -P "$(after 150)" \
    -A "$(after 154)" --sync-publish "$(after 158)" "$ksk2"
want_status 0 ksk-sign settime --now $start --sync-delete "$(after 158)" \
    -I "$(after 166)" -D "$(after 168)" "$ksk1"

# trip DIR NOW FROM TO OPTION...: there and back with the stick; all are days. A
# day until the next run and two hours to reach every server are the
# propagation.
trip()
{
	dir=$1
	at="--now $(after "$2")"
	from=$(after "$3")
	to=$(after "$4")
	shift 4
	want_status 0 zsk-sign request $at -K "$dir" --from "$from" \
	    --to "$to" --zsk-lifetime 30d --ttl 86400 --max-zone-ttl 1d \
	    --propagation 26h -o "$dir.ksr" "$@" $zone
	want_status 0 ksk-sign sign $at -K left --cds --yes \
	    --ledger "$dir.ledger" -o "$dir.skr" "$dir.ksr"
	want_status 0 zsk-sign import $at -d "$dir" --ds ds "$dir.skr"
}

# each_day DIR DAY COMMAND...: signs the zone at the time $now and then at each
# midnight, whatever time the keys' events are at, up to that day. The command
# judges $dir.out.
each_day()
{
	dir=$1
	until=$(after "$2")
	shift 2
	while [ "$now" -lt "$until" ]; do
		want_status 0 zsk-sign sign --now $now -K "$dir" \
		    -d "$dir/KSK.data" -N unixtime -f "$dir.out" $zone
		"$@"
		cp "$dir.out" "days/$dir.$now"
		echo "$now days/$dir.$now" >>"$dir.list"
		now=$(((now / day + 1) * day))
	done
}

# The bundle of the day fits a zone that is signed elsewhere, too.
judged()
{
	want_status 0 zsk-sign splice --now $now -o $zone -d "$dir/KSK.data" \
	    -f spliced "$dir.out"
	sort spliced >one
	sort "$dir.out" >other
	cmp -s one other || die "$now: spliced, it is another zone"
	want_status 0 clock_at $now dnssec-verify -q -o $zone "$dir.out"
	want_status 0 kzonecheck -o $zone -d on -t $now "$dir.out"
}

mkdir year
ksk-sign ds "$ksk1" >ds
trip year 0 0 365
now=$start
each_day year 350 judged
# The next trip, in time: the year's last days and what is behind them are of
# two responses. The first KSK has gone by then.
ksk-sign ds "$ksk2" >ds
trip year 350 365 425
each_day year 400 judged
# The clock of the judge is the one that it was given.
want_status 1 clock_at "$(after 800)" dnssec-verify -q -o $zone year.out

# watch OPTION...: the count is in the file said.
ksk-sign ds "$ksk1" >ds
watch="$builddir/tests/yearwatch -p 7200 -l $((2 * day)) -t $day"
# What policy calls safety, an hour, is there too.
want_status 0 $watch -a 3600 ds year.list
says '^moments 401, pairs [0-9]{5}, zsks 14, ds 2: rrsig 0 '

# counted NAME LEAST MOST: how often that did not fit.
counted()
{
	n=$(sed -n "\$s/.* $1 \([0-9]*\).*/\1/p" said)
	[ "$n" -ge "$2" ] && [ "$n" -le "$3" ] && return 0
	cat said
	die "$1 $n, not $2 to $3"
}

# It would be seen: caches that keep all for three days more are left behind
# by every rollover, and so are validators with a DS of a parent that is slow.
want_status 1 $watch -a $((3 * day)) ds year.list
counted rrsig 12 1000
counted dnskey 12 1000
counted cds 0 0
want_status 1 $watch -l $((10 * day)) ds year.list
counted ds 1 30
counted rrsig 0 0
counted dnskey 0 0
# The DS of a KSK that is not there yet: nothing validates until the parent
# did what CDS says, and it should not have, for nothing vouches for it.
ksk-sign ds "$ksk2" >ds2
want_status 1 $watch ds2 year.list
counted ds 1 10
counted cds 1 1
# And a plan that was told that all goes faster than it does.
mkdir fast
trip fast 0 0 40 --propagation 1h --max-zone-ttl 1h
now=$start
each_day fast 40 true
want_status 1 $watch ds fast.list
counted rrsig 1 100
counted dnskey 1 100
