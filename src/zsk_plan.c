/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zsk-sign request --from --to: the ZSKs of a time to come, and their KSR. */
#include <stdio.h>
#include <string.h>

#include <dnssecflow/plan.h>
#include <dnssecflow/when.h>

#include "json.h"
#include "n200.h"
#include "page.h"
#include "zsk-sign.h"

/* What has a meaning in a plan alone. */
static const char *const plan_options[] = {"from", "to", "ksk-data",
    "algorithm", "bits", "zsk-lifetime", "max-zone-ttl", "propagation",
    "safety", "horizon", "format", "n200-conf"};

bool
zsk_is_plan(const struct cli *c)
{
	for (size_t i = 0; i < sizeof(plan_options) / sizeof(plan_options[0]);
	     i++)
		if (cli_has(c, plan_options[i]))
			return true;
	/* A passphrase may be that of who signs the container. */
	return cli_has(c, "passphrase-fd") && !cli_has(c, "sign-as");
}

static enum dflow_status
read_spans(
    const struct cli *c, struct dflow_plan_params *p, struct dflow_err *err)
{
	enum dflow_status st = cli_span(c, "zsk-lifetime", &p->lifetime_s, err);

	if (st == DFLOW_OK)
		st = cli_span(c, "max-zone-ttl", &p->max_zone_ttl_s, err);
	if (st == DFLOW_OK)
		st = cli_span(c, "propagation", &p->propagation_s, err);
	if (st == DFLOW_OK)
		st = cli_span(c, "safety", &p->safety_s, err);
	if (st == DFLOW_OK)
		st = cli_span(c, "horizon", &p->horizon_s, err);
	return st;
}

static enum dflow_status
read_numbers(
    const struct cli *c, struct dflow_plan_params *p, struct dflow_err *err)
{
	uint64_t ttl = DFLOW_PLAN_TTL_S, bits = 0, fd = 0;
	enum dflow_status st =
	    cli_number(c, "ttl", 1, DFLOW_PLAN_TTL_MAX, &ttl, err);

	if (st == DFLOW_OK)
		st = cli_number(c, "bits", 1, 65536, &bits, err);
	if (st == DFLOW_OK)
		st = cli_number(c, "passphrase-fd", 0, INT32_MAX, &fd, err);
	p->ttl_s = (uint32_t)ttl;
	p->bits = (unsigned)bits;
	p->passphrase_fd = cli_has(c, "passphrase-fd") ? (int)fd : -1;
	return st;
}

static enum dflow_status
read_words(
    const struct cli *c, struct dflow_plan_params *p, struct dflow_err *err)
{
	const char *form = cli_text(c, "format");
	enum dflow_status st;

	if (!cli_has(c, "from") || !cli_has(c, "to"))
		return cli_error(err, DFLOW_USAGE,
		    "a plan wants both --from and --to; without a plan, leave "
		    "its options out");
	if (form != NULL && strcmp(form, "bind") != 0 &&
	    strcmp(form, "knot") != 0)
		return cli_refuse(c, "format", "is bind or knot", err);
	p->knot = form != NULL && strcmp(form, "knot") == 0;
	if (cli_has(c, "key-dir"))
		p->key_dir = cli_text(c, "key-dir");
	if (cli_has(c, "output"))
		p->out = cli_text(c, "output");
	st = cli_when(c, "from", &p->from, err);
	if (st == DFLOW_OK)
		st = cli_when(c, "to", &p->to, err);
	return st;
}

/* What a page about the plan is made of. */
struct telling {
	const struct dflow_plan *plan;
	const char *out;
	int64_t now;
};

static void
put_key(FILE *f, const struct dflow_plan_key *k, int64_t now)
{
	page_fieldf(f, 0, "ZSK", "%u%s, %s", k->tag,
	    k->made     ? ", new"
	    : k->moved  ? ", its times are set anew"
	    : k->closed ? ", its end is set"
			: "",
	    k->base);
	if (k->activate != INT64_MIN)
		page_when(f, 2, "signs", k->activate, now, NULL);
	if (k->inactive != INT64_MIN)
		page_when(f, 2, "until", k->inactive, now, NULL);
}

/* By when they sign; those that never do, last. */
static int
key_order(const struct dflow_plan_key *a, const struct dflow_plan_key *b)
{
	bool never = a->activate == INT64_MIN;

	if (never != (b->activate == INT64_MIN))
		return never ? 1 : -1;
	if (a->activate != b->activate)
		return a->activate < b->activate ? -1 : 1;
	return strcmp(a->base, b->base);
}

/* The one behind that, or the first; NULL at the end. */
static const struct dflow_plan_key *
next_key(const struct dflow_plan *p, const struct dflow_plan_key *behind)
{
	const struct dflow_plan_key *best = NULL;
	size_t count = dflow_plan_facts(p)->key_count;

	for (size_t i = 0; i < count; i++) {
		const struct dflow_plan_key *k = dflow_plan_key(p, i);

		if ((behind == NULL || key_order(k, behind) > 0) &&
		    (best == NULL || key_order(k, best) < 0))
			best = k;
	}
	return best;
}

static void
put_plan(FILE *f, const void *ctx)
{
	const struct telling *t = ctx;
	const struct dflow_plan_facts *facts = dflow_plan_facts(t->plan);
	const struct dflow_plan_key *k;

	page_fieldf(f, 0, "Zone", "%s, %zu bundle%s, %zu ZSK%s, %zu new",
	    facts->zone, facts->bundle_count,
	    facts->bundle_count == 1 ? "" : "s", facts->key_count,
	    facts->key_count == 1 ? "" : "s", facts->made_count);
	page_when(f, 0, "From", facts->from, t->now, NULL);
	page_when(f, 0, "To", facts->to, t->now, NULL);
	for (k = next_key(t->plan, NULL); k != NULL; k = next_key(t->plan, k))
		put_key(f, k, t->now);
	page_field(f, 0, "Request", facts->id);
	page_field(f, 0, "Answers", facts->answers);
	page_field(f, 0, "File", t->out);
	page_digest(f, 0, facts->sha256);
}

static void
put_time(struct json *j, const char *name, int64_t when)
{
	if (when != INT64_MIN)
		json_int(j, name, when);
}

static void
put_key_json(struct json *j, const struct dflow_plan_key *k)
{
	json_object(j, NULL);
	json_int(j, "tag", k->tag);
	json_text(j, "key", k->base);
	json_bool(j, "made", k->made);
	json_bool(j, "closed", k->closed);
	json_bool(j, "moved", k->moved);
	put_time(j, "publish", k->publish);
	put_time(j, "activate", k->activate);
	put_time(j, "inactive", k->inactive);
	put_time(j, "delete", k->remove);
	json_object_end(j);
}

static void
put_json(const struct telling *t)
{
	const struct dflow_plan_facts *facts = dflow_plan_facts(t->plan);
	const struct dflow_plan_key *k;
	struct json j;

	json_init(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "zone", facts->zone);
	json_text(&j, "file", t->out);
	json_text(&j, "id", facts->id);
	json_text(&j, "answers", facts->answers);
	json_int(&j, "bundles", (int64_t)facts->bundle_count);
	json_int(&j, "from", facts->from);
	json_int(&j, "until", facts->to);
	json_int(&j, "zsk_count", (int64_t)facts->key_count);
	json_int(&j, "made_count", (int64_t)facts->made_count);
	json_array(&j, "zsks");
	for (k = next_key(t->plan, NULL); k != NULL; k = next_key(t->plan, k))
		put_key_json(&j, k);
	json_array_end(&j);
	page_digest_json(&j, facts->sha256);
	json_object_end(&j);
}

/* What was set in keys that were there is said, as it is not in the plan. */
static void
warn_moved(const struct cli *c, const struct dflow_plan *p)
{
	char signs[DFLOW_WHEN_LONG], until[DFLOW_WHEN_LONG];
	char text[DFLOW_ERR_TEXT];
	const struct dflow_plan_key *k;

	for (size_t i = 0; (k = dflow_plan_key(p, i)) != NULL; i++) {
		bool begins = k->activate != INT64_MIN;
		bool ends = k->inactive != INT64_MIN;

		if (!k->moved)
			continue;
		if (begins)
			dflow_when_long(k->activate, signs);
		if (ends)
			dflow_when_long(k->inactive, until);
		(void)snprintf(text, sizeof(text),
		    "%s: not served as its times said; %s%s%s%s%s", k->base,
		    begins ? "it signs from " : "it does not sign",
		    begins ? signs : "", ends ? " until " : "",
		    ends ? until : "",
		    k->publish == INT64_MIN && !begins ? ", and is in no zone"
						       : "");
		cli_warn(c, text);
	}
}

/* As without a plan: cron wants no mail. */
static enum dflow_status
report(const struct cli *c, const struct telling *t, struct dflow_err *err)
{
	warn_moved(c, t->plan);
	if (c->json)
		put_json(t);
	else if (strcmp(t->out, "-") != 0 && cli_watched())
		return page_say(put_plan, t, err);
	return DFLOW_OK;
}

enum dflow_status
zsk_plan(const struct cli *c, struct dflow_err *err)
{
	struct dflow_plan_params p = {
	    .zone = c->operands[0],
	    .key_dir = ".",
	    .out = "-",
	    .response = cli_text(c, "ksk-data"),
	    .algorithm = cli_text(c, "algorithm"),
	    .sign_as = cli_text(c, "sign-as"),
	    .now = c->now,
	    .lifetime_s = DFLOW_PLAN_LIFETIME_S,
	    .max_zone_ttl_s = DFLOW_PLAN_MAX_ZONE_TTL_S,
	    .propagation_s = DFLOW_PLAN_PROPAGATION_S,
	    .safety_s = DFLOW_PLAN_SAFETY_S,
	    .horizon_s = DFLOW_PLAN_HORIZON_S,
	    .n200_conf = n200_conf(c),
	};
	struct telling t = {.out = p.out, .now = c->now};
	struct dflow_plan *plan = NULL;
	enum dflow_status st = read_words(c, &p, err);

	if (st == DFLOW_OK)
		st = read_numbers(c, &p, err);
	if (st == DFLOW_OK)
		st = read_spans(c, &p, err);
	if (st == DFLOW_OK)
		st = dflow_plan_request(&p, &plan, err);
	if (st != DFLOW_OK)
		return st;
	t.plan = plan;
	t.out = p.out;
	st = report(c, &t, err);
	dflow_plan_free(&plan);
	return st;
}
