/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opens a ceremony: reads the requests and the KSKs' public halves and checks
 * them. Nothing is written here, and no private key is used.
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
	/* Of keys without files; the request says which zone it is. */
	const struct signer_role role = {
	    c->request->zone, DNSKEY_FLAG_ZONE | DNSKEY_FLAG_SEP};
	enum dflow_status st;

	if (p->key_count == 0)
		return err_set(err, DFLOW_USAGE,
		    "no KSK given; name it with "
		    "-k");
	if (p->key_count > DFLOW_CEREMONY_KEYS_MAX)
		return err_set(err, DFLOW_USAGE, "%zu KSKs; at most %d",
		    p->key_count, DFLOW_CEREMONY_KEYS_MAX);
	for (size_t i = 0; i < p->key_count; i++) {
		st = signer_key_read(
		    p->keys[i], &c->access, &role, &c->ksks[i], err);
		if (st != DFLOW_OK)
			return st;
		c->ksk_count++;
	}
	name_lower(c->zone, c->ksks[0]->owner);
	name_text(c->zone, c->zone_text);
	return DFLOW_OK;
}

/* Where it is, as the page tells it. */
static const char *
ksk_place(const struct keyfile *k)
{
	return k->base[0] != '\0' ? k->base : k->from;
}

/* By the digests of the bytes that were read: nothing is read twice. */
static enum dflow_status
fill_files(struct dflow_ceremony *c, struct dflow_err *err)
{
	const struct request *r = c->request;

	c->files = calloc(r->file_count, sizeof(*c->files));
	if (c->files == NULL)
		return err_memory(err);
	for (size_t i = 0; i < r->file_count; i++) {
		c->files[i].path = r->files[i].path;
		keyfacts_hex(r->files[i].sha256, digest_len(DIGEST_SHA256),
		    c->files[i].sha256);
	}
	c->view.requests = c->files;
	c->view.request_count = r->file_count;
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
		    ksk_place(c->ksks[i]), 0);
	for (size_t i = 0; i < r->count; i++)
		keyfacts_fill(&c->facts[c->ksk_count + i], c->zone,
		    &r->keys[i].key, r->keys[i].file, r->keys[i].line);
	c->view.zone = c->zone_text;
	c->view.ksks = c->facts;
	c->view.ksk_count = c->ksk_count;
	c->view.zsks = c->facts + c->ksk_count;
	c->view.zsk_count = r->count;
	return fill_files(c, err);
}

/*
 * A device that is down, or lacks the key, is told before officers read the
 * page; files wait, so that nobody types a passphrase for what is refused.
 */
static enum dflow_status
open_devices(struct dflow_ceremony *c, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; st == DFLOW_OK && i < c->ksk_count; i++)
		if (c->ksks[i]->label[0] != '\0')
			st = signer_open(
			    c->ksks[i], &c->access, &c->signers[i], err);
	return st;
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
	c->access.pass.fd = p->passphrase_fd;
	c->access.n200_conf = p->n200_conf;
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
	st = request_read(
	    params->requests, params->request_count, &c->request, err);
	if (st == DFLOW_OK)
		st = read_ksks(c, params, err);
	if (st == DFLOW_OK)
		st = ceremony_check(c, err);
	if (st == DFLOW_OK)
		st = ceremony_ledger_open(c, params->ledger, err);
	if (st == DFLOW_OK)
		st = open_devices(c, err);
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
	signer_access_end(&old->access);
	request_free(&old->request);
	free(old->facts);
	free(old->files);
	ledger_close(&old->ledger);
	buf_free(&old->text);
	free(old);
}
