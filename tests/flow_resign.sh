#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Signing again costs what changed: what is kept, what is made anew, when
# nothing is written at all, and what an old output must be to be built upon.
# Judged each time by programs that are not ours.
. "$(dirname "$0")/flow.sh"
want dnssec-verify kzonecheck sha256sum

zone=resign.example
hosts=300

# A zone of hosts; host N has the address that its name says, in net $1.
make_zone()
{
	awk -v zone="$zone" -v hosts="$hosts" -v net="${1:-0}" 'BEGIN {
		print "$ORIGIN " zone "."
		print "$TTL 3600"
		print "@ SOA ns hostmaster 7 7200 3600 1209600 300"
		print "@ NS ns"
		print "ns A 192.0.2.1"
		print "below NS ns.below"
		print "ns.below A 192.0.2.2"
		print "below DS 1 13 2", \
		    "4157F30F62348ECB03112A8823EDC64444CA620065A6FDBC" \
		    "0683997927603535"
		for (i = 0; i < hosts; i++)
			print "h" i " A 10." net "." int(i / 250) "." i % 250
	}'
}

# sign [OPTION...]: the figures of the run are in $tmp/said.
sign()
{
	want_status 0 zsk-sign sign -K right -d right/KSK.data -f out --json \
	    "$@" $zone
}

# figure NAME: from the report of the last run.
figure()
{
	sed -n 's/.*"'"$1"'": *\([^,}]*\).*/\1/p' said | head -n 1
}

# want_figures MADE KEPT WRITTEN; KEPT may be "some".
want_figures()
{
	kept=$(figure signatures_kept)
	[ "$2" != some ] || [ "$kept" -eq 0 ] || kept=some
	got="$(figure signatures_made) $kept $(figure written)"
	[ "$got" = "$*" ] && return 0
	cat said
	die "made, kept, written: $got, not $*"
}

# The file stands, sealed, and others find it right.
judged()
{
	sha256sum -c out.sha256 >/dev/null || die "out is not what was sealed"
	want_status 0 dnssec-verify -o $zone out
	want_status 0 kzonecheck -o $zone -d on out
	want_status 0 zsk-sign verify -o $zone out
}

# The file's identity: number, times and content.
identity()
{
	stat -c '%i %y %z' out
	cksum out
}

rrsigs()
{
	awk '$4 == "RRSIG" || $3 == "RRSIG"' "$1" | sort
}

# As key_pair, of keys that are 30 days old.
old_keys()
{
	mkdir -p left right
	ksk=$(basename "$(ksk-sign keygen --now now-30d -a "$2" -K left "$1")")
	zsk=$(basename "$(zsk-sign keygen --now now-30d -a "$2" -K right "$1")")
	want_status 0 zsk-sign request -K right -o right/ZSK.key "$1"
	want_status 0 ksk-sign sign -k "left/$ksk" --yes -i now-30d \
	    -o right/KSK.data right/ZSK.key
}

cd "$tmp"
old_keys $zone 13
make_zone >$zone

# The first time there is nothing to keep. hosts * (A and NSEC), SOA, NS and
# NSEC of the apex, ns's A and NSEC, the delegation's DS and NSEC.
all=$((2 * hosts + 7))
sign -N unixtime
want_figures $all 0 true
judged
cp out first

# Nothing is due: the file is the same one still, whatever -N says.
before=$(identity)
for how in unixtime increment date; do
	sign -N $how --now +1h
	want_figures 0 $all false
	[ "$(figure serial)" = "$(awk '$4 == "SOA" || $3 == "SOA" {
	    for (i = 1; i < NF; i++) if ($i == "SOA") print $(i + 3) }' \
	    first)" ] || die "the serial did not stand"
done
[ "$before" = "$(identity)" ] || die "out was touched"
want_status 0 zsk-sign sign -K right -d right/KSK.data -N unixtime -f out $zone
[ ! -s said ] || die "not quiet: $(cat said)"

# One address changes: its A, and the SOA.
sed 's/^h17 A .*/h17 A 192.0.2.17/' $zone >new
mv new $zone
sign -N unixtime --now +1h
want_figures 2 $((all - 2)) true
[ "$(figure signatures_checked)" -le 4 ] ||
    die "more was verified than is new"
cp out second
judged_later()
{
	want_status 0 zsk-sign verify -o $zone --now +1h out
}
judged_later
rrsigs first >a
rrsigs second >b
[ "$(comm -12 a b | wc -l)" -eq $((all - 2 + 1)) ] ||
    die "other signatures than those of the change are new"
grep -q '^h17.*192.0.2.17' out || die "the change is not in"

# A name comes, one goes, a TTL changes: each with its neighbour's NSEC.
sed -e '/^h20 /d' -e 's/^h30 A/h30 600 A/' $zone >new
mv new $zone
echo "another A 192.0.2.99" >>$zone
sign -N unixtime --now +2h
# another: A, NSEC, the apex's NSEC before it; h199's NSEC, which is before
# h20; h30's A; the SOA.
want_figures 6 $((all - 6)) true
want_status 0 zsk-sign verify -o $zone --now +2h out
! grep -q '^h20\.' out || die "a name that is gone is still there"

# With a serial that is to be kept and nothing changed nothing happens
# either; a serial that was raised by hand is a change.
make_zone >$zone
rm -f out out.sha256
sign
want_figures $all 0 true
sign
want_figures 0 $all false
sed 's/ hostmaster 7 / hostmaster 8 /' $zone >new
mv new $zone
sign
want_figures 1 $((all - 1)) true
[ "$(figure serial)" = 8 ] || die "the serial is not that of the file"
judged
sed 's/ hostmaster 8 / hostmaster 20 /' $zone >new
mv new $zone
sign -N increment
want_figures 1 $((all - 1)) true
[ "$(figure serial)" = 21 ] || die "a raised serial went unseen"
judged

# Signatures that were made 20 days ago end within 2.5 to 10 days: some are
# due, and none is that ends after 7.5 days.
rm -f out out.sha256
sign --now now-20d
due=$(rrsigs out | awk -v limit="$(date -u -d '+180 hours' +%Y%m%d%H%M%S)" '
    { for (i = 1; i < NF; i++) if ($i == "RRSIG") t = i + 1 }
    $t != "DNSKEY" && $(t + 4) <= limit { n++ } END { print n + 0 }')
[ "$due" -gt $((all / 3)) ] && [ "$due" -lt $all ] ||
    die "$due of $all are due: expirations are not spread"
cp out first
sign
want_figures "$due" $((all - due)) true
judged
# --refresh draws the line elsewhere.
cp first out
sha256sum out >out.sha256
sign --refresh 2d
want_figures 0 $all false
sign --refresh 11d
want_figures $all 0 true
judged

# Spread: deterministic by name, within its bounds, exact without it.
ends()
{
	rrsigs "$1" | awk '{ for (i = 1; i < NF; i++)
	    if ($i == "RRSIG" && $(i + 1) != "DNSKEY")
		print $1, $(i + 5) }' | sort -u
}
now=$(date +%s)
for try in a b; do
	rm -f out out.sha256
	sign --now "$now" -e +20d --spread 5d
	ends out >ends.$try
done
cmp ends.a ends.b || die "spread is not deterministic"
[ "$(cut -d ' ' -f 1 ends.a | uniq | wc -l)" = "$(wc -l <ends.a)" ] ||
    die "signatures of one name end apart from each other"
[ "$(cut -d ' ' -f 2 ends.a | sort -u | wc -l)" -gt $((hosts / 2)) ] ||
    die "expirations are not spread"
first=$(date -u -d "@$((now + 15 * 86400))" +%Y%m%d%H%M%S)
last=$(date -u -d "@$((now + 20 * 86400))" +%Y%m%d%H%M%S)
awk -v first="$first" -v last="$last" '$2 < first || $2 > last { bad = 1 }
    END { exit bad }' ends.a || die "an expiration is out of bounds"
rm -f out out.sha256
sign --now "$now" -e +20d
[ "$(ends out | cut -d ' ' -f 2 | sort -u)" = "$last" ] ||
    die "-e alone is not exact"
want_status 2 zsk-sign sign -K right -d right/KSK.data -f out -e +20d \
    --spread 20d $zone
says 'spread'

# No signature outlives what is asked for.
sign --now "$now" -e +10d --refresh 1d
want_figures $all 0 true

# An inception long ago does not make everything due.
rm -f out out.sha256
sign -i now-29d -e +5d
want_figures $all 0 true
sign -i now-29d -e +5d --now +1h
want_figures 0 $all false

# Old outputs that prove nothing: all is signed anew, and a line says so.
anew()
{
	want_status 0 zsk-sign sign -K right -d right/KSK.data -f out $zone
	says "$1"
	says 'everything was signed anew'
	[ "$(grep -c . said)" -eq 1 ] || die "more than a line: $1"
	judged
	rrsigs out >b
	[ "$(comm -12 a b | grep -cv '	DNSKEY ')" -eq 0 ] ||
	    die "a signature was kept: $1"
}
fresh()
{
	rm -f out out.sha256
	sign
	rrsigs out >a
}
fresh
sed 's/10\.0\.0\.9$/10.0.0.8/' out >new
cmp -s out new && die "nothing was tampered with"
cat new >out
anew 'not the file that was verified'
fresh
head -c "$(($(wc -c <out) / 2))" out >new
cat new >out
anew 'out'
fresh
: >out
anew 'out'
fresh
head -c 100000 /dev/urandom >out
anew 'out'
fresh
rm out.sha256
anew 'out.sha256: No such file'
fresh
echo nonsense >out.sha256
anew 'out.sha256: not a line'
fresh
sed "s/resign\.example/other.example/g" out >new
cat new >out
sha256sum out >out.sha256
anew 'other.example'
fresh
(
	mkdir x
	cd x
	key_pair $zone 13
	want_status 0 zsk-sign sign -K right -d right/KSK.data -f out ../$zone
)
cat x/out >out
cat x/out.sha256 >out.sha256
anew 'other keys'

# A seal that cannot be written: the zone is published, and the line says it.
fresh
rm out.sha256
mkdir out.sha256
want_status 0 zsk-sign sign -K right -d right/KSK.data -f out $zone
says 'out.sha256'
rmdir out.sha256

# No other file is looked at, and no pipe is waited for.
fresh
mkfifo pipe
echo '$INCLUDE pipe' >>out
sha256sum out >out.sha256
anew 'INCLUDE is not allowed'
fresh
rm out.sha256
mkfifo out.sha256
want_status 0 zsk-sign sign -K right -d right/KSK.data -f out $zone
says 'out.sha256 is not a regular file'
rm out.sha256
want_status 1 zsk-sign sign -K right -d right/KSK.data -f pipe -N unixtime \
    $zone
says 'regular file'

# Letter case is of no account in signatures, but it is a change.
fresh
sed 's/^ns\.below A/NS.Below A/' $zone >new
mv new $zone
sign
want_figures 0 $all true
grep -q '^NS\.Below' out || die "the case did not change"
judged

# Another ZSK signs from now on.
fresh
mkdir gone
mv right/K*.private gone
mv right/K*.key gone
key_pair $zone 13
sign
want_figures $all 0 true
judged

# A KSK.data that came anew is a change, and all else stays.
want_status 0 ksk-sign sign -k "left/$ksk" --yes -e +80d -o right/KSK.data \
    right/ZSK.key
sign -N increment
want_figures 1 $((all - 1)) true
judged
sign -N increment
want_figures 0 $all false

# NSEC3, opt-out, ZONEMD: each stands when it is asked for again.
sign -3 - -A --zonemd
judged
before=$(identity)
sign -3 - -A --zonemd
want_figures 0 some false
[ "$before" = "$(identity)" ] || die "out was touched"
sign -3 -
[ "$(figure written)" = true ] || die "another chain was not made"
judged
sign --zonemd
judged
grep -q '	ZONEMD	' out || die "no ZONEMD"
sign
judged
! grep -q '	ZONEMD	' out || die "a ZONEMD that nobody asked for"

# A splice is sealed, too; one thread or many, the same is found.
rm -f out out.sha256
sign -n 1
sign -n 7
want_figures 0 some false
sed 's/^h17 A .*/h17 A 192.0.2.18/' $zone >new
mv new $zone
sign -N unixtime -n 7
want_figures 2 $((all - 2)) true
judged
want_status 0 zsk-sign splice -o $zone -d right/KSK.data -f spliced out
sha256sum -c spliced.sha256 >/dev/null || die "the splice is not sealed"

# Standard output has no past.
want_status 0 zsk-sign sign -K right -d right/KSK.data -f - $zone
[ ! -e ./-.sha256 ] || die "standard output was sealed"
rrsigs said >a
rrsigs out >b
[ "$(comm -12 a b | grep -cv '	DNSKEY ')" -eq 0 ] ||
    die "standard output kept signatures"

# Two algorithms, and a combined key.
rm -rf right left
key_pair $zone 13
mv right two
key_pair $zone 15
mv two/K* right/
want_status 0 zsk-sign request -K right -o right/ZSK.key $zone
other=$(basename "$(ksk-sign keygen -a 13 -K left $zone)")
want_status 0 ksk-sign sign -k "left/$ksk" -k "left/$other" --yes \
    -o right/KSK.data right/ZSK.key
rm -f out out.sha256
sign
want_figures $((2 * all)) 0 true
judged
sign
want_figures 0 some false
sed 's/^h18 A .*/h18 A 192.0.2.18/' $zone >new
mv new $zone
sign -N unixtime
want_figures 4 $((2 * all - 4)) true
judged
rm -f out out.sha256
for try in 1 2; do
	want_status 0 zsk-sign sign -z -K left -f out --json $zone
done
want_figures 0 some false
