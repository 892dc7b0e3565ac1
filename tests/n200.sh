# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by flow tests after flow.sh: the simulator of the N200
# (tests/n200sim/README), its certificates, and n200.conf files for it. All
# that is its own stands in $sim_dir.
#
#	sim_certs
#	sim_start [OPTION-OF-n200sim...]
#	n200_conf_write n200.conf 'connections=8'
#	sim_count requests_sign

sim_dir=$tmp/sim
sim_host=seSAM-nserie-101
# Secrets that are none.
sim_password=test-password-not-a-secret
sim_pin=12345678
sim_number=0
sim_pid=
sim_port=

# sim_key NAME: a P-256 key for TLS.
sim_key()
{
	openssl ecparam -name prime256v1 -genkey -noout -out "$sim_dir/$1.key"
}

# sim_request NAME CN: a key, and what a certificate is made of.
sim_request()
{
	sim_key "$1"
	openssl req -new -key "$sim_dir/$1.key" -subj "/CN=$2" \
	    -out "$sim_dir/$1.csr"
}

# sim_authority NAME: a certificate that signs others.
sim_authority()
{
	sim_key "$1"
	openssl req -new -x509 -key "$sim_dir/$1.key" -subj "/CN=Test CA $1" \
	    -days 30 -addext keyUsage=critical,keyCertSign,cRLSign \
	    -out "$sim_dir/$1.pem"
}

# sim_issue NAME AUTHORITY [SAN]: NAME.pem of NAME.csr.
sim_issue()
{
	{
		echo basicConstraints=critical,CA:FALSE
		echo extendedKeyUsage=serverAuth
		[ -z "${3-}" ] || echo "subjectAltName=$3"
	} >"$sim_dir/$1.ext"
	openssl x509 -req -in "$sim_dir/$1.csr" -CA "$sim_dir/$2.pem" \
	    -CAkey "$sim_dir/$2.key" -CAcreateserial -days 30 \
	    -extfile "$sim_dir/$1.ext" -out "$sim_dir/$1.pem"
}

# sim_expired NAME AUTHORITY: the same, for a day of the year 2022.
sim_expired()
{
	mkdir -p "$sim_dir/ca-db"
	: >"$sim_dir/ca-db/index"
	cat >"$sim_dir/ca-db/conf" <<END
[ca]
default_ca = it
[it]
database = $sim_dir/ca-db/index
new_certs_dir = $sim_dir/ca-db
rand_serial = yes
default_md = sha256
policy = any
email_in_dn = no
[any]
commonName = supplied
END
	openssl ca -batch -notext -config "$sim_dir/ca-db/conf" \
	    -in "$sim_dir/$1.csr" -cert "$sim_dir/$2.pem" \
	    -keyfile "$sim_dir/$2.key" -startdate 20221001000000Z \
	    -enddate 20221002000000Z -out "$sim_dir/$1.pem"
}

sim_certs_make()
{
	sim_authority ca
	sim_authority other-ca
	sim_request server "$sim_host"
	sim_issue server ca
	sim_request san "$sim_host"
	sim_issue san ca "DNS:$sim_host"
	sim_request wrong-name other.example
	sim_issue wrong-name ca DNS:other.example
	sim_request wrong-ca "$sim_host"
	sim_issue wrong-ca other-ca
	sim_request expired "$sim_host"
	sim_expired expired ca
	sim_key self
	openssl req -new -x509 -key "$sim_dir/self.key" \
	    -subj "/CN=$sim_host" -days 30 -out "$sim_dir/self.pem"
}

# Makes, as NAME.pem and NAME.key in $sim_dir: ca; of it server (with a CN
# alone, as the device's), san (with a SAN too), wrong-name (other.example's)
# and expired; other-ca, and of it wrong-ca; and self, which is self-signed.
sim_certs()
{
	want openssl
	mkdir -p "$sim_dir"
	sim_certs_make >"$sim_dir/openssl.log" 2>&1 || {
		cat "$sim_dir/openssl.log"
		die "no certificates"
	}
}

# sim_start [OPTION...]: sets sim_pid and sim_port. With server.pem's
# certificate unless sim_cert names another of sim_certs's.
sim_start()
{
	[ -n "${sim_cert-}" ] || sim_cert=server
	sim_number=$((sim_number + 1))
	sim_counts=$sim_dir/counts.$sim_number
	"$builddir/tests/n200sim/n200sim" --cert "$sim_dir/$sim_cert.pem" \
	    --key "$sim_dir/$sim_cert.key" --counters "$sim_counts" "$@" \
	    >"$sim_dir/port" 2>"$sim_dir/errors.$sim_number" </dev/null &
	sim_pid=$!
	pids="$pids $sim_pid"
	tries=200
	sim_port=
	while [ -z "$sim_port" ] && [ $tries -gt 0 ] &&
	    kill -0 "$sim_pid" 2>/dev/null; do
		sleep 0.05
		sim_port=$(sed -n 's/^port \([0-9]*\)$/\1/p' "$sim_dir/port")
		tries=$((tries - 1))
	done
	[ -n "$sim_port" ] || {
		cat "$sim_dir/errors.$sim_number"
		die "no simulator: n200sim $*"
	}
}

# Ends the last one that was started; its counters stay readable. Dies if it
# was told to reset itself to what it was when it came from the factory.
sim_stop()
{
	[ -n "$sim_pid" ] || return 0
	kill "$sim_pid" 2>/dev/null || :
	sim_status=0
	wait "$sim_pid" || sim_status=$?
	sim_pid=
	[ "$sim_status" -eq 0 ] || die "n200sim ended with $sim_status"
}

# The counters as they are now, "NAME VALUE" lines, in $sim_counts; those of
# its end if it has ended.
sim_counters()
{
	[ -n "$sim_pid" ] && kill -0 "$sim_pid" 2>/dev/null || return 0
	rm -f "$sim_counts"
	kill -USR1 "$sim_pid"
	tries=200
	while [ ! -e "$sim_counts" ] && [ $tries -gt 0 ]; do
		sleep 0.05
		tries=$((tries - 1))
	done
	[ -e "$sim_counts" ] || die "n200sim wrote no counters" >&2
}

# sim_count NAME: prints one.
sim_count()
{
	sim_counters
	awk -v name="$1" '$1 == name { print $2; found = 1 }
	    END { exit !found }' "$sim_counts" || die "no counter $1" >&2
}

# sim_counted NAME VALUE: dies unless it is that.
sim_counted()
{
	counted=$(sim_count "$1")
	[ "$counted" = "$2" ] || {
		cat "$sim_counts"
		die "$1 is $counted, not $2"
	}
}

# n200_conf_write FILE [KEY=JSON...]: an n200.conf for the last simulator that
# was started; KEY= leaves a key out, as in
#	n200_conf_write n200.conf core=2 pass= 'pass_file="pw"'
n200_conf_write()
{
	n200_file=$1
	shift
	rm -f "$n200_file"
	(
		umask 077
		{
			cat <<END
url="https://$sim_host/n200/web/postv1"
address="127.0.0.1:$sim_port"
tlscert="$sim_dir/ca.pem"
user="pkmaster"
pass="$sim_password"
core=1
keygen_pin="$sim_pin"
END
			for setting in "$@"; do
				printf '%s\n' "$setting" | tr '\n' ' '
				echo
			done
		} | awk '
		{
			key = $0
			sub(/=.*/, "", key)
			if (!(key in value))
				order[++n] = key
			value[key] = substr($0, length(key) + 2)
			sub(/ *$/, "", value[key])
		}
		END {
			printf "{"
			for (i = 1; i <= n; i++)
				if (value[order[i]] != "")
					printf "%s\n\"%s\": %s", comma++ ? "," : "", order[i], value[order[i]]
			printf "\n}\n"
		}' >"$n200_file"
	)
}
