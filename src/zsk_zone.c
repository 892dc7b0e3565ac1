/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zsk-sign sign and splice: zones that come into being. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dnssecflow/when.h>
#include <dnssecflow/zone.h>

#include "json.h"
#include "n200.h"
#include "zsk-sign.h"

enum { EXPIRATION_DAYS = 30 };

/* -f, or the zone file's name with .final behind; free it. */
static enum dflow_status
out_name(const struct cli *c, char **out, struct dflow_err *err)
{
	const char *f = cli_text(c, "output");
	const char *zone = c->operands[0];
	size_t size = strlen(f != NULL ? f : zone) + sizeof(".final");

	if (f == NULL && strcmp(zone, "-") == 0)
		return cli_error(
		    err, DFLOW_USAGE, "a zone from standard input needs -f");
	if (c->json && f != NULL && strcmp(f, "-") == 0)
		return cli_error(err, DFLOW_USAGE,
		    "--json and -f - would both write to standard output");
	*out = malloc(size);
	if (*out == NULL)
		return cli_error(err, DFLOW_FAILED, "out of memory");
	(void)snprintf(*out, size, "%s%s", f != NULL ? f : zone,
	    f != NULL ? "" : ".final");
	return DFLOW_OK;
}

static void
report_json(
    const struct cli *c, const char *out, const struct dflow_published *d)
{
	struct json j;

	json_init(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "zone", d->zone);
	json_text(&j, "file", out);
	json_bool(&j, "written", d->written);
	json_int(&j, "serial", d->serial);
	json_int(&j, "records", (int64_t)d->rrs);
	json_int(&j, "signatures_made", (int64_t)d->signatures_made);
	json_int(&j, "signatures_kept", (int64_t)d->signatures_kept);
	json_int(&j, "signatures_checked", (int64_t)d->signatures_checked);
	json_int(&j, "first_expiration", d->first_expiration);
	if (d->ksk_expiration != 0)
		json_int(&j, "ksk_expiration", d->ksk_expiration);
	if (d->bundle != 0) {
		json_int(&j, "bundle", (int64_t)d->bundle);
		json_int(&j, "bundles", (int64_t)d->bundle_count);
		json_int(&j, "bundle_until", d->bundle_until);
	}
	if (d->warning[0] != '\0')
		json_text(&j, "warning", d->warning);
	if (d->note[0] != '\0')
		json_text(&j, "note", d->note);
	zsk_figures(c, &j, &d->stats);
	json_object_end(&j);
}

static void
report(const struct cli *c, const char *out, const struct dflow_published *d)
{
	if (d->warning[0] != '\0')
		cli_warn(c, d->warning);
	if (d->note[0] != '\0')
		cli_warn(c, d->note);
	if (c->json) {
		report_json(c, out, d);
		return;
	}
	zsk_figures(c, NULL, &d->stats);
	if (!d->written && cli_has(c, "stats"))
		cli_say("nothing was due\n");
}

const struct cli_option zsk_sign_options[] = {
    {'o', "origin", "ORIGIN",
	"the zone's name (default: the file's name, else its SOA's owner)"},
    {'K', "key-dir", "DIR", "choose keys from DIR by their timing metadata"},
    {'k', "key", "KEY",
	"sign with KEY, by the base name of its files or as n200:NAME, where "
	"NAME is its nice name, key id, token label or id in the N200; may be "
	"repeated; instead of -K"},
    {'d', "ksk-data", "KSK.data", "the KSKs and their signatures"},
    {'f', "output", "OUT", "the file to publish (default: ZONEFILE.final)"},
    {'i', "inception", "TIME", "signatures begin (default: now-1h)"},
    {'e', "expiration", "TIME", "signatures end (default: +30d)"},
    {'N', "serial", "METHOD",
	"SOA serial: keep (default), increment, unixtime or date"},
    {'3', "nsec3", "SALT", "NSEC3 with this salt in hex; - for none"},
    {'H', "iterations", "N", "further NSEC3 hash rounds (default: 0)"},
    {'A', "opt-out", NULL, "NSEC3 leaves out insecure delegations"},
    {'z', "combined", NULL, "a combined key signs everything; no KSK.data"},
    {0, "zonemd", NULL, "add a digest of the zone (RFC 8976)"},
    {0, "refresh", "SPAN",
	"keep OUT's signatures that end later than this (default: a quarter "
	"of the validity)"},
    {0, "spread", "SPAN",
	"end new ones up to this much earlier, by name (default: a quarter of "
	"the validity, or 0 with -e)"},
    ZSK_OPTION_THREADS,
    ZSK_OPTION_MAX_MEMORY,
    {0, "min-validity", "SPAN",
	"refuse a KSK.data that ends sooner than this (default: 3d)"},
    {0, "passphrase-fd", "N", "read the keys' passphrase from descriptor N"},
    N200_OPTION_CONF,
    ZSK_OPTION_STATS,
    CLI_OPTION_NOW,
    CLI_OPTION_JSON,
    CLI_OPTION_END,
};

static enum dflow_status
read_serial(const struct cli *c, enum dflow_serial *out, struct dflow_err *err)
{
	static const char *const names[] = {
	    [DFLOW_SERIAL_KEEP] = "keep",
	    [DFLOW_SERIAL_INCREMENT] = "increment",
	    [DFLOW_SERIAL_UNIXTIME] = "unixtime",
	    [DFLOW_SERIAL_DATE] = "date",
	};
	const char *text = cli_text(c, "serial");

	if (text == NULL)
		return DFLOW_OK;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(text, names[i]) == 0) {
			*out = (enum dflow_serial)i;
			return DFLOW_OK;
		}
	}
	return cli_error(err, DFLOW_USAGE,
	    "--serial is keep, increment, unixtime or date, not \"%s\"", text);
}

static enum dflow_status
read_keys(const struct cli *c, const char ***keys, struct dflow_err *err)
{
	size_t count = cli_count(c, "key");

	*keys = calloc(count + 1, sizeof(**keys));
	if (*keys == NULL)
		return cli_error(err, DFLOW_FAILED, "out of memory");
	for (size_t i = 0; i < count; i++)
		(*keys)[i] = cli_nth(c, "key", i);
	return DFLOW_OK;
}

/*
 * How long signatures are kept, and how far their ends are spread. What the
 * library refuses of the times themselves it says better.
 */
static enum dflow_status
read_spans(const struct cli *c, struct dflow_sign *p, struct dflow_err *err)
{
	int64_t validity_s = p->expiration - p->inception;
	int64_t ahead_s = p->expiration - c->now;
	enum dflow_status st;

	if (validity_s > 0) {
		p->refresh_s = validity_s / 4;
		if (p->refresh_s > ahead_s / 2) /* an inception long ago */
			p->refresh_s = ahead_s > 0 ? ahead_s / 4 : 0;
	}
	if (validity_s > 0 && !cli_has(c, "expiration")) {
		p->spread_s = validity_s / 4;
		if (p->spread_s > ahead_s / 2)
			p->spread_s = ahead_s / 4;
	}
	st = cli_span(c, "refresh", &p->refresh_s, err);
	if (st == DFLOW_OK)
		st = cli_span(c, "spread", &p->spread_s, err);
	if (st != DFLOW_OK || p->spread_s == 0 || ahead_s <= 0 ||
	    p->spread_s < ahead_s)
		return st;
	return cli_refuse(c, "spread",
	    "some signatures would have expired when they are made; give a "
	    "shorter span, or a later --expiration",
	    err);
}

static enum dflow_status
read_sign(const struct cli *c, struct dflow_sign *p, struct dflow_err *err)
{
	uint64_t iterations = 0, fd = 0;
	enum dflow_status st;

	p->inception = c->now - 3600;
	p->expiration = c->now + (int64_t)EXPIRATION_DAYS * 86400;
	p->min_validity_s = ZSK_MIN_VALIDITY_S;
	st = cli_when(c, "inception", &p->inception, err);
	if (st == DFLOW_OK)
		st = cli_when(c, "expiration", &p->expiration, err);
	if (st == DFLOW_OK)
		st = read_spans(c, p, err);
	if (st == DFLOW_OK)
		st = cli_span(c, "min-validity", &p->min_validity_s, err);
	if (st == DFLOW_OK)
		st = cli_number(
		    c, "iterations", 0, UINT16_MAX, &iterations, err);
	if (st == DFLOW_OK)
		st = cli_number(c, "passphrase-fd", 0, INT32_MAX, &fd, err);
	if (st == DFLOW_OK)
		st = read_serial(c, &p->serial, err);
	if (st == DFLOW_OK)
		st = zsk_limits(c, &p->threads, &p->max_memory, err);
	p->iterations = (uint16_t)iterations;
	p->passphrase_fd = cli_has(c, "passphrase-fd") ? (int)fd : -1;
	return st;
}

enum dflow_status
zsk_sign(const struct cli *c, struct dflow_err *err)
{
	struct cli_progress progress = {0};
	struct dflow_sign p = {
	    .path = c->operands[0],
	    .origin = cli_text(c, "origin"),
	    .key_dir = cli_text(c, "key-dir"),
	    .key_count = cli_count(c, "key"),
	    .kskdata = cli_text(c, "ksk-data"),
	    .combined = cli_has(c, "combined"),
	    .n200_conf = n200_conf(c),
	    .now = c->now,
	    .nsec3 = cli_has(c, "nsec3"),
	    .salt = cli_text(c, "nsec3"),
	    .opt_out = cli_has(c, "opt-out"),
	    .zonemd = cli_has(c, "zonemd"),
	    .progress = {cli_tell, &progress},
	};
	struct dflow_published done;
	const char **keys = NULL;
	char *out = NULL;
	enum dflow_status st = read_sign(c, &p, err);

	if (st == DFLOW_OK)
		st = read_keys(c, &keys, err);
	if (st == DFLOW_OK)
		st = out_name(c, &out, err);
	if (st == DFLOW_OK) {
		p.keys = keys;
		p.out = out;
		st = dflow_sign(&p, &done, err);
		cli_progress_end(&progress);
	}
	if (st == DFLOW_OK)
		report(c, out, &done);
	free(keys);
	free(out);
	return st;
}

const struct cli_option zsk_splice_options[] = {
    {'o', "origin", "ORIGIN",
	"the zone's name (default: the file's name, else its SOA's owner)"},
    {'d', "ksk-data", "KSK.data", "the KSKs and their signatures"},
    {'f', "output", "OUT", "the file to publish (default: ZONEFILE.final)"},
    ZSK_OPTION_THREADS,
    ZSK_OPTION_MAX_MEMORY,
    {0, "min-validity", "SPAN",
	"refuse a KSK.data that ends sooner than this (default: 3d)"},
    ZSK_OPTION_STATS,
    CLI_OPTION_NOW,
    CLI_OPTION_JSON,
    CLI_OPTION_END,
};

enum dflow_status
zsk_splice(const struct cli *c, struct dflow_err *err)
{
	struct cli_progress progress = {0};
	struct dflow_splice p = {
	    .path = c->operands[0],
	    .origin = cli_text(c, "origin"),
	    .kskdata = cli_text(c, "ksk-data"),
	    .now = c->now,
	    .min_validity_s = ZSK_MIN_VALIDITY_S,
	    .progress = {cli_tell, &progress},
	};
	struct dflow_published done;
	char *out = NULL;
	enum dflow_status st;

	if (p.kskdata == NULL)
		return cli_error(err, DFLOW_USAGE, "no KSK.data given (-d)");
	st = cli_span(c, "min-validity", &p.min_validity_s, err);
	if (st == DFLOW_OK)
		st = zsk_limits(c, &p.threads, &p.max_memory, err);
	if (st == DFLOW_OK)
		st = out_name(c, &out, err);
	if (st == DFLOW_OK) {
		p.out = out;
		st = dflow_splice(&p, &done, err);
		cli_progress_end(&progress);
	}
	if (st == DFLOW_OK)
		report(c, out, &done);
	free(out);
	return st;
}
