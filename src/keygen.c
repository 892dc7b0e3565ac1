/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keygen: a KSK on the left, a ZSK on the right; the letters are BIND's. */
#include <stdio.h>

#include <dnssecflow/keygen.h>

#include "keygen.h"

const struct cli_option keygen_options[] = {
    {'a', "algorithm", "ALG",
	"number or mnemonic (default: 13, ECDSAP256SHA256)"},
    {'b', "bits", "BITS", "size of an RSA key (default: 2048)"},
    {'K', "key-dir", "DIR", "write into DIR (default: .)"},
    {'L', "ttl", "SECONDS", "TTL to write into the .key file"},
    {'P', "publish", "TIME", "when it enters the zone (default: now)"},
    {'A', "activate", "TIME", "when it begins to sign (default: now)"},
    {'I', "inactive", "TIME", "when it ceases to sign (default: never)"},
    {'D', "delete", "TIME", "when it leaves the zone (default: never)"},
    {0, "encrypt", NULL, "keep the private key under a passphrase"},
    {0, "passphrase-fd", "N", "read the passphrase from descriptor N"},
    CLI_OPTION_NOW,
    CLI_OPTION_END,
};

static enum dflow_status
read_times(const struct cli *c, struct dflow_keygen *p, struct dflow_err *err)
{
	enum dflow_status st = cli_when(c, "publish", &p->publish, err);

	if (st == DFLOW_OK)
		st = cli_when(c, "activate", &p->activate, err);
	if (st == DFLOW_OK)
		st = cli_when(c, "inactive", &p->inactive, err);
	if (st == DFLOW_OK)
		st = cli_when(c, "delete", &p->remove, err);
	return st;
}

static enum dflow_status
keygen(const struct cli *c, bool ksk, struct dflow_err *err)
{
	struct dflow_keygen p = {
	    .zone = c->operands[0],
	    .algorithm = cli_text(c, "algorithm"),
	    .dir = cli_text(c, "key-dir"),
	    .ksk = ksk,
	    .encrypt = cli_has(c, "encrypt"),
	    .now = c->now,
	    .publish = DFLOW_KEYGEN_UNSET,
	    .activate = DFLOW_KEYGEN_UNSET,
	    .inactive = DFLOW_KEYGEN_UNSET,
	    .remove = DFLOW_KEYGEN_UNSET,
	};
	uint64_t bits = 0, fd = 0, ttl = 0;
	char base[DFLOW_KEYGEN_BASE];
	enum dflow_status st;

	st = cli_number(c, "bits", 1, 65536, &bits, err);
	if (st == DFLOW_OK)
		st = cli_number(c, "ttl", 0, INT32_MAX, &ttl, err);
	if (st == DFLOW_OK)
		st = cli_number(c, "passphrase-fd", 0, INT32_MAX, &fd, err);
	if (st == DFLOW_OK)
		st = read_times(c, &p, err);
	/* Else who gives a passphrase would get a key without one. */
	if (st == DFLOW_OK && cli_has(c, "passphrase-fd") && !p.encrypt)
		st = cli_error(err, DFLOW_USAGE,
		    "--passphrase-fd wants --encrypt beside it");
	if (st != DFLOW_OK)
		return st;
	p.bits = (unsigned)bits;
	p.ttl_s = (uint32_t)ttl;
	p.passphrase_fd = cli_has(c, "passphrase-fd") ? (int)fd : -1;
	st = dflow_keygen(&p, base, err);
	if (st == DFLOW_OK)
		puts(base);
	return st;
}

enum dflow_status
keygen_ksk(const struct cli *c, struct dflow_err *err)
{
	return keygen(c, true, err);
}

enum dflow_status
keygen_zsk(const struct cli *c, struct dflow_err *err)
{
	return keygen(c, false, err);
}
