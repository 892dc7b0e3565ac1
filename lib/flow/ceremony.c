/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opens a ceremony: reads the KSKs' public halves and the requests and checks
 * them. Nothing is written here, and no private key is touched.
 */
#include "flow/ceremony.h"

#include <stdlib.h>
#include <string.h>

#include "flow/keyfacts.h"

enum { TEXT_MAX = 4 << 20 };

static enum dflow_status
read_ksks(struct dflow_ceremony *c, const struct dflow_ceremony_params *p,
    struct dflow_err *err)
{
	enum dflow_status st;

	if (p->key_count == 0)
		return err_set(err, DFLOW_USAGE,
		    "no KSK given; name it with "
		    "-k");
	if (p->key_count > DFLOW_CEREMONY_KEYS_MAX)
		return err_set(err, DFLOW_USAGE, "%zu KSKs; at most %d",
		    p->key_count, DFLOW_CEREMONY_KEYS_MAX);
	for (size_t i = 0; i < p->key_count; i++) {
		st = keyfile_read(p->keys[i], &c->ksks[i], err);
		if (st != DFLOW_OK)
			return st;
		c->ksk_count++;
	}
	name_lower(c->zone, c->ksks[0]->owner);
	name_text(c->zone, c->zone_text);
	return DFLOW_OK;
}

static enum dflow_status
fill_view(struct dflow_ceremony *c, struct dflow_err *err)
{
	const struct request *r = c->request;

	c->facts = calloc(c->ksk_count + r->count, sizeof(*c->facts));
	if (c->facts == NULL)
		return err_memory(err);
	for (size_t i = 0; i < c->ksk_count; i++)
		keyfacts_fill(&c->facts[i], c->zone, &c->ksks[i]->key,
		    c->ksks[i]->base, 0);
	for (size_t i = 0; i < r->count; i++)
		keyfacts_fill(&c->facts[c->ksk_count + i], c->zone,
		    &r->keys[i].key, r->keys[i].file, r->keys[i].line);
	c->view.zone = c->zone_text;
	c->view.ksks = c->facts;
	c->view.ksk_count = c->ksk_count;
	c->view.zsks = c->facts + c->ksk_count;
	c->view.zsk_count = r->count;
	return DFLOW_OK;
}

/* The times and the like, with their defaults. */
static void
take_params(struct dflow_ceremony *c, const struct dflow_ceremony_params *p)
{
	struct dflow_ceremony_view *v = &c->view;

	v->now = p->now;
	v->inception = p->inception != DFLOW_WHEN_UNSET
			   ? p->inception
			   : p->now - DFLOW_CEREMONY_BACK_S;
	v->expiration = p->expiration != DFLOW_WHEN_UNSET
			    ? p->expiration
			    : p->now + DFLOW_CEREMONY_AHEAD_S;
	v->ttl_s = p->ttl_s != 0 ? p->ttl_s : DFLOW_CEREMONY_TTL;
	v->cds = p->cds;
	c->passphrase_fd = p->passphrase_fd;
}

enum dflow_status
dflow_ceremony_open(const struct dflow_ceremony_params *params,
    struct dflow_ceremony **out, struct dflow_err *err)
{
	struct dflow_ceremony *c = NULL;
	enum dflow_status st;

	if (params->ttl_s > INT32_MAX)
		return err_set(err, DFLOW_USAGE, "TTL %u exceeds 2147483647",
		    params->ttl_s);
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return err_memory(err);
	buf_init(&c->text, TEXT_MAX);
	take_params(c, params);
	st = read_ksks(c, params, err);
	if (st == DFLOW_OK)
		st = request_read(
		    params->requests, params->request_count, &c->request, err);
	if (st == DFLOW_OK)
		st = ceremony_check(c, err);
	if (st == DFLOW_OK)
		st = fill_view(c, err);
	if (st != DFLOW_OK)
		goto out;
	*out = c;
	c = NULL; /* transferred */
out:
	dflow_ceremony_free(&c);
	return st;
}

const struct dflow_ceremony_view *
dflow_ceremony_view(const struct dflow_ceremony *c)
{
	return &c->view;
}

void
dflow_ceremony_free(struct dflow_ceremony **c)
{
	struct dflow_ceremony *old = *c;

	*c = NULL;
	if (old == NULL)
		return;
	for (size_t i = 0; i < DFLOW_CEREMONY_KEYS_MAX; i++) {
		signer_free(&old->signers[i]);
		keyfile_free(&old->ksks[i]);
	}
	request_free(&old->request);
	free(old->facts);
	buf_free(&old->text);
	free(old);
}
