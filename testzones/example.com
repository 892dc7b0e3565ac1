; Small and plain: relative names, $TTL, units of time.
$TTL 3600
@	SOA	ns hostmaster 1 3H 1H 1W 1H
	NS	ns
ns	A	192.0.2.1
	AAAA	2001:db8::1
@	MX	10 mail
	TXT	"v=spf1 mx -all"
mail	A	192.0.2.25
www	A	192.0.2.80
	AAAA	2001:db8::80
ftp	CNAME	www
