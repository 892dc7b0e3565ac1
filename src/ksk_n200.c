/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ksk-sign n200: what is in an N200, its clock and its random bytes; keys that
 * come into it. n200 genkey is keygen.c's.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <dnssecflow/keygen.h>
#include <dnssecflow/n200.h>
#include <dnssecflow/when.h>

#include "digits.h"
#include "json.h"
#include "ksk.h"
#include "n200.h"
#include "page.h"

enum { CLOCKS_APART_S = 300, PUBLIC_HEX = 2 * 96 + 1 };

const struct cli_option n200_list_options[] = {
    N200_OPTION_CONF,
    CLI_OPTION_JSON,
    CLI_OPTION_END,
};

const struct cli_option n200_import_options[] = {
    {'K', "key-dir", "DIR", "write into DIR (default: .)"},
    {0, "name", "NICE", "its nice name there (default: the zone's name)"},
    {0, "passphrase-fd", "N", "read the passphrase from descriptor N"},
    N200_OPTION_CONF,
    CLI_OPTION_END,
};

const struct cli_option n200_random_options[] = {
    N200_OPTION_CONF,
    CLI_OPTION_END,
};

const struct cli_option n200_time_options[] = {
    N200_OPTION_CONF,
    CLI_OPTION_NOW,
    CLI_OPTION_JSON,
    CLI_OPTION_END,
};

const struct cli_option n200_probe_options[] = {
    {'k', "key", "NAME", "the key that is to sign a few test texts"},
    N200_OPTION_CONF,
    CLI_OPTION_END,
};

/* As the device writes it: upper case. */
static void
put_hex(FILE *f, const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fprintf(f, "%02X", bytes[i]);
}

static void
put_fact(const char *label, const char *text)
{
	page_field(stdout, 2, label, text[0] != '\0' ? text : "not told");
}

static void
put_key(const struct dflow_n200_key *k)
{
	page_field(
	    stdout, 0, "Name", k->nice_name[0] != '\0' ? k->nice_name : "none");
	put_fact("key id", k->key_id);
	put_fact("token", k->token_name);
	put_fact("CKA id", k->id);
	if (k->key_len == 0)
		put_fact("kind", k->key_type);
	else
		page_fieldf(stdout, 2, "kind", "%s, %u bits",
		    k->key_type[0] != '\0' ? k->key_type : "not told",
		    k->key_len);
	put_fact("owner", k->key_owner);
	put_fact("ACL", k->key_acl);
	put_fact("created", k->created);
	put_fact("used", k->last_used);
}

/* null for what was not told. */
static void
put_fact_json(struct json *j, const char *name, const char *text)
{
	json_text(j, name, text[0] != '\0' ? text : NULL);
}

static void
put_key_json(struct json *j, const struct dflow_n200_key *k)
{
	char hex[PUBLIC_HEX] = "";

	for (size_t i = 0; i < k->public_len; i++)
		(void)snprintf(hex + 2 * i, 3, "%02X", k->public_key[i]);
	json_object(j, NULL);
	put_fact_json(j, "nice_name", k->nice_name);
	put_fact_json(j, "key_id", k->key_id);
	put_fact_json(j, "token_name", k->token_name);
	put_fact_json(j, "id", k->id);
	put_fact_json(j, "key_type", k->key_type);
	if (k->key_len != 0)
		json_int(j, "key_len", k->key_len);
	else
		json_text(j, "key_len", NULL);
	put_fact_json(j, "key_owner", k->key_owner);
	put_fact_json(j, "key_acl", k->key_acl);
	put_fact_json(j, "created", k->created);
	put_fact_json(j, "last_used", k->last_used);
	put_fact_json(j, "public_key", hex);
	json_object_end(j);
}

static void
put_keys(const struct cli *c, const struct dflow_n200_key *keys, size_t count)
{
	struct json j;

	for (size_t i = 0; !c->json && i < count; i++) {
		if (i > 0)
			putchar('\n');
		put_key(&keys[i]);
	}
	if (!c->json)
		return;
	json_init(&j, stdout);
	json_object(&j, NULL);
	json_array(&j, "keys");
	for (size_t i = 0; i < count; i++)
		put_key_json(&j, &keys[i]);
	json_array_end(&j);
	json_object_end(&j);
}

enum dflow_status
n200_list(const struct cli *c, struct dflow_err *err)
{
	const struct dflow_n200_key *keys = NULL;
	struct dflow_n200 *n = NULL;
	size_t count = 0;
	enum dflow_status st = n200_open(c, &n, err);

	if (st == DFLOW_OK)
		st = dflow_n200_list(n, &keys, &count, err);
	if (st == DFLOW_OK) {
		put_keys(c, keys, count);
		if (count == 0 && !c->json)
			puts("There is no EC key that this user may see.");
	}
	dflow_n200_free(&n);
	return st;
}

enum dflow_status
n200_attributes(const struct cli *c, struct dflow_err *err)
{
	struct dflow_n200_key *keys = NULL;
	struct dflow_n200 *n = NULL;
	size_t count = 0;
	enum dflow_status st = n200_open(c, &n, err);

	if (st == DFLOW_OK)
		st = dflow_n200_attributes(
		    n, c->operands[0], &keys, &count, err);
	if (st == DFLOW_OK)
		put_keys(c, keys, count);
	free(keys);
	dflow_n200_free(&n);
	return st;
}

enum dflow_status
n200_import(const struct cli *c, struct dflow_err *err)
{
	struct dflow_keyput p = {
	    .key = c->operands[0],
	    .dir = cli_text(c, "key-dir"),
	    .passphrase_fd = -1,
	    .n200_name = cli_text(c, "name"),
	};
	char base[DFLOW_KEYGEN_BASE];
	uint64_t fd = 0;
	enum dflow_status st;

	st = cli_number(c, "passphrase-fd", 0, INT32_MAX, &fd, err);
	if (st == DFLOW_OK)
		st = n200_open(c, &p.n200, err);
	if (st == DFLOW_OK) {
		if (cli_has(c, "passphrase-fd"))
			p.passphrase_fd = (int)fd;
		st = dflow_keyput(&p, base, err);
	}
	if (st == DFLOW_OK)
		puts(base);
	dflow_n200_free(&p.n200);
	return st;
}

enum dflow_status
n200_random(const struct cli *c, struct dflow_err *err)
{
	uint8_t bytes[DFLOW_N200_RANDOM_MAX];
	struct dflow_n200 *n = NULL;
	uint64_t count = 0;
	enum dflow_status st;

	if (!cli_number_parse(c->operands[0], 1, DFLOW_N200_RANDOM_MAX, &count))
		return cli_error(err, DFLOW_USAGE,
		    "N is a number of bytes, 1 to %d, not '%.40s'",
		    DFLOW_N200_RANDOM_MAX, c->operands[0]);
	st = n200_open(c, &n, err);
	if (st == DFLOW_OK)
		st = dflow_n200_random(n, bytes, (size_t)count, err);
	if (st == DFLOW_OK) {
		put_hex(stdout, bytes, (size_t)count);
		putchar('\n');
	}
	dflow_n200_free(&n);
	return st;
}

/* How far the device's clock is ahead of ours; what no clock shows is far. */
static int64_t
ahead_s(int64_t device, int64_t ours)
{
	int64_t s;

	if (__builtin_sub_overflow(device, ours, &s) || s == INT64_MIN)
		return device > ours ? INT64_MAX : -INT64_MAX;
	return s;
}

static void
put_clocks(int64_t device, int64_t ours)
{
	int64_t s = ahead_s(device, ours);
	char date[DFLOW_WHEN_LONG], digits[DIGITS_TEXT];

	dflow_when_long(device, date);
	page_field(stdout, 0, "Device", date);
	dflow_when_long(ours, date);
	page_field(stdout, 0, "Ours", date);
	if (s == 0)
		page_field(stdout, 0, "Apart", "no second");
	else
		page_fieldf(stdout, 0, "Apart", "%s second%s: the device is %s",
		    digits_group((uint64_t)imaxabs(s), digits),
		    imaxabs(s) == 1 ? "" : "s", s > 0 ? "ahead" : "behind");
}

static void
put_clocks_json(int64_t device, int64_t ours)
{
	struct json j;

	json_init(&j, stdout);
	json_object(&j, NULL);
	json_int(&j, "device", device);
	json_int(&j, "ours", ours);
	json_int(&j, "ahead", ahead_s(device, ours));
	json_object_end(&j);
}

enum dflow_status
n200_time(const struct cli *c, struct dflow_err *err)
{
	struct dflow_n200 *n = NULL;
	int64_t device = 0, ours = c->now;
	enum dflow_status st = n200_open(c, &n, err);

	if (st == DFLOW_OK)
		st = dflow_n200_time(n, &device, err);
	dflow_n200_free(&n);
	if (st != DFLOW_OK)
		return st;
	/* A password may have been typed since the start. */
	if (!cli_has(c, "now"))
		ours = dflow_when_now();
	if (c->json)
		put_clocks_json(device, ours);
	else
		put_clocks(device, ours);
	(void)fflush(stdout);
	if (imaxabs(ahead_s(device, ours)) <= CLOCKS_APART_S)
		return DFLOW_OK;
	return cli_error(err, DFLOW_REFUSED,
	    "the two clocks are more than %d seconds apart; compare both with "
	    "a watch and set the one that is wrong before anything is signed",
	    CLOCKS_APART_S);
}

static void
tell(void *ctx, const char *phase, size_t done, size_t total)
{
	cli_progress(ctx, phase, done, total);
}

enum dflow_status
n200_probe(const struct cli *c, struct dflow_err *err)
{
	struct cli_progress shown = {0};
	struct dflow_progress progress = {tell, &shown};
	char object[DFLOW_N200_SIGN];
	struct dflow_n200 *n = NULL;
	enum dflow_status st;

	if (!cli_has(c, "key"))
		return cli_error(err, DFLOW_USAGE,
		    "which key is to sign? Give its name by --key NAME");
	st = n200_open(c, &n, err);
	if (st == DFLOW_OK) {
		st = dflow_n200_probe(
		    n, cli_text(c, "key"), &progress, object, err);
		cli_progress_end(&shown);
	}
	if (st == DFLOW_OK) {
		cli_warn(c, "put this into n200.conf as \"sign\"");
		fputs(object, stdout);
	}
	dflow_n200_free(&n);
	return st;
}
