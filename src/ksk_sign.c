/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ksk-sign sign: shows what it is about to sign, asks, signs, saves. Nothing
 * is written unless the officer says yes.
 */
#include <stdlib.h>
#include <string.h>

#include <dnssecflow/ceremony.h>
#include <dnssecflow/host.h>

#include "json.h"
#include "ksk.h"
#include "n200.h"
#include "page.h"
#include "page_ceremony.h"

const struct cli_option ksk_sign_options[] = {
    {'k', "key", "KEY",
	"sign with this KSK, by the base name of its files or as n200:NAME, "
	"where NAME is its nice name, key id, token label or id in the N200; "
	"may be given several times"},
    {'K', "key-dir", "DIR",
	"sign with the KSKs in DIR, those of each zone by their timing "
	"metadata"},
    {'i', "inception", "TIME",
	"plain requests: signatures are valid from TIME on; an hour ago "
	"unless given"},
    {'e', "expiration", "TIME",
	"and until TIME; in 90 days unless given. For a KSR that does not say "
	"it, the end of its last bundle"},
    {0, "ttl", "SECONDS",
	"TTL of the records of a plain request; 3600 unless given"},
    {'o', "output", "FILE",
	"write the response to FILE, not to standard output; one that is "
	"there is kept as FILE~, or as FILE~2 and so on. For many zones, the "
	"folder to be made"},
    {0, "validity", "SPAN",
	"KSRs: how long a bundle's signatures are valid; 14d unless given"},
    {0, "refresh", "SPAN",
	"how long before their end the next bundle begins; 5d unless given"},
    {0, "cds", NULL, "sign CDS and CDNSKEY records of the KSKs too"},
    {0, "cds-delete", NULL,
	"sign the CDS and CDNSKEY that ask the parent to remove the DS"},
    {0, "emergency", NULL,
	"make a second response, FILE.emergency, by the standby KSK"},
    {0, "format", "FORM", "of an SKR: bind, unless given, or knot"},
    {0, "allow", "CHECK",
	"sign although this check fails; may be given several times"},
    {0, "horizon", "SPAN", "how far ahead a KSR may reach; 400d unless given"},
    {0, "clock-skew", "SPAN",
	"how far the right's clock may be from this one; 1h unless given"},
    {0, "rsa-bits", "BITS", "the shortest RSA key of a KSR; 2048 unless given"},
    {0, "ledger", "FILE",
	"record what is signed in FILE, the ledger, which only grows; it is "
	"made if it is not there, and verified if it is. KSRs are recorded "
	"beside the KSK unless it is given"},
    {0, "sign-as", "KEY",
	"sign the response's container with KEY: a PEM file of certificate "
	"and private key, or pgp:USER"},
    {0, "trust", "FILE",
	"certificates or OpenPGP keys of those who may have made the requests"},
    {0, "require-container", NULL, "refuse a request without a container"},
    {'y', "yes", NULL, "do not ask"},
    {0, "passphrase-fd", "N",
	"read a key's passphrase from file descriptor N, not from the "
	"terminal"},
    N200_OPTION_CONF,
    CLI_OPTION_NOW,
    CLI_OPTION_JSON,
    CLI_OPTION_END,
};

static void
put_json(const struct dflow_ceremony_view *v, const char *output)
{
	struct json j;

	json_init(&j, stdout);
	json_object(&j, NULL);
	page_ceremony_json(&j, v);
	json_text(&j, "output", output);
	json_object_end(&j);
}

static enum dflow_status
read_words(
    const struct cli *c, struct dflow_ceremony_params *p, struct dflow_err *err)
{
	const char *form = cli_text(c, "format");

	if (form != NULL && strcmp(form, "bind") != 0 &&
	    strcmp(form, "knot") != 0)
		return cli_refuse(c, "format", "is bind or knot", err);
	if (cli_has(c, "cds") && cli_has(c, "cds-delete"))
		return cli_refuse(
		    c, "cds-delete", "and --cds exclude each other", err);
	p->knot = form != NULL && strcmp(form, "knot") == 0;
	p->cds = cli_has(c, "cds")          ? DFLOW_CDS_KSKS
		 : cli_has(c, "cds-delete") ? DFLOW_CDS_DELETE
					    : DFLOW_CDS_NONE;
	p->emergency = cli_has(c, "emergency");
	p->key_dir = cli_text(c, "key-dir");
	p->n200_conf = n200_conf(c);
	p->ledger = cli_text(c, "ledger");
	p->sign_as = cli_text(c, "sign-as");
	p->trust = cli_text(c, "trust");
	p->require_container = cli_has(c, "require-container");
	return DFLOW_OK;
}

/* To the library nothing is the default, which nobody means who says 0. */
static enum dflow_status
read_span(
    const struct cli *c, const char *name, int64_t *out, struct dflow_err *err)
{
	enum dflow_status st = cli_span(c, name, out, err);

	if (st != DFLOW_OK || !cli_has(c, name) || *out > 0)
		return st;
	return cli_error(
	    err, DFLOW_USAGE, "--%s 0: let it be a second or more", name);
}

static enum dflow_status
read_spans(
    const struct cli *c, struct dflow_ceremony_params *p, struct dflow_err *err)
{
	enum dflow_status st = read_span(c, "validity", &p->validity_s, err);

	if (st == DFLOW_OK)
		st = read_span(c, "refresh", &p->refresh_s, err);
	if (st == DFLOW_OK)
		st = read_span(c, "horizon", &p->horizon_s, err);
	if (st == DFLOW_OK)
		st = read_span(c, "clock-skew", &p->skew_s, err);
	return st;
}

static enum dflow_status
read_params(
    const struct cli *c, struct dflow_ceremony_params *p, struct dflow_err *err)
{
	uint64_t ttl = 0, bits = 0;
	uint64_t fd = UINT64_MAX;
	enum dflow_status st;

	p->now = c->now;
	p->inception = DFLOW_WHEN_UNSET;
	p->expiration = DFLOW_WHEN_UNSET;
	p->requests = c->operands;
	p->request_count = c->operand_count;
	st = read_words(c, p, err);
	if (st == DFLOW_OK)
		st = cli_when(c, "inception", &p->inception, err);
	if (st == DFLOW_OK)
		st = cli_when(c, "expiration", &p->expiration, err);
	if (st == DFLOW_OK)
		st = read_spans(c, p, err);
	if (st == DFLOW_OK)
		st = cli_number(c, "ttl", 1, INT32_MAX, &ttl, err);
	if (st == DFLOW_OK)
		st = cli_number(c, "rsa-bits", 512, 4096, &bits, err);
	if (st == DFLOW_OK)
		st = cli_number(c, "passphrase-fd", 0, 1023, &fd, err);
	p->ttl_s = (uint32_t)ttl;
	p->rsa_bits = (unsigned)bits;
	p->passphrase_fd = fd == UINT64_MAX ? -1 : (int)fd;
	return st;
}

static enum dflow_status
ask(const struct cli *c, const struct dflow_ceremony_view *v,
    struct dflow_err *err)
{
	char *question = NULL;
	enum dflow_status st;
	bool yes = false;

	if (cli_has(c, "yes"))
		return DFLOW_OK;
	st = page_make(page_question, v, &question, err);
	if (st == DFLOW_OK)
		st = dflow_confirm(question, &yes, err);
	free(question);
	if (st != DFLOW_OK)
		return st;
	if (!yes)
		return cli_error(err, DFLOW_REFUSED,
		    "the answer was not yes; nothing was signed or written");
	return DFLOW_OK;
}

/* Signs, and tells the ledger's new end even if saving fails afterwards. */
static enum dflow_status
sign(struct dflow_ceremony *ceremony, struct cli_progress *progress,
    struct dflow_err *err)
{
	const struct dflow_ceremony_view *v = dflow_ceremony_view(ceremony);
	enum dflow_status st = dflow_ceremony_sign(ceremony, err);

	cli_progress_end(progress);
	if (st == DFLOW_OK && v->ledger != NULL)
		st = page_say(page_ledger, v, err);
	return st;
}

/* Saves, and tells what was written, unless it went to standard output. */
static enum dflow_status
save(struct dflow_ceremony *ceremony, const char *output, struct dflow_err *err)
{
	enum dflow_status st = dflow_ceremony_save(ceremony, output, err);

	if (st != DFLOW_OK || strcmp(output, "-") == 0)
		return st;
	return page_say(page_responses, dflow_ceremony_view(ceremony), err);
}

/* Where all goes that is more than one file. */
static enum dflow_status
check_output(const struct cli *c, const char *output, struct dflow_err *err)
{
	static const char *const wants[] = {"json", "emergency", "sign-as"};

	for (size_t i = 0; i < sizeof(wants) / sizeof(*wants); i++)
		if (strcmp(output, "-") == 0 && cli_has(c, wants[i]))
			return cli_refuse(c, wants[i],
			    "and a response on standard output do not go "
			    "together; give --output FILE",
			    err);
	return DFLOW_OK;
}

static enum dflow_status
hold(const struct cli *c, struct dflow_ceremony_params *p, const char *output,
    struct dflow_err *err)
{
	struct dflow_ceremony *ceremony = NULL;
	struct cli_progress progress = {0};
	enum dflow_status st;

	p->progress = (struct dflow_progress){cli_tell, &progress};
	st = dflow_ceremony_open(p, &ceremony, err);

	if (st == DFLOW_OK)
		st = dflow_ceremony_try_path(ceremony, output, err);
	if (st == DFLOW_OK)
		st =
		    page_say(page_ceremony, dflow_ceremony_view(ceremony), err);
	if (st == DFLOW_OK)
		st = ask(c, dflow_ceremony_view(ceremony), err);
	if (st == DFLOW_OK)
		st = sign(ceremony, &progress, err);
	if (st == DFLOW_OK)
		st = save(ceremony, output, err);
	if (st == DFLOW_OK && c->json)
		put_json(dflow_ceremony_view(ceremony), output);
	dflow_ceremony_free(&ceremony);
	return st;
}

/* All arguments of an option that is given several times; to be freed. */
static const char **
all_of(const struct cli *c, const char *name, size_t *count)
{
	const char **all;

	*count = cli_count(c, name);
	all = calloc(*count + 1, sizeof(*all));
	for (size_t i = 0; all != NULL && i < *count; i++)
		all[i] = cli_nth(c, name, i);
	return all;
}

enum dflow_status
ksk_sign(const struct cli *c, struct dflow_err *err)
{
	const char *output = cli_has(c, "output") ? cli_text(c, "output") : "-";
	struct dflow_ceremony_params params = {0};
	const char **keys = NULL, **allow = NULL;
	enum dflow_status st = check_output(c, output, err);

	if (st != DFLOW_OK)
		return st;
	keys = all_of(c, "key", &params.key_count);
	allow = all_of(c, "allow", &params.allow_count);
	params.keys = keys;
	params.allow = allow;
	if (keys == NULL || allow == NULL)
		st = cli_error(err, DFLOW_FAILED, "out of memory");
	if (st == DFLOW_OK)
		st = read_params(c, &params, err);
	if (st == DFLOW_OK)
		st = hold(c, &params, output, err);
	free(keys);
	free(allow);
	return st;
}
