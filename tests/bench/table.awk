# SPDX-License-Identifier: GPL-3.0-or-later
# Rows of ratios from figures.csv. A ratio is made of two figures of the same
# round, and what is shown is the median of the rounds' ratios.
BEGIN {
	FS = ","
	algorithm[8] = "RSA-2048"
	algorithm[13] = "P-256"
	algorithm[14] = "P-384"
	algorithm[15] = "Ed25519"
}
$1 == "round" {
	next
}
{
	id = $2 FS $3 FS $4 FS $5 FS $6 FS $7 FS $8
	sum[id, $1] += $9
	count[id, $1]++
	if ($1 > rounds)
		rounds = $1
}
# One figure of each round: v[1] to v[rounds], where there is one.
function series(id, v,    r) {
	split("", v)
	for (r = 1; r <= rounds; r++)
		if ((id, r) in sum)
			v[r] = sum[id, r] / count[id, r]
}
function divide(v, by,    r) {
	for (r = 1; r <= rounds; r++)
		if (r in v && r in by && by[r] > 0)
			v[r] /= by[r]
		else
			delete v[r]
}
function add(v, w,    r) {
	for (r = 1; r <= rounds; r++)
		if (r in v && r in w)
			v[r] += w[r]
		else
			delete v[r]
}
# Sets sorted[1] to sorted[n] and returns n.
function sort(v,    r, i, n) {
	split("", sorted)
	n = 0
	for (r = 1; r <= rounds; r++) {
		if (!(r in v))
			continue
		for (i = n++; i > 0 && sorted[i] > v[r]; i--)
			sorted[i + 1] = sorted[i]
		sorted[i + 1] = v[r]
	}
	return n
}
function median(v,    n) {
	n = sort(v)
	if (n == 0)
		return ""
	if (n % 2)
		return sorted[(n + 1) / 2]
	return (sorted[n / 2] + sorted[n / 2 + 1]) / 2
}
function grouped(n,    s) {
	for (s = ""; n >= 1000; n = int(n / 1000))
		s = sprintf(",%03d", n % 1000) s
	return int(n) s
}
function head(text) {
	printf "\n%s\n", text
	printf "   %-38s%9s%8s%8s%8s%9s%8s\n", "", "seconds", "ratio", \
	    "least", "most", "peak MB", "goal"
}
# One line: ratios v, goals (0: none) that hold for the issue's sizes only.
function line(name, wall, v, mb, goal, goal_mb,    n, s, mark) {
	n = sort(v)
	if (n == 0) {
		printf "   %-38s%9s\n", name, "-"
		return
	}
	s = sorted[1] SUBSEP sorted[n]
	split(s, ends, SUBSEP)
	ratio = median(v)
	printf "   %-38s%9.3f%8.3f%8.3f%8.3f%9s", name, wall, ratio, \
	    ends[1], ends[2], mb == "" ? "" : sprintf("%.1f", mb)
	if (goal)
		printf "%8.2f", goal
	if (goal_mb)
		printf " %d MB", goal_mb
	mark = ""
	if (goal && ratio > goal || goal_mb && mb > goal_mb)
		mark = real ? "  MISSED" : "  (other sizes)"
	print mark
}
# Median MB (10^6 bytes) that a command held at its peak.
function peak(id,    v) {
	series(id FS "peak_kib", v)
	return median(v) * 1024 / 1e6
}
# What bare signatures (or verifications) cost: count / openssl's rate.
function bare(where, program, rate, v,    r, made) {
	made = sum[where FS "sign" FS program FS "signatures", 1]
	series(where FS "speed" FS "openssl" FS rate, v)
	for (r in v)
		v[r] = v[r] > 0 ? made / v[r] : 0
}
# Load to write, each program against the bare signatures.
function signing(where, goal, goal_mb,    i, p, id, v, by, wall, limit) {
	for (i = 1; i <= signers; i++) {
		p = signer[i]
		id = where FS "sign" FS p
		if (!tried(id, p))
			continue
		series(id FS "signed_s", v)
		wall = median(v)
		bare(where, p, "sign_per_s", by)
		divide(v, by)
		line(p, wall, v, peak(id), p == "zsk-sign" ? goal : 0, \
		    p == "zsk-sign" ? goal_mb : 0)
	}
}
# Whether there is a figure; says so when there is one no longer.
function tried(id, name,    r) {
	for (r = 1; r <= rounds; r++) {
		if ((id FS "failed", r) in sum)
			printf "   %-38s%9s\n", name, "failed"
		else if ((id FS "stopped", r) in sum)
			printf "   %-38s%9s after %d s\n", name, "stopped", \
			    sum[id FS "stopped", r]
		else
			continue
		return 0
	}
	return (id FS "wall_s", 1) in sum
}
# "N signatures, which bare would take S s"
function facts(where,    v) {
	bare(where, "zsk-sign", "sign_per_s", v)
	return grouped(sum[where FS "sign" FS "zsk-sign" FS "signatures", 1]) \
	    " signatures, the bare ones in " sprintf("%.2f", median(v)) " s"
}
# The share of each phase in load to write; verify's beside them.
function phases(id,    n, i, name, v, all) {
	series(id FS "signed_s", all)
	if (!((id FS "load_s", 1) in sum))
		return
	n = split("load order previous chain sign write verify", name, " ")
	printf "   zsk-sign, %% of load to write:"
	for (i = 1; i <= n; i++) {
		series(id FS name[i] "_s", v)
		divide(v, all)
		if (median(v) != "")
			printf " %s %.1f", name[i], median(v) * 100
	}
	print ""
}
function verifying(where, goal,    i, p, id, v, by, wall) {
	bare(where, "zsk-sign", "verify_per_s", by)
	for (i = 1; i <= verifiers; i++) {
		p = verifier[i]
		id = where FS "verify" FS p
		if (!tried(id, p))
			continue
		series(id FS "wall_s", v)
		wall = median(v)
		divide(v, by)
		line(p, wall, v, peak(id), p == "zsk-sign" ? goal : 0, 0)
	}
}
# The command a over the command b (and c, if there is one).
function against(name, a, b, c, goal,    v, by, more, wall) {
	series(a, v)
	wall = median(v)
	series(b, by)
	if (c != "") {
		series(c, more)
		add(by, more)
	}
	divide(v, by)
	line(name, wall, v, "", goal, 0)
}
# Bytes that a delegation more takes, from the two largest zones.
function growth(name,    id, more) {
	id = T FS "sign" FS name
	if (big == half || !((id FS "peak_kib", 1) in sum))
		return
	more = peak(id) - peak(S FS "sign" FS name)
	printf "   %-38s%9d bytes\n", name ", memory a delegation", \
	    more * 1e6 / (big - half)
}
function speeds(where, name,    s, v) {
	series(where FS "speed" FS "openssl" FS "sign_per_s", s)
	series(where FS "speed" FS "openssl" FS "verify_per_s", v)
	if (median(s) != "")
		printf "   %-12s%12s signatures/s%12s verifications/s\n", \
		    name, grouped(median(s)), grouped(median(v))
}
END {
	signers = split("zsk-sign kzonesign dnssec-signzone ldns-signzone", \
	    signer, " ")
	verifiers = split("zsk-sign kzonecheck dnssec-verify " \
	    "ldns-verify-zone", verifier, " ")
	H = "hosts" FS hosts FS "nsec" FS 13
	T = "tld" FS big FS "nsec" FS 13
	O = "tld" FS big FS "optout" FS 13
	S = "tld" FS half FS "nsec" FS 13
	Z = FS "sign" FS "zsk-sign"
	printf "\nrounds %d; medians; least and most are of the ratio\n", \
	    rounds
	printf "openssl speed -multi %d\n", cores
	speeds(H, "P-256")
	for (a = 15; a >= 8; a--)
		if (a in algorithm && a != 13)
			speeds("hosts" FS small FS "nsec" FS a, algorithm[a])

	real = hosts == 100000
	head("1. Load to write / bare signatures: hosts " grouped(hosts) \
	    ", NSEC, P-256\n   " facts(H))
	signing(H, 1.20, 0)
	phases(H Z)
	head("2. Verify / bare verifications: the same zone")
	verifying(H, 0.45)
	head("3. Sign and verify: the same zone")
	against("zsk-sign / (kzonesign + kzonecheck)", H Z FS "wall_s", \
	    H FS "sign" FS "kzonesign" FS "wall_s", \
	    H FS "verify" FS "kzonecheck" FS "wall_s", 0.36)

	real = big == 1000000
	head("4. Load to write / bare signatures: tld " grouped(big) \
	    ", NSEC, P-256\n   " facts(T))
	signing(T, 1.25, 700)
	phases(T Z)
	head("   The same, NSEC3 with opt-out\n   " facts(O))
	signing(O, 1.60, 500)
	phases(O Z)

	real = real && half == 100000
	head("5. Growth: tld " grouped(big) " / tld " grouped(half))
	against("zsk-sign, load to write", T Z FS "signed_s", \
	    S Z FS "signed_s", "", 10.5)
	against("zsk-sign, whole command", T Z FS "wall_s", \
	    S Z FS "wall_s", "", 10.5)

	for (i = 1; i <= signers; i++)
		growth(signer[i])

	real = hosts == 100000
	head("6. Signing again / a full run, whole commands: hosts " \
	    grouped(hosts))
	against("1 % changed", H FS "changed" FS "zsk-sign" FS "wall_s", \
	    H Z FS "wall_s", "", 0.25)
	against("nothing due", H FS "again" FS "zsk-sign" FS "wall_s", \
	    H Z FS "wall_s", "", 0.12)
	series(H FS "changed" FS "zsk-sign" FS "made", v)
	made = median(v)
	series(H Z FS "made", v)
	if (made != "")
		printf "   signatures made: %s of %s\n", grouped(made), \
		    grouped(median(v))
	phases(H FS "changed" FS "zsk-sign")
	series(H FS "again" FS "zsk-sign" FS "untouched", v)
	printf "   the file, when nothing is due: %s\n", \
	    median(v) == 1 ? "untouched" : "rewritten" \
	    (real ? "  MISSED" : "")

	real = small == 10000
	for (a = 15; a >= 8; a--) {
		if (!(a in algorithm) || a == 13)
			continue
		W = "hosts" FS small FS "nsec" FS a
		head("7. Load to write / bare signatures: hosts " \
		    grouped(small) ", NSEC, " algorithm[a] "\n   " facts(W))
		signing(W, 1.15, 0)
	}
}
