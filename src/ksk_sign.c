/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ksk-sign sign: shows what it is about to sign, asks, signs, saves. Nothing
 * is written unless the officer says yes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <dnssecflow/host.h>
#include <dnssecflow/ksk.h>

#include "json.h"
#include "ksk.h"
#include "n200.h"
#include "page.h"

const struct cli_option ksk_sign_options[] = {
    {'k', "key", "KEY",
	"sign with this KSK, by the base name of its files or as n200:NAME, "
	"where NAME is its nice name, key id, token label or id in the N200; "
	"may be given several times"},
    {'i', "inception", "TIME",
	"signatures are valid from TIME on; an hour "
	"ago unless given"},
    {'e', "expiration", "TIME", "and until TIME; in 90 days unless given"},
    {0, "ttl", "SECONDS", "TTL of the records; 3600 unless given"},
    {'o', "output", "FILE",
	"write KSK.data to FILE, not to standard "
	"output; a KSK.data that is there is kept as FILE~, "
	"or as FILE~2 and so on"},
    {0, "ledger", "FILE",
	"record what is signed in FILE, the ledger, which only grows; it is "
	"made if it is not there, and verified if it is"},
    {0, "cds", NULL, "sign CDS and CDNSKEY records of the KSKs too"},
    {'y', "yes", NULL, "do not ask"},
    {0, "passphrase-fd", "N",
	"read a key's passphrase from file "
	"descriptor N, not from the terminal"},
    N200_OPTION_CONF,
    CLI_OPTION_NOW,
    CLI_OPTION_JSON,
    CLI_OPTION_END,
};

/* Of the ledger as it is by now. */
static void
put_ledger(FILE *f, const void *ctx)
{
	const struct dflow_ceremony_view *v = ctx;

	fputs("\nThe ledger\n", f);
	page_field(f, 2, "file", v->ledger);
	if (v->ledger_count == 0) {
		page_field(f, 2, "entries", "none yet");
		return;
	}
	page_fieldf(f, 2, "entries", "%zu; the SHA-256 of the last one is",
	    v->ledger_count);
	page_field(f, 2, "", v->ledger_digest);
}

static void
put_page(FILE *f, const void *ctx)
{
	const struct dflow_ceremony_view *v = ctx;

	page_field(f, 0, "Zone", v->zone);
	fputs(
	    v->request_count == 1 ? "\nThe request\n" : "\nThe requests\n", f);
	for (size_t i = 0; i < v->request_count; i++)
		page_file(f, 2, &v->requests[i]);
	fputs("\nThe DNSKEY RRset\n", f);
	for (size_t i = 0; i < v->zsk_count; i++) {
		page_key(f, 2, &v->zsks[i]);
		page_fieldf(
		    f, 2, "from", "%s:%zu", v->zsks[i].file, v->zsks[i].line);
	}
	for (size_t i = 0; i < v->ksk_count; i++) {
		page_key(f, 2, &v->ksks[i]);
		page_field(f, 2, "from", v->ksks[i].file);
	}
	fputs(v->cds ? "\nTo be signed, with CDS and CDNSKEY of the KSKs,\n"
		     : "\nTo be signed\n",
	    f);
	for (size_t i = 0; i < v->ksk_count; i++)
		page_fieldf(f, 2, "by", "KSK %u", v->ksks[i].tag);
	page_when(f, 2, "from", v->inception, v->now, NULL);
	page_when(f, 2, "until", v->expiration, v->now, NULL);
	page_fieldf(f, 2, "TTL", "%u seconds", v->ttl_s);
	if (v->ledger != NULL)
		put_ledger(f, v);
	fputs("\nCompare the words, row by row, with what the other side reads "
	      "out to you. The\nSHA-256 of a key is the digest in its DS "
	      "record.\n\n",
	    f);
}

static void
put_keys_json(struct json *j, const char *name,
    const struct dflow_key_facts *keys, size_t count)
{
	json_array(j, name);
	for (size_t i = 0; i < count; i++) {
		json_object(j, NULL);
		page_key_json(j, &keys[i]);
		json_object_end(j);
	}
	json_array_end(j);
}

static void
put_json(const struct dflow_ceremony_view *v, const char *output)
{
	struct json j;

	json_init(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "zone", v->zone);
	json_array(&j, "requests");
	for (size_t i = 0; i < v->request_count; i++) {
		json_object(&j, NULL);
		json_text(&j, "file", v->requests[i].path);
		page_digest_json(&j, v->requests[i].sha256);
		json_object_end(&j);
	}
	json_array_end(&j);
	put_keys_json(&j, "ksks", v->ksks, v->ksk_count);
	put_keys_json(&j, "zsks", v->zsks, v->zsk_count);
	json_int(&j, "now", v->now);
	json_int(&j, "inception", v->inception);
	json_int(&j, "expiration", v->expiration);
	json_int(&j, "ttl", v->ttl_s);
	json_bool(&j, "cds", v->cds);
	json_text(&j, "output", output);
	page_digest_json(&j, v->sha256);
	if (v->ledger != NULL) {
		json_object(&j, "ledger");
		json_text(&j, "file", v->ledger);
		json_int(&j, "entries", (int64_t)v->ledger_count);
		json_text(&j, "sha256", v->ledger_digest);
		json_object_end(&j);
	}
	json_object_end(&j);
}

/* Saves KSK.data, and tells what it is, unless it went to standard output. */
static enum dflow_status
save(const struct dflow_ceremony *ceremony, const char *output,
    struct dflow_err *err)
{
	enum dflow_status st = dflow_ceremony_save(ceremony, output, err);

	if (st != DFLOW_OK || strcmp(output, "-") == 0)
		return st;
	return page_say_written(
	    output, dflow_ceremony_view(ceremony)->sha256, err);
}

static enum dflow_status
read_params(
    const struct cli *c, struct dflow_ceremony_params *p, struct dflow_err *err)
{
	uint64_t ttl = DFLOW_CEREMONY_TTL;
	uint64_t fd = UINT64_MAX;
	enum dflow_status st;

	p->now = c->now;
	p->inception = DFLOW_WHEN_UNSET;
	p->expiration = DFLOW_WHEN_UNSET;
	p->requests = c->operands;
	p->request_count = c->operand_count;
	p->cds = cli_has(c, "cds");
	p->n200_conf = n200_conf(c);
	p->ledger = cli_text(c, "ledger");
	st = cli_when(c, "inception", &p->inception, err);
	if (st == DFLOW_OK)
		st = cli_when(c, "expiration", &p->expiration, err);
	if (st == DFLOW_OK)
		st = cli_number(c, "ttl", 1, INT32_MAX, &ttl, err);
	if (st == DFLOW_OK)
		st = cli_number(c, "passphrase-fd", 0, 1023, &fd, err);
	p->ttl_s = (uint32_t)ttl;
	p->passphrase_fd = fd == UINT64_MAX ? -1 : (int)fd;
	return st;
}

/* Signs, and tells the ledger's new end even if saving fails afterwards. */
static enum dflow_status
sign(struct dflow_ceremony *ceremony, struct dflow_err *err)
{
	const struct dflow_ceremony_view *v = dflow_ceremony_view(ceremony);
	enum dflow_status st = dflow_ceremony_sign(ceremony, err);

	if (st == DFLOW_OK && v->ledger != NULL)
		st = page_say(put_ledger, v, err);
	return st;
}

static enum dflow_status
ask(const struct cli *c, struct dflow_err *err)
{
	enum dflow_status st;
	bool yes = false;

	if (cli_has(c, "yes"))
		return DFLOW_OK;
	st = dflow_confirm("Sign this? Type yes to sign: ", &yes, err);
	if (st != DFLOW_OK)
		return st;
	if (!yes)
		return cli_error(err, DFLOW_REFUSED,
		    "the answer was not yes; "
		    "nothing was signed or written");
	return DFLOW_OK;
}

enum dflow_status
ksk_sign(const struct cli *c, struct dflow_err *err)
{
	const char *output = cli_has(c, "output") ? cli_text(c, "output") : "-";
	struct dflow_ceremony_params params = {0};
	struct dflow_ceremony *ceremony = NULL;
	const char **keys = NULL;
	enum dflow_status st;

	if (c->json && strcmp(output, "-") == 0)
		return cli_error(err, DFLOW_USAGE,
		    "--json and KSK.data would "
		    "mix on standard output; give --output FILE");
	params.key_count = cli_count(c, "key");
	keys = calloc(params.key_count + 1, sizeof(*keys));
	if (keys == NULL)
		return cli_error(err, DFLOW_FAILED, "out of memory");
	for (size_t i = 0; i < params.key_count; i++)
		keys[i] = cli_nth(c, "key", i);
	params.keys = keys;
	st = read_params(c, &params, err);
	if (st == DFLOW_OK)
		st = dflow_ceremony_open(&params, &ceremony, err);
	if (st == DFLOW_OK)
		st = page_say(put_page, dflow_ceremony_view(ceremony), err);
	if (st == DFLOW_OK)
		st = ask(c, err);
	if (st == DFLOW_OK)
		st = sign(ceremony, err);
	if (st == DFLOW_OK)
		st = save(ceremony, output, err);
	if (st == DFLOW_OK && c->json)
		put_json(dflow_ceremony_view(ceremony), output);
	dflow_ceremony_free(&ceremony);
	free(keys);
	return st;
}
