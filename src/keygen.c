/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keygen: a KSK on the left, a ZSK on the right, in files or in an N200; the
 * letters are BIND's.
 */
#include <stdio.h>

#include <dnssecflow/keygen.h>

#include "keygen.h"
#include "n200.h"

/* Rows of every key that is made. */
#define OPTION_DIR                                                   \
	{                                                            \
		'K', "key-dir", "DIR", "write into DIR (default: .)" \
	}
#define OPTIONS_TIMES                                               \
	{'L', "ttl", "SECONDS", "TTL to write into the .key file"}, \
	    {'P', "publish", "TIME",                                \
		"when it enters the zone (default: now)"},          \
	    {'A', "activate", "TIME",                               \
		"when it begins to sign (default: now)"},           \
	    {'I', "inactive", "TIME",                               \
		"when it ceases to sign (default: never)"},         \
	{                                                           \
		'D', "delete", "TIME",                              \
		    "when it leaves the zone (default: never)"      \
	}

const struct cli_option keygen_options[] = {
    {'a', "algorithm", "ALG",
	"number or mnemonic (default: 13, ECDSAP256SHA256)"},
    {'b', "bits", "BITS", "size of an RSA key (default: 2048)"},
    OPTION_DIR,
    OPTIONS_TIMES,
    {0, "encrypt", NULL, "keep the private key under a passphrase"},
    {0, "passphrase-fd", "N", "read the passphrase from descriptor N"},
    {0, "n200", NULL, "make it in an N200, which keeps the private key"},
    {0, "n200-name", "NICE", "its nice name there (default: ZONE)"},
    {0, "n200-existing", NULL,
	"make none: write the files of the key that is there by that name"},
    N200_OPTION_CONF,
    CLI_OPTION_NOW,
    CLI_OPTION_END,
};

const struct cli_option keygen_n200_options[] = {
    {'a', "algorithm", "ALG",
	"13, ECDSAP256SHA256 (the default), or 14, ECDSAP384SHA384"},
    OPTION_DIR,
    {0, "name", "NICE", "its nice name there (default: ZONE)"},
    {0, "existing", NULL,
	"make no key: write the files of the one that is there by that name"},
    OPTIONS_TIMES,
    N200_OPTION_CONF,
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

/* What is the same wherever the key is made. */
static enum dflow_status
read_params(const struct cli *c, struct dflow_keygen *p, struct dflow_err *err)
{
	uint64_t ttl = 0;
	enum dflow_status st;

	p->zone = c->operands[0];
	p->algorithm = cli_text(c, "algorithm");
	p->dir = cli_text(c, "key-dir");
	p->passphrase_fd = -1;
	p->now = c->now;
	p->publish = DFLOW_KEYGEN_UNSET;
	p->activate = DFLOW_KEYGEN_UNSET;
	p->inactive = DFLOW_KEYGEN_UNSET;
	p->remove = DFLOW_KEYGEN_UNSET;
	st = cli_number(c, "ttl", 0, INT32_MAX, &ttl, err);
	p->ttl_s = (uint32_t)ttl;
	if (st == DFLOW_OK)
		st = read_times(c, p, err);
	return st;
}

static enum dflow_status
make(const struct dflow_keygen *p, struct dflow_err *err)
{
	char base[DFLOW_KEYGEN_BASE];
	enum dflow_status st = dflow_keygen(p, base, err);

	if (st == DFLOW_OK)
		puts(base);
	return st;
}

static enum dflow_status
make_in_device(
    const struct cli *c, struct dflow_keygen *p, struct dflow_err *err)
{
	enum dflow_status st = n200_open(c, &p->n200, err);

	if (st == DFLOW_OK)
		st = make(p, err);
	dflow_n200_free(&p->n200);
	return st;
}

/* Options of the one place that make no sense in the other. */
static enum dflow_status
check_place(const struct cli *c, struct dflow_err *err)
{
	static const char *const ours[] = {"bits", "encrypt", "passphrase-fd"};

	static const char *const devices[] = {
	    "n200-name", "n200-existing", "n200-conf"};

	/* Else who means the device would get a key in a file. */
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (!cli_has(c, "n200") && cli_has(c, devices[i]))
			return cli_refuse(
			    c, devices[i], "wants --n200 beside it", err);
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		if (cli_has(c, "n200") && cli_has(c, ours[i]))
			return cli_refuse(c, ours[i],
			    "has no meaning for a key in an N200; leave it "
			    "out, or --n200",
			    err);
	}
	/* Else who gives a passphrase would get a key without one. */
	if (cli_has(c, "passphrase-fd") && !cli_has(c, "encrypt"))
		return cli_error(err, DFLOW_USAGE,
		    "--passphrase-fd wants --encrypt beside it");
	return DFLOW_OK;
}

static enum dflow_status
keygen(const struct cli *c, bool ksk, struct dflow_err *err)
{
	struct dflow_keygen p = {.ksk = ksk};
	uint64_t bits = 0, fd = 0;
	enum dflow_status st;

	st = cli_number(c, "bits", 1, 65536, &bits, err);
	if (st == DFLOW_OK)
		st = cli_number(c, "passphrase-fd", 0, INT32_MAX, &fd, err);
	if (st == DFLOW_OK)
		st = read_params(c, &p, err);
	if (st == DFLOW_OK)
		st = check_place(c, err);
	if (st != DFLOW_OK)
		return st;
	if (cli_has(c, "n200")) {
		p.n200_name = cli_text(c, "n200-name");
		p.n200_existing = cli_has(c, "n200-existing");
		return make_in_device(c, &p, err);
	}
	p.bits = (unsigned)bits;
	p.encrypt = cli_has(c, "encrypt");
	if (cli_has(c, "passphrase-fd"))
		p.passphrase_fd = (int)fd;
	return make(&p, err);
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

enum dflow_status
keygen_n200(const struct cli *c, struct dflow_err *err)
{
	struct dflow_keygen p = {
	    .ksk = true,
	    .n200_name = cli_text(c, "name"),
	    .n200_existing = cli_has(c, "existing"),
	};
	enum dflow_status st = read_params(c, &p, err);

	if (st == DFLOW_OK)
		st = make_in_device(c, &p, err);
	return st;
}
