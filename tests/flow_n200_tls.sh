#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Who we talk to: nothing of a request leaves before the device's certificate
# is verified, and what the environment says of proxies, certificates and the
# logging of TLS secrets does not count.
. "$(dirname "$0")/flow.sh"
. "$srcdir/tests/n200.sh"
want openssl strace

sim_certs
mkdir "$tmp/work"
cd "$tmp/work"
N200_CONF=$PWD/n200.conf
export N200_CONF

# untouched: not a byte of a request came to the simulator.
untouched()
{
	sim_counted requests_begun 0
	sim_counted request_bytes 0
}

# written COMMAND...: what it writes to its connection, in bytes, the first
# write aside. A ClientHello is one write; an alert takes less than 64 bytes,
# and the password alone with its header more.
written()
{
	strace -f -e trace=connect,write,writev,sendto,sendmsg -e signal=none \
	    -o "$tmp/trace" "$@" >"$tmp/traced" 2>&1 </dev/null || :
	awk '
	{ sub(/^[0-9]+ +/, "") }
	/^connect\(/ && /AF_INET/ { split($0, a, /[(,]/); net[a[2]] = 1 }
	/^(write|writev|sendto|sendmsg)\(/ {
		split($0, a, /[(,]/)
		if (a[2] in net && $NF > 0 && n[a[2]]++ > 0)
			sum += $NF
	}
	END {
		for (fd in n)
			writes += n[fd]
		print writes + 0, sum + 0
	}' "$tmp/trace"
}

# The twin first: to the device that is meant, a request is written.
sim_start
n200_conf_write n200.conf
# libtool's wrapper is no part of what is looked at.
tool=$builddir/ksk-sign
[ ! -x "$builddir/.libs/ksk-sign" ] || tool=$builddir/.libs/ksk-sign
LD_LIBRARY_PATH=$builddir/.libs${LD_LIBRARY_PATH+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
sums=$(written "$tool" n200 time)
[ "${sums#* }" -gt 200 ] || {
	cat "$tmp/traced" "$tmp/trace"
	die "a request of ${sums#* } bytes was not seen in strace's output"
}
sim_counted requests 1
sim_stop

# --- certificates ----------------------------------------------------------------

while read -r cert tls pattern; do
	sim_cert=$cert
	sim_start --tls "$tls"
	n200_conf_write n200.conf timeout_s=2
	refused 3 "$pattern" ksk-sign n200 list
	refused 3 "$pattern" ksk-sign n200 genkey new.example
	sums=$(written "$tool" n200 list)
	[ "${sums% *}" -ge 1 ] || die "$cert: nothing was written at all"
	[ "${sums#* }" -lt 64 ] || {
		cat "$tmp/trace"
		die "$cert: ${sums#* } bytes were written behind the ClientHello"
	}
	untouched
	sim_stop
done <<'END'
wrong-ca 1.2,1.3 seSAM-nserie-101: .*certificate is not .*sim/ca.pem
wrong-ca 1.2 seSAM-nserie-101: .*certificate is not .*sim/ca.pem
self 1.3 seSAM-nserie-101: .*certificate is not .*sim/ca.pem
wrong-name 1.2 seSAM-nserie-101: .*certificate is .*url
wrong-name 1.3 seSAM-nserie-101: .*certificate is .*url
expired 1.2 seSAM-nserie-101: .*certificate.*expired
expired 1.3 seSAM-nserie-101: .*certificate.*expired
END

# Too old a TLS.
sim_cert=server
sim_start --priority 'NORMAL:-VERS-ALL:+VERS-TLS1.1:%COMPAT'
n200_conf_write n200.conf timeout_s=2
refused 1 'seSAM-nserie-101: .*no TLS 1\.2 or later' ksk-sign n200 list
untouched
sim_stop

# --- what is right -----------------------------------------------------------------

for cert in server san self; do
	for tls in 1.2 1.3; do
		sim_cert=$cert
		sim_start --tls $tls
		ca=ca
		[ $cert != self ] || ca=self
		n200_conf_write n200.conf "tlscert=\"$sim_dir/$ca.pem\""
		want_status 0 ksk-sign n200 list
		sim_stop
	done
done

# The URL as the article has it, an address: the certificate is not its own.
sim_cert=server
sim_start
n200_conf_write n200.conf address= \
    "url=\"https://127.0.0.1:$sim_port/n200/web/postv1\""
refused 3 '127\.0\.0\.1: .*certificate is for seSAM-nserie-101; .*set url .* and address' ksk-sign n200 list
untouched

# --- what the environment says -------------------------------------------------------

# A proxy that would tell: there is none, so that who asks it fails.
n200_conf_write n200.conf
mkdir home
printf 'proxy = http://127.0.0.1:9/\n' >home/.curlrc
printf 'machine %s login nobody password nothing\n' "$sim_host" >home/.netrc
chmod 600 home/.netrc
want_status 0 env HOME="$PWD/home" CURL_HOME="$PWD/home" \
    https_proxy=http://127.0.0.1:9/ HTTPS_PROXY=http://127.0.0.1:9/ \
    ALL_PROXY=socks5://127.0.0.1:9/ all_proxy=http://127.0.0.1:9/ \
    SSL_CERT_FILE="$sim_dir/other-ca.pem" SSL_CERT_DIR=/nowhere \
    SSLKEYLOGFILE="$PWD/keys.log" ksk-sign n200 list
# libcurl opens that file; nothing goes into it.
[ ! -s keys.log ] || die "TLS secrets were logged"
sim_stop
# And no certificate is trusted for what the environment says.
sim_cert=wrong-ca
sim_start
n200_conf_write n200.conf
want_status 3 env SSL_CERT_FILE="$sim_dir/other-ca.pem" \
    CURL_CA_BUNDLE="$sim_dir/other-ca.pem" ksk-sign n200 list
untouched
sim_stop

# --- no device ------------------------------------------------------------------------

n200_conf_write n200.conf timeout_s=1 retries=0
refused 1 'seSAM-nserie-101: .*(refused|connect).*address in n200.conf' \
    ksk-sign n200 list
n200_conf_write n200.conf 'address="host.invalid"' timeout_s=1 retries=0
refused 1 'host\.invalid|seSAM-nserie-101: .*address' ksk-sign n200 list
# Who can write what we trust could stand in between.
cp "$sim_dir/ca.pem" open.pem
chmod 666 open.pem
n200_conf_write n200.conf 'tlscert="open.pem"'
refused 3 'open\.pem: group or others may write it' ksk-sign n200 list
for file in nowhere.pem "$tmp/sim/ca.key"; do
	n200_conf_write n200.conf "tlscert=\"$file\""
	refused 1 "$file" ksk-sign n200 list
done
