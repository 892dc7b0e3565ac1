#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Where one response ends and the next begins, and where one KSK follows
# another: what is lost is made again, what a resolver or the right could not
# follow is refused or warned of.
. "$(dirname "$0")/flow.sh"

cd "$tmp"

# denied PATTERN COMMAND...: refused in one line; the ledger may tell of it.
denied()
{
	pattern=$1
	shift
	want_status 3 "$@"
	says "$pattern"
	[ "$(grep -c . "$tmp/said")" -eq 1 ] || die "not one line: $*"
}

# --- the first plan of a zone with a plain KSK.data, whose response is lost --
now=20270101000000
mkdir l r
ksk=l/$(ksk-sign keygen --now $now -K l example.com)
zsk-sign keygen --now $now -K r example.com >/dev/null
want_status 0 zsk-sign request --now $now -K r -o plain.key example.com
want_status 0 ksk-sign sign --now $now --yes -k "$ksk" -e +100d \
    --ledger l/ledger -o KSK.data plain.key
want_status 0 zsk-sign import --now $now -d r KSK.data
want_status 0 zsk-sign request --now $now -K r --from +7d --to +97d \
    --zsk-lifetime 30d -o plan.ksr example.com
sign="ksk-sign sign --yes -K l --cds"
want_status 0 $sign --now $now -o lost.skr plan.ksr
denied 'entry 2 of the ledger.*if it was lost.*check replay; --allow replay ' \
    $sign --now $now -o again.skr plan.ksr
want_status 0 $sign --now $now --allow replay -o again.skr plan.ksr
want_status 0 zsk-sign import --now $now -d r again.skr
# Nobody has a use for one that is over.
denied 'was over on .*check past; ' \
    $sign --now 20280101 --allow replay -o late.skr plan.ksr
[ ! -e late.skr ] || die "written"

# The time is over and nothing was asked for: it says what is left to do.
late=20270410
want_status 0 zsk-sign request --now $late -K r --from $late --to 20270710 \
    --zsk-lifetime 30d -o gap.ksr example.com
denied 'ended on 2027-04-08 00:00:00 UTC; nothing can fill that.*gap' \
    $sign --now $late -o gap.skr gap.ksr
denied 'ask the right for one from now on .*gap' \
    $sign --now 20270409120000 --clock-skew 2d -o gap.skr gap.ksr
want_status 0 $sign --now $late --allow gap -o gap.skr gap.ksr

# --- a KSK that was made after the request ----------------------------------
mkdir late late/l late/r
want_status 0 zsk-sign request --now $now -K late/r --from now --to +90d \
    --zsk-lifetime 30d -o late/plan.ksr example.org
ksk-sign keygen --now 20270102 -K late/l example.org >/dev/null
sign="ksk-sign sign --yes -K late/l --clock-skew 2d"
want_status 0 $sign --now 20270102 -o late/plan.skr late/plan.ksr
want_status 0 zsk-sign import --now 20270102 -d late/r late/plan.skr
# One that is to come yet does not.
mkdir late/to-come
ksk-sign keygen --now 20270102 -K late/to-come example.org >/dev/null
want_status 0 ksk-sign settime --now 20270102 -P 20270110 -A 20270110 \
    late/to-come/K*.key
denied 'no KSK signs on 2027-01-01 .*settime -P 20270101000000 ' \
    ksk-sign sign --yes -K late/to-come --now 20270102 --clock-skew 2d \
    -o late/none.skr late/plan.ksr

# --- a KSK that follows another one without signing beside it ---------------
mkdir jump jump/l jump/r
old=jump/l/$(ksk-sign keygen --now $now -K jump/l example.net)
new=jump/l/$(ksk-sign keygen --now $now -K jump/l example.net)
want_status 0 ksk-sign settime --now $now -I 20270401 -D 20270401 "$old"
want_status 0 ksk-sign settime --now $now -P 20270201 -A 20270401 "$new"
want_status 0 zsk-sign request --now $now -K jump/r --from now --to +180d \
    --zsk-lifetime 30d -o jump/plan.ksr example.net
jump="ksk-sign sign --now $now --yes -K jump/l"
want_status 0 $jump --ledger jump/ledger -o jump/plan.skr jump/plan.ksr
tr '\n' ' ' <said | tr -s ' ' >words
grep -q 'no KSK signs both before and from 2027-04-01 00:00:00 UTC on;' words ||
    die "no warning: $(cat words)"
denied 'DS,* of each KSK that signs' \
    zsk-sign import --now $now -d jump/r jump/plan.skr
ksk-sign ds "$new" >jump/new.ds
denied 'DS,* of each KSK that signs' zsk-sign import --now $now -d jump/r \
    --ds jump/new.ds jump/plan.skr
{
	cat jump/new.ds
	ksk-sign ds "$old"
} >jump/both.ds
want_status 0 zsk-sign import --now $now -d jump/r --ds jump/both.ds \
    jump/plan.skr
# Twenty days of both: no word of it.
want_status 0 ksk-sign settime --now $now -I 20270421 -D 20270501 "$old"
want_status 0 $jump --ledger jump/other -o jump/other.skr jump/plan.ksr
tr '\n' ' ' <said | tr -s ' ' >words
grep -q 'no KSK signs both' words && die "a warning: $(cat words)"

# --- or at the very seam between two responses -------------------------------
mkdir seam seam/l seam/r
seam=20270401
old=seam/l/$(ksk-sign keygen --now $now -K seam/l example.net)
sign="ksk-sign sign --yes -K seam/l"
want_status 0 zsk-sign request --now $now -K seam/r --from now --to $seam \
    --zsk-lifetime 30d -o seam/one.ksr example.net
want_status 0 $sign --now $now -o seam/one.skr seam/one.ksr
want_status 0 zsk-sign import --now $now -d seam/r seam/one.skr
at=20270320
new=seam/l/$(ksk-sign keygen --now $at -K seam/l example.net)
want_status 0 ksk-sign settime --now $at -P $seam -A $seam "$new"
want_status 0 ksk-sign settime --now $at -I $seam -D $seam "$old"
want_status 0 zsk-sign request --now $at -K seam/r --from $seam --to +90d \
    --zsk-lifetime 30d -o seam/two.ksr example.net
denied 'which signed the last .*does not sign the first bundle.*chain' \
    $sign --now $at -o seam/two.skr seam/two.ksr
want_status 0 ksk-sign settime --now $at -I 20270410 -D 20270420 "$old"
want_status 0 $sign --now $at -o seam/two.skr seam/two.ksr
want_status 0 zsk-sign import --now $at -d seam/r seam/two.skr

# --- nothing is no span ------------------------------------------------------
for option in validity refresh horizon clock-skew; do
	refused 2 "$option 0: let it be a second or more" \
	    ksk-sign sign --now $now --yes -K l --$option 0 -o no.skr plan.ksr
done
