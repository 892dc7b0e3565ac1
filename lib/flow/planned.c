/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dflow_plan_request: from the folder of keys to a KSR for a time to come. The
 * plan itself is exchange/plan's, the folder planned_keys.c's, the file
 * planned_save.c's.
 */
#include "flow/output.h"
#include "flow/planned.h"

#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/os.h"
#include "base/os_lock.h"
#include "base/when.h"
#include "dns/rrtype.h"
#include "flow/contained.h"
#include "flow/possession.h"
#include "keys/signer.h"

_Static_assert(KEYTIME_UNSET == INT64_MIN, "plan.h says what is not set");

enum { CLOSING_S = 3600 };

/* The key is in one of the plan's bundles. */
static bool
is_asked(const struct dflow_plan *d, size_t i)
{
	for (size_t k = 0; k < d->plan->bundle_count; k++)
		if (plan_in_zone(&d->plan->keys[i], d->plan->bundles[k]))
			return true;
	return false;
}

static enum dflow_status
add_rr(const struct dflow_plan *d, const struct keyfile *k, struct bundle *in,
    struct dflow_err *err)
{
	struct bundle_rr *rr = &in->rrs[in->count];

	if (in->count == BUNDLE_RRS_MAX)
		return err_set(err, DFLOW_REFUSED,
		    "more than %d ZSKs at once; move old ones out of the "
		    "folder",
		    BUNDLE_RRS_MAX);
	rr->rdata = malloc(k->key.rdata_len);
	if (rr->rdata == NULL)
		return err_memory(err);
	memcpy(rr->rdata, k->key.rdata, k->key.rdata_len);
	rr->len = k->key.rdata_len;
	rr->ttl = d->p->ttl_s;
	rr->type = RRTYPE_DNSKEY;
	in->count++;
	return DFLOW_OK;
}

static int
by_tag(const void *va, const void *vb)
{
	const struct bundle_rr *a = va, *b = vb;
	uint16_t ta = dnskey_tag(a->rdata, a->len);
	uint16_t tb = dnskey_tag(b->rdata, b->len);

	return (ta > tb) - (ta < tb);
}

/* The ZSKs of one bundle, by tag: whenever they were made, the order stays. */
static enum dflow_status
fill_bundle(
    const struct dflow_plan *d, struct bundle *in, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	in->rrs = calloc(BUNDLE_RRS_MAX, sizeof(*in->rrs));
	if (in->rrs == NULL)
		return err_memory(err);
	for (size_t i = 0; i < d->plan->count && st == DFLOW_OK; i++)
		if (plan_in_zone(&d->plan->keys[i], in->time))
			st = add_rr(d, d->keys[i].file, in, err);
	if (st == DFLOW_OK && in->count == 0)
		st = err_set(err, DFLOW_FAILED, "a bundle without a ZSK");
	qsort(in->rrs, in->count, sizeof(*in->rrs), by_tag);
	return st;
}

/*
 * Knot signs as far as the last bundle's time and no further, so its own KSRs
 * have one at the end, with the keys of then. Ours has it an hour before, which
 * is the shortest that ksk-sign signs.
 */
static enum dflow_status
fill_closing(struct dflow_plan *d, struct dflow_err *err)
{
	struct bundles *b = d->bundles;
	int64_t at = d->p->to - CLOSING_S;

	if (!d->p->knot || b->list[b->count - 1].time >= at)
		return DFLOW_OK;
	b->list[b->count].time = at;
	b->count++;
	return fill_bundle(d, &b->list[b->count - 1], err);
}

static enum dflow_status
fill_bundles(struct dflow_plan *d, struct dflow_err *err)
{
	uint8_t random[BUNDLE_ID_BYTES];
	struct bundles *b = calloc(1, sizeof(*b));
	enum dflow_status st = DFLOW_OK;

	if (b == NULL)
		return err_memory(err);
	d->bundles = b;
	b->kind = BUNDLE_KSR;
	name_lower(b->zone, d->zone);
	b->list = calloc(d->plan->bundle_count + 1, sizeof(*b->list));
	if (b->list == NULL)
		return err_memory(err);
	for (size_t i = 0; i < d->plan->bundle_count && st == DFLOW_OK; i++) {
		b->list[i].time = d->plan->bundles[i];
		b->count++;
		st = fill_bundle(d, &b->list[i], err);
	}
	if (st == DFLOW_OK)
		st = fill_closing(d, err);
	bundle_footer_clear(&b->footer);
	b->footer.clock = d->p->now;
	b->footer.until = d->p->to;
	b->footer.count = b->count;
	os_random(random, sizeof(random));
	b->footer.id[hex_encode(random, sizeof(random), b->footer.id)] = '\0';
	planned_answers(d, b->footer.answers);
	return st;
}

static enum dflow_status
prove_one(struct dflow_plan *d, size_t i, struct signer_access *access,
    struct dflow_err *err)
{
	const struct keyfile *k = d->keys[i].file;
	struct signer *signer = NULL;
	enum dflow_status st;

	if (!k->has_private && d->plan->keys[i].served)
		return err_set(err, DFLOW_REFUSED,
		    "%s: it is in the zone that is served, its private key is "
		    "not here, and without it there is no proof of possession; "
		    "bring it back, or, if it is lost, move its files and "
		    "KSK.data away: then a new ZSK signs at once, and caches "
		    "fail until they forget the old one",
		    k->from);
	if (!k->has_private)
		return err_set(err, DFLOW_REFUSED,
		    "%s: its private key is not here, and without it there is "
		    "no proof of possession",
		    k->from);
	st = signer_open(k, access, &signer, err);
	if (st == DFLOW_OK)
		st = possession_prove(d->bundles, signer, d->p->to, err);
	signer_free(&signer);
	return st;
}

static enum dflow_status
prove(struct dflow_plan *d, struct dflow_err *err)
{
	struct signer_access access = {
	    .pass = {.fd = d->p->passphrase_fd},
	    .n200_conf = d->p->n200_conf,
	};
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; i < d->plan->count && st == DFLOW_OK; i++)
		if (is_asked(d, i))
			st = prove_one(d, i, &access, err);
	signer_access_end(&access);
	return st;
}

static void
tell_key(struct dflow_plan *d, size_t i)
{
	const struct plan_key *key = &d->plan->keys[i];

	d->told[d->told_count++] = (struct dflow_plan_key){
	    .base = d->keys[i].file->base,
	    .tag = d->keys[i].file->key.tag,
	    .made = d->keys[i].made,
	    .closed = key->changed,
	    .moved = key->moved,
	    .publish = key->times.publish,
	    .activate = key->times.activate,
	    .inactive = key->times.inactive,
	    .remove = key->times.remove,
	};
}

/* What the caller is told: the plan's keys, then those that it has none of. */
static enum dflow_status
tell(struct dflow_plan *d, struct dflow_err *err)
{
	struct dflow_plan_facts *f = &d->facts;

	d->told = calloc(d->plan->count, sizeof(*d->told));
	if (d->told == NULL)
		return err_memory(err);
	f->zone = d->zone_text;
	f->id = d->bundles->footer.id;
	f->answers = d->bundles->footer.answers;
	f->sha256 = d->sha256;
	f->from = d->p->from;
	f->to = d->p->to;
	f->bundle_count = d->bundles->count;
	for (size_t i = 0; i < d->plan->count; i++) {
		if (!is_asked(d, i))
			continue;
		tell_key(d, i);
		f->made_count += d->keys[i].made;
	}
	f->key_count = d->told_count;
	for (size_t i = 0; i < d->plan->count; i++)
		if (!is_asked(d, i) && d->plan->keys[i].moved)
			tell_key(d, i);
	return DFLOW_OK;
}

static enum dflow_status
read_words(struct dflow_plan *d, struct dflow_err *err)
{
	const struct dflow_plan_params *p = d->p;
	const struct contained_wish wish = {
	    .sign_as = p->sign_as,
	    .path = p->out,
	    .now = p->now,
	    .pass_fd = p->passphrase_fd,
	};
	const char *inputs[] = {p->response, p->sign_as, p->n200_conf};
	const struct output output = {
	    .path = p->out,
	    .kind = OUTPUT_REQUEST,
	    .inputs = inputs,
	    .input_count = sizeof(inputs) / sizeof(inputs[0]),
	};
	struct dflow_err why = {0};
	enum dflow_status st = output_check(&output, err);

	if (st != DFLOW_OK)
		return st;
	if (name_parse(p->zone, d->zone, &why) != DFLOW_OK)
		return err_set(err, DFLOW_USAGE, "%s", why.text);
	(void)name_text(d->zone, d->zone_text);
	if (p->algorithm != NULL) {
		d->alg = alg_parse(p->algorithm);
		if (d->alg == NULL || !d->alg->signs)
			return err_set(err, DFLOW_USAGE,
			    "%s: not an algorithm that we sign with; use 8, "
			    "10, 13, 14, 15 or 16",
			    p->algorithm);
	}
	return contained_signer(&wish, &d->signer, err);
}

enum dflow_status
dflow_plan_request(const struct dflow_plan_params *params,
    struct dflow_plan **out, struct dflow_err *err)
{
	struct dflow_plan *d = calloc(1, sizeof(*d));
	struct os_lock *lock = NULL;
	enum dflow_status st;

	if (d == NULL)
		return err_memory(err);
	d->p = params;
	st = read_words(d, err);
	/* Two runs at once would make every key twice. */
	if (st == DFLOW_OK)
		st = os_lock_new(params->key_dir, &lock, err);
	if (st == DFLOW_OK)
		st = planned_response(d, err);
	if (st == DFLOW_OK)
		st = planned_read(d, err);
	if (st == DFLOW_OK)
		st = planned_make(d, err);
	if (st == DFLOW_OK)
		st = fill_bundles(d, err);
	if (st == DFLOW_OK)
		st = prove(d, err);
	if (st == DFLOW_OK)
		st = tell(d, err);
	if (st == DFLOW_OK)
		st = planned_save(d, err);
	if (st == DFLOW_OK) {
		*out = d;
		d = NULL; /* transferred */
	} else if (!d->placed) {
		planned_undo(d);
	}
	os_lock_free(&lock);
	dflow_plan_free(&d);
	return st;
}

const struct dflow_plan_facts *
dflow_plan_facts(const struct dflow_plan *p)
{
	return &p->facts;
}

const struct dflow_plan_key *
dflow_plan_key(const struct dflow_plan *p, size_t i)
{
	return i < p->told_count ? &p->told[i] : NULL;
}

void
dflow_plan_free(struct dflow_plan **p)
{
	struct dflow_plan *old = *p;

	*p = NULL;
	if (old == NULL)
		return;
	for (size_t i = 0; old->keys != NULL && i < PLAN_KEYS_MAX; i++)
		keyfile_free(&old->keys[i].file);
	free(old->keys);
	free(old->told);
	plan_free(&old->plan);
	bundles_free(&old->bundles);
	container_signer_free(&old->signer);
	response_free(&old->response);
	free(old);
}
