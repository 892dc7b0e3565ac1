#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The final zone in nsd, knotd and named, resolved through unbound with the
# KSK's DS as its only trust anchor, all on loopback: secure answers of every
# kind, and SERVFAIL once a byte of a signature is another.
. "$(dirname "$0")/flow.sh"
want dig unbound

zone=flow.example
cd "$tmp"
# Whoever runs this, no server changes its user; all keep to this folder.
chmod 755 "$tmp"
key_pair $zone 13
cat >right/$zone <<'END'
$TTL 300
@	SOA	ns hostmaster 1 3H 1H 1W 1H
	NS	ns
ns	A	192.0.2.1
www	A	192.0.2.2
*.wild	TXT	"wildcard"
secure	NS	ns.secure
	DS	12345 13 2 49FD46E6C4B45C55D4AC69CBD3CD34AC1AFE51DE7BC5F8E6B1C2A3D4E5F60718
ns.secure	A	192.0.2.3
END

# A port of 127.0.0.1 that nobody listens on, by the kernel's tables.
free_port()
{
	while :; do
		port=$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')
		port=$((port % 40000 + 20000))
		hex=$(printf '%04X' "$port")
		cat /proc/net/udp /proc/net/tcp /proc/net/udp6 /proc/net/tcp6 \
		    2>/dev/null | awk '{ print $2 }' | grep -q ":$hex\$" ||
		    break
	done
	echo "$port"
}

ask()
{
	dig +tries=1 +time=5 @127.0.0.1 -p "$@" 2>&1
}

# in_time PORT: an answer within ten seconds.
in_time()
{
	tries=100
	while [ $tries -gt 0 ]; do
		ask "$1" +time=1 $zone SOA |
		    grep -q 'status: \(NOERROR\|SERVFAIL\)' && return 0
		kill -0 "$started" 2>/dev/null || return 1
		tries=$((tries - 1))
		sleep 0.1
	done
	return 1
}

# start NAME PORT COMMAND...; status 1 if the machine's own policy (as
# AppArmor's) keeps the server from files in a temporary folder.
start()
{
	what=$1
	at=$2
	shift 2
	"$@" >"$tmp/$what.log" 2>&1 </dev/null &
	started=$!
	pids="$pids $started"
	in_time "$at" && return 0
	cat "$tmp/$what.log"
	if grep -qi 'permission denied' "$tmp/$what.log"; then
		echo "skip: $what may not read $tmp on this machine"
		return 1
	fi
	die "$what does not answer on port $at"
}

start_nsd()
{
	cat >nsd.conf <<END
server:
	ip-address: 127.0.0.1@$1
	server-count: 1
	username: ""
	chroot: ""
	zonesdir: "$tmp"
	database: ""
	pidfile: "$tmp/nsd.pid"
	xfrdfile: "$tmp/nsd.xfrd"
	xfrdir: "$tmp"
	zonelistfile: "$tmp/nsd.zonelist"
remote-control:
	control-enable: no
zone:
	name: "$zone"
	zonefile: "$tmp/$2"
END
	start nsd "$1" nsd -d -c "$tmp/nsd.conf"
}

start_knotd()
{
	mkdir -p knot
	cat >knot.conf <<END
server:
    listen: 127.0.0.1@$1
    rundir: $tmp/knot
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: info
database:
    storage: $tmp/knot
zone:
  - domain: $zone
    file: $tmp/$2
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
END
	start knotd "$1" knotd -c "$tmp/knot.conf"
}

start_named()
{
	mkdir -p named
	cat >named.conf <<END
options {
	directory "$tmp/named";
	pid-file "$tmp/named/pid";
	session-keyfile "$tmp/named/session.key";
	listen-on port $1 { 127.0.0.1; };
	listen-on-v6 { none; };
	recursion no;
	notify no;
	dnssec-validation no;
};
controls { };
zone "$zone" { type primary; file "$tmp/$2"; };
END
	start named "$1" named -g -n 1 -c "$tmp/named.conf"
}

start_unbound()
{
	cat >unbound.conf <<END
server:
	interface: 127.0.0.1@$1
	port: $1
	username: ""
	chroot: ""
	directory: "$tmp"
	pidfile: ""
	use-syslog: no
	logfile: ""
	num-threads: 1
	do-ip6: no
	do-daemonize: no
	do-not-query-localhost: no
	module-config: "validator iterator"
	trust-anchor-file: "$tmp/left/$ksk.ds"
	val-log-level: 2
	aggressive-nsec: no
remote-control:
	control-enable: no
stub-zone:
	name: "$zone"
	stub-addr: 127.0.0.1@$2
END
	start unbound "$1" unbound -d -c "$tmp/unbound.conf"
}

# expect STATUS SECURITY NAME TYPE: SECURITY is ad, or no for its absence.
expect()
{
	ask "$resolver" +dnssec "$3" "$4" >answer
	grep -q "status: $1," answer || {
		cat answer unbound.log
		die "$server: $3 $4: status is not $1"
	}
	if grep -q '^;; flags:[^;]* ad[ ;]' answer; then
		secure=ad
	else
		secure=no
	fi
	[ "$secure" = "$2" ] || {
		cat answer unbound.log
		die "$server: $3 $4: AD is not as it should be ($2)"
	}
}

# serve SERVER FILE: both up, or status 1.
serve()
{
	server=$1
	authority=$(free_port)
	"start_$server" "$authority" "$2" || return 1
	resolver=$(free_port)
	start_unbound "$resolver" "$authority"
}

served=0
for chain in nsec nsec3; do
	case $chain in
	nsec)	set -- ;;
	nsec3)	set -- -3 - ;;
	esac
	want_status 0 zsk-sign sign -K right -d right/KSK.data -N unixtime \
	    -o $zone -f $zone.final "$@" right/$zone
	# One letter of the signature over www's address.
	awk -v owner=www.$zone. '
	$1 == owner && $4 == "RRSIG" && $5 == "A" {
		c = substr($NF, 30, 1)
		$NF = substr($NF, 1, 29) (c == "A" ? "B" : "A") \
		    substr($NF, 31)
		n++
	} { print } END { exit n != 1 }' $zone.final >$zone.bad ||
	    die "no signature to spoil"

	for server in nsd knotd named; do
		command -v "$server" >/dev/null 2>&1 || {
			echo "skip: no $server here"
			continue
		}
		serve "$server" $zone.final || {
			end_servers
			continue
		}
		expect NOERROR ad www.$zone A
		grep -q '192\.0\.2\.2' answer || die "$server: no address"
		expect NXDOMAIN ad nowhere.$zone A
		expect NOERROR ad www.$zone TXT
		grep -q 'ANSWER: 0' answer || die "$server: not NODATA"
		expect NOERROR ad any.wild.$zone TXT
		grep -q '"wildcard"' answer || die "$server: no wildcard"
		expect NOERROR ad secure.$zone DS
		grep -q 'DS.12345 13 2' answer || die "$server: no DS"
		expect NOERROR ad $zone DNSKEY
		end_servers

		serve "$server" $zone.bad || die "$server: once, not twice"
		expect SERVFAIL no www.$zone A
		expect NOERROR ad ns.$zone A
		end_servers
		echo "$server, $chain: good"
		served=$((served + 1))
	done
done
[ $served -gt 0 ] || exit 77
