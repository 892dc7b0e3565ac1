#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# --stats, --max-memory, --threads, --spread and --refresh on the command
# line: the figures for people and as JSON, and what is refused.
. "$(dirname "$0")/flow.sh"

sign()
{
	zsk-sign sign -K right -d right/KSK.data -f final "$@" example.com
}

splice()
{
	zsk-sign splice -d right/KSK.data -o example.com -f final "$@" signed
}

verify()
{
	zsk-sign verify -o example.com "$@" signed
}

# figures PHASE...: said has exactly these, in whole columns, and an end. To
# see that there is nothing previous may take its time.
figures()
{
	awk '/^phase/, /^peak/ { if (length > 80) exit 1 }' "$tmp/said" ||
	    die "a line is too long"
	says '^phase +seconds +records +signatures +per second$'
	[ "$(grep -Ev '^previous +[0-9.]+$' "$tmp/said" |
	    grep -Eo '^[a-z]+ +[0-9]+[.][0-9]{3}( |$)' |
	    awk '{ printf "%s%s", s, $1; s = " " }')" = "$*" ] || {
		cat "$tmp/said"
		die "not these phases: $*"
	}
	says '^peak memory [0-9,]+ MB, [0-9]+[.][0-9]{3} seconds in all$'
}

# json PROGRAM FILE: what the expressions of a JSON reader that is not ours
# say of FILE; perl has one, and autoconf wants perl.
json()
{
	perl -MJSON::PP -e 'local $/; open my $f, "<", $ARGV[1] or die;
	    our $r = decode_json(<$f>); my @out = eval $ARGV[0];
	    die $@ if $@; print join(" ", @out), "\n"' "$@"
}

# phases FILE: their names in the report's figures.
phases()
{
	# shellcheck disable=SC2016 # that is perl's dollar
	json 'map { $_->{phase} } grep {
	    $_->{records} > 0 || $_->{phase} ne "previous"
	} @{$r->{stats}{phases}}' "$1"
}

cd "$tmp"
cp "$srcdir/testzones/example.com" example.com
key_pair example.com 15

# For people, on stderr; a zone on standard output is the zone alone.
want_status 0 sign --stats
figures load order chain sign write verify
says '^sign +[0-9.]+ +[0-9,]+ +[0-9,]+( |$)'
rm -f final*
at=$(eitime)
want_status 0 sign --now "$at"
cp final signed
zsk-sign sign -K right -d right/KSK.data --now "$at" -f - --stats \
    example.com >out 2>said || die "status $?"
cmp out signed || die "--stats is on standard output, too"
figures load order chain sign write verify
want_status 0 splice --stats
figures load order sign write verify
verify --stats >out 2>said || die "status $?"
figures load order verify
grep -q 'secure' out || die "no verdict"
grep -q 'peak' out && die "figures among the findings"
sed 's/192[.]0[.]2[.]80/192.0.2.81/' signed >bent
got=0
zsk-sign verify -o example.com --stats bent >out 2>said || got=$?
[ $got -eq 3 ] || die "status $got, not 3"
figures load order verify
grep -q 'bogus' out || die "no verdict of a zone that is bogus"
# Without --stats nothing is said.
want_status 0 sign
[ ! -s said ] || die "not quiet"

# As JSON: in the report on standard output, nothing on stderr.
rm -f final*
sign --json --stats >out 2>said || die "status $?"
[ ! -s said ] || die "figures on stderr, too"
sign --json >short || die "status $?"
splice --json --stats >out2 || die "status $?"
verify --json --stats >out3 || die "status $?"
grep -q '"stats"' short && die "figures that nobody asked for"
if perl -MJSON::PP -e 1 2>/dev/null; then
	[ "$(phases out)" = "load order chain sign write verify" ] ||
	    die "sign: $(phases out)"
	[ "$(phases out2)" = "load order sign write verify" ] ||
	    die "splice: $(phases out2)"
	[ "$(phases out3)" = "load order verify" ] || die "verify: $(phases out3)"
	# shellcheck disable=SC2016
	json 'for my $p (@{$r->{stats}{phases}}) {
		die "a phase of no time" unless $p->{seconds} > 0;
		die "seconds is text" unless $p->{seconds} + 0 < 600;
		die "no records" unless $p->{records} >= 0;
		die "signatures" if $p->{phase} =~ /^(sign|verify)$/
		    and $p->{signatures} < 10;
	} die "memory" unless $r->{stats}{peak_memory} > 1 << 20;
	die "written" unless $r->{written} == JSON::PP::true;
	die "note" if exists $r->{note};
	die "kept" unless $r->{signatures_kept} == 0' out ||
	    die "not these figures"
else
	grep -q '"peak_memory": [0-9]' out || die "no figures"
fi

# Options that make no sense: a line that says what would.
for verb in sign splice verify; do
	for n in 0 -1 257 10000 two '' 1.5 99999999999999999999; do
		refused 2 "--threads is 1 to 256, not '$n'" $verb -n "$n"
	done
	for size in 0 -1 1023K 1T M '' lots 99999999999G; do
		refused 2 "--max-memory is .*1M or more.* not '$size'" \
		    $verb --max-memory "$size"
	done
	want_status 0 $verb -n 256 --max-memory 512M
	refused 2 "'--stats' takes no argument" $verb --stats=yes
done
refused 2 '^zsk-sign: --spread: .*not a length' sign --spread -1d
refused 2 '^zsk-sign: --refresh: .*not a length' sign --refresh -1d
refused 2 '^zsk-sign: --refresh: .*not a length' sign --refresh ''
refused 2 '^zsk-sign: --spread: .*expired.*shorter' sign --spread 30d
refused 2 '^zsk-sign: --spread: .*later --exp' sign --spread 7d -e +7d
want_status 0 sign --spread 604799 -e +7d
want_status 0 sign --spread 0 --refresh 1000d
# An inception long ago is no reason to be born expired.
want_status 0 sign -i -900d
refused 3 'expire' sign -e 20200101 --spread 1d

# In a --config file they are the same.
printf 'threads 0\n' >conf
refused 2 'conf:1: threads is 1 to 256' sign --config conf
printf '\nmax-memory 1\n' >conf
refused 2 'conf:2: max-memory is .*1M' sign --config conf
printf 'spread 90d # too long\n' >conf
refused 2 'conf:1: spread: .*expired' sign --config conf
printf 'threads 2\nmax-memory 256M\nstats\nspread 1d\nrefresh 1d\n' >conf
want_status 0 sign --config conf
figures_are=$(grep -c '^peak' said)
[ "$figures_are" -eq 1 ] || die "stats of a --config file"

# One name, and its keys.
printf '%s\n' '@ 60 SOA ns.example.org. h.example.org. 1 2 3 4 5' \
    '@ 60 NS ns.example.org.' >one
for n in 1 256; do
	want_status 0 zsk-sign sign -K right -d right/KSK.data -o example.com \
	    --now "$at" -n $n --stats -f one.$n one
	figures load order chain sign write verify
	want_status 0 zsk-sign verify -o example.com -n $n one.$n
done
cmp one.1 one.256 || die "threads change a zone of one name"

# More names than threads, and than a megabyte holds.
awk 'BEGIN {
	print "@ 60 SOA ns.example.org. h.example.org. 1 2 3 4 5"
	print "@ 60 NS ns.example.org."
	for (i = 0; i < 900; i++) {
		text = sprintf("\"%0250d\"", i)
		printf "host%d 60 A 192.0.2.%d\nhost%d 60 TXT %s %s %s %s\n",
		    i * 7919 % 10007, i % 256, i * 7919 % 10007,
		    text, text, text, text
	}
}' >many
many()
{
	zsk-sign sign -K right -d right/KSK.data -o example.com \
	    --now "$at" "$@" many
}
want_status 0 many -n 1 -f many.1
want_status 0 many -n 256 -f many.256
cmp many.1 many.256 || die "threads change the zone"
refused 1 'many: .*--max-memory' many --max-memory 1M -f many.1
refused 1 'many.1: .*--max-memory' zsk-sign verify -o example.com \
    --max-memory 1M many.1
refused 1 'many.1: .*--max-memory' zsk-sign splice -o example.com \
    -d right/KSK.data --max-memory 1M -f many.256 many.1

# The progress line is on a terminal, and gone at the end.
if command -v script >/dev/null 2>&1; then
	words="zsk-sign sign -K right -d right/KSK.data -o example.com"
	script -qec "$words -f many.tty many" /dev/null >said </dev/null ||
	    die "status $? at a terminal"
	esc=$(printf '\033')
	grep -q "sign .*%.* of .*$esc\[K" said || die "no progress of signing"
	[ "$(tail -c 4 said)" = "$(printf '\r\033[K')" ] ||
	    die "the progress line stays"
	script -qec "zsk-sign verify -o example.com many.tty" /dev/null \
	    >said </dev/null || die "status $? at a terminal"
	grep -q "verify .*%.* of .*$esc\[K" said || die "no progress of verifying"
	tr '\r' '\n' <said | grep -q "^$esc\[Kexample.com.*secure" ||
	    die "the verdict is not on a line of its own"
fi
