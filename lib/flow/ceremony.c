/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opens a ceremony: reads the requests and the KSKs' public halves, checks
 * them, and plans the responses. Nothing but the ledger is written here, and
 * no private key is used.
 */
#include "flow/ceremony.h"

#include <stdlib.h>

/*
 * A device that is down, or lacks the key, is told before officers read the
 * page; files wait, so that nobody types a passphrase for what is refused.
 */
static enum dflow_status
open_devices(struct dflow_ceremony *c, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; i < c->zone_count; i++) {
		struct ceremony_zone *z = &c->zones[i];

		for (size_t k = 0; st == DFLOW_OK && k < z->ksk_count; k++)
			if ((z->used & 1u << k) != 0 &&
			    z->ksks[k]->label[0] != '\0')
				st = signer_open(z->ksks[k], &c->access,
				    &z->signers[k], err);
	}
	return st;
}

static int64_t
or_default(int64_t given, int64_t otherwise)
{
	return given != 0 ? given : otherwise;
}

/* The times and the like, with their defaults. */
static enum dflow_status
take_params(struct dflow_ceremony *c, struct dflow_err *err)
{
	const struct dflow_ceremony_params *p = c->p;

	if (p->ttl_s > INT32_MAX)
		return err_set(
		    err, DFLOW_USAGE, "TTL %u exceeds 2147483647", p->ttl_s);
	c->view.now = p->now;
	c->view.cds = p->cds;
	c->knot = p->knot;
	c->progress = p->progress;
	c->plain_inception = p->inception != DFLOW_WHEN_UNSET
				 ? p->inception
				 : p->now - DFLOW_CEREMONY_BACK_S;
	c->plain_expiration = p->expiration != DFLOW_WHEN_UNSET
				  ? p->expiration
				  : p->now + DFLOW_CEREMONY_AHEAD_S;
	c->plain_ttl_s = p->ttl_s != 0 ? p->ttl_s : DFLOW_CEREMONY_TTL;
	c->policy = (struct schedule_policy){
	    .validity_s = or_default(p->validity_s, DFLOW_CEREMONY_VALIDITY_S),
	    .refresh_s = or_default(p->refresh_s, DFLOW_CEREMONY_REFRESH_S),
	    .back_s = DFLOW_CEREMONY_BACK_S,
	};
	if (c->policy.validity_s <= c->policy.refresh_s ||
	    c->policy.validity_s > SCHEDULE_SPAN_MAX)
		return err_set(err, DFLOW_USAGE,
		    "the validity of a bundle's signatures must exceed its "
		    "refresh, and be ten years at most");
	c->access.pass.fd = p->passphrase_fd;
	c->access.pass.kept = &c->access.kept;
	c->access.n200_conf = p->n200_conf;
	return DFLOW_OK;
}

/* Every zone has the same overrides. */
static enum dflow_status
take_allowed(struct dflow_ceremony *c, struct dflow_err *err)
{
	const struct dflow_ceremony_params *p = c->p;
	struct checks *first = calloc(1, sizeof(*first));
	enum dflow_status st = first != NULL ? DFLOW_OK : err_memory(err);

	for (size_t i = 0; i < p->allow_count && st == DFLOW_OK; i++)
		st = checks_allow(first, p->allow[i], err);
	for (size_t i = 0; i < c->zone_count && st == DFLOW_OK; i++)
		c->zones[i].checks.allowed = first->allowed;
	free(first);
	return st;
}

static enum dflow_status
prepare(struct dflow_ceremony *c, struct dflow_err *err)
{
	enum dflow_status st = take_params(c, err);

	if (st == DFLOW_OK)
		st = ceremony_read(c, err);
	if (st == DFLOW_OK)
		st = take_allowed(c, err);
	if (st == DFLOW_OK)
		st = ceremony_keys(c, err);
	if (st == DFLOW_OK)
		st = ceremony_ledger_open(c, err);
	if (st == DFLOW_OK)
		st = ceremony_check(c, err);
	if (st == DFLOW_OK)
		st = ceremony_plan(c, err);
	if (st == DFLOW_OK && c->p->sign_as != NULL)
		st = container_signer_open(
		    c->p->sign_as, c->p->passphrase_fd, &c->container, err);
	if (st == DFLOW_OK && c->container != NULL)
		st = container_signer_check(c->container, c->p->now, err);
	if (st == DFLOW_OK)
		st = open_devices(c, err);
	if (st == DFLOW_OK)
		st = ceremony_view(c, err);
	if (st == DFLOW_OK)
		st = ceremony_ledger_fits(c, err);
	return st;
}

enum dflow_status
dflow_ceremony_open(const struct dflow_ceremony_params *params,
    struct dflow_ceremony **out, struct dflow_err *err)
{
	struct dflow_ceremony *c = calloc(1, sizeof(*c));
	enum dflow_status st;

	if (c == NULL)
		return err_memory(err);
	c->p = params;
	st = prepare(c, err);
	c->p = NULL;
	if (st == DFLOW_OK) {
		*out = c;
		c = NULL; /* transferred */
	}
	dflow_ceremony_free(&c);
	return st;
}

const struct dflow_ceremony_view *
dflow_ceremony_view(const struct dflow_ceremony *c)
{
	return &c->view;
}

static void
free_texts(char **texts, size_t count)
{
	for (size_t i = 0; texts != NULL && i < count; i++)
		free(texts[i]);
	free(texts);
}

static void
free_zone(struct ceremony_zone *z)
{
	for (size_t i = 0; i < DFLOW_CEREMONY_KEYS_MAX; i++) {
		signer_free(&z->signers[i]);
		keyfile_free(&z->ksks[i]);
	}
	for (size_t i = 0; i < CEREMONY_RESPONSES; i++) {
		schedule_free(&z->responses[i].schedule);
		bundles_free(&z->responses[i].bundles);
		buf_free(&z->responses[i].text);
		buf_free(&z->responses[i].container);
		bundle_table_free(&z->tables[i]);
		free(z->written_paths[i]);
	}
	for (size_t i = 0; i < z->file_count; i++)
		free((char *)(uintptr_t)z->files[i].path);
	free(z->files);
	free_texts(z->containers, z->file_count);
	free_texts(z->ds, z->ds_count);
	free_texts(z->warnings, z->warning_count);
	request_free(&z->plain);
	bundles_free(&z->ksr);
	free(z->facts);
}

void
dflow_ceremony_free(struct dflow_ceremony **c)
{
	struct dflow_ceremony *old = *c;

	*c = NULL;
	if (old == NULL)
		return;
	for (size_t i = 0; i < old->zone_count; i++)
		free_zone(&old->zones[i]);
	free(old->zones);
	free(old->zone_views);
	signer_access_end(&old->access);
	container_trust_free(&old->trust);
	container_signer_free(&old->container);
	history_free(&old->history);
	ledger_close(&old->ledger);
	free(old);
}
