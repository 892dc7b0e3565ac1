/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a master file to a zone that is ready to be signed. What an earlier
 * signing left behind is dropped: DNSKEY, RRSIG, NSEC, NSEC3, NSEC3PARAM, the
 * apex's ZONEMD, and CDS and CDNSKEY, which come from KSK.data alone (but for
 * a combined key, which signs those of the file).
 */
#include "flow/source.h"

#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "dns/rrtype.h"
#include "flow/kskcheck.h"
#include "keys/keyfile.h"
#include "zone/load.h"

enum {
	RR_FIXED_LEN = 10, /* type, class, TTL, RDATA's length */
	RRSIG_FIXED_LEN = 18, /* its RDATA up to the signer's name */
	SIGNED_LEN_MAX = 65535,
};

/* What the filter knows while the zone streams by. */
struct sieve {
	const struct dflow_sign *p;
	uint8_t soa_owner[NAME_MAX_LEN];
	bool soa_seen;
};

/* Asked by any thread: it goes by the type alone. */
static bool
is_dropped(const struct zone_rr *rr, const void *ctx)
{
	const struct sieve *v = ctx;

	switch (rr->type) {
	case RRTYPE_RRSIG:
	case RRTYPE_NSEC:
	case RRTYPE_NSEC3:
	case RRTYPE_NSEC3PARAM:
	case RRTYPE_DNSKEY:
		return true;
	case RRTYPE_CDS:
	case RRTYPE_CDNSKEY:
		return !v->p->combined;
	default:
		return false;
	}
}

static enum dflow_status
sieve(struct zone_rr *rr, bool *keep, void *ctx, struct dflow_err *err)
{
	struct sieve *v = ctx;

	(void)err;
	if (rr->type == RRTYPE_ZONEMD)
		*keep = v->soa_seen && !name_equal(rr->owner, v->soa_owner);
	if (rr->type == RRTYPE_SOA && !v->soa_seen) {
		(void)name_copy(v->soa_owner, rr->owner);
		v->soa_seen = true;
	}
	return DFLOW_OK;
}

static enum dflow_status
add(struct zone_builder *b, const uint8_t *owner, uint16_t type,
    const struct kskdata_rr *data, struct dflow_err *err)
{
	struct zone_rr rr = {
	    .owner = owner,
	    .rdata = data->rdata,
	    .ttl = data->ttl,
	    .line = (uint32_t)data->line,
	    .type = type,
	    .rdata_len = (uint16_t)data->len,
	};

	return zone_builder_add(b, &rr, err);
}

enum dflow_status
source_add_kskdata(
    struct zone_builder *b, const struct kskdata *data, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; st == DFLOW_OK && i < data->count; i++)
		st = add(b, data->zone, data->rrs[i].type, &data->rrs[i], err);
	return st;
}

/* The TTL that the KSK signed, or the key file's for a combined key. */
static uint32_t
dnskey_ttl(const struct source *s)
{
	for (size_t i = 0; s->kskdata != NULL && i < s->kskdata->count; i++)
		if (s->kskdata->rrs[i].type == RRTYPE_DNSKEY)
			return s->kskdata->rrs[i].ttl;
	if (s->keys->files[0]->ttl != 0)
		return s->keys->files[0]->ttl;
	return SOURCE_DNSKEY_TTL;
}

static enum dflow_status
add_keys(struct zone_builder *b, const struct source *s, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; st == DFLOW_OK && i < s->keys->published_count;
	     i++) {
		struct zone_rr rr = {
		    .owner = s->apex,
		    .rdata = s->keys->published[i].rdata,
		    .ttl = dnskey_ttl(s),
		    .type = RRTYPE_DNSKEY,
		    .rdata_len = (uint16_t)s->keys->published[i].rdata_len,
		};

		st = zone_builder_add(b, &rr, err);
	}
	if (st == DFLOW_OK && s->kskdata != NULL)
		st = source_add_kskdata(b, s->kskdata, err);
	return st;
}

/* RFC 5155 section 4: NSEC3PARAM tells servers which chain to use. */
static enum dflow_status
add_nsec3param(
    struct zone_builder *b, const struct source *s, struct dflow_err *err)
{
	uint8_t rdata[5 + 255] = {1, 0, (uint8_t)(s->hash.iterations >> 8),
	    (uint8_t)s->hash.iterations, s->hash.salt_len};
	struct zone_rr rr = {
	    .owner = s->apex,
	    .rdata = rdata,
	    .ttl = 0,
	    .type = RRTYPE_NSEC3PARAM,
	    .rdata_len = (uint16_t)(5 + s->hash.salt_len),
	};

	memcpy(rdata + 5, s->hash.salt, s->hash.salt_len);
	return zone_builder_add(b, &rr, err);
}

static enum dflow_status
read_salt(
    const struct dflow_sign *p, struct nsec3_params *out, struct dflow_err *err)
{
	size_t len = 0;

	if (p->iterations > SOURCE_ITERATIONS_MAX)
		return err_set(err, DFLOW_USAGE,
		    "%u NSEC3 iterations; validators take at most %d, and "
		    "RFC 9276 wants 0",
		    p->iterations, SOURCE_ITERATIONS_MAX);
	out->iterations = p->iterations;
	if (p->salt == NULL || strcmp(p->salt, "-") == 0)
		return DFLOW_OK;
	if (!hex_decode(
		p->salt, strlen(p->salt), out->salt, sizeof(out->salt), &len) ||
	    len == 0)
		return err_set(err, DFLOW_USAGE,
		    "salt \"%s\" is not 1 to 255 bytes of hex; give - for "
		    "none",
		    p->salt);
	out->salt_len = (uint8_t)len;
	return DFLOW_OK;
}

static enum dflow_status
choose_keys(const struct dflow_sign *p, struct source *s, struct dflow_err *err)
{
	struct zsks_choice choice = {
	    .zone = s->apex,
	    .dir = p->key_dir,
	    .keys = p->keys,
	    .key_count = p->key_count,
	    .combined = p->combined,
	    .sign = true,
	    .pass = {p->passphrase_fd},
	    .n200_conf = p->n200_conf,
	    .now = s->as_of,
	};

	return zsks_choose(&choice, &s->keys, err);
}

static enum dflow_status
read_kskdata(
    const struct dflow_sign *p, struct source *s, struct dflow_err *err)
{
	struct kskcheck check = {.now = s->as_of};
	struct kskcheck_window window;
	enum dflow_status st =
	    response_take(p->kskdata, s->as_of, &s->kskdata, &s->force, err);

	if (st != DFLOW_OK)
		return st;
	if (!name_equal(s->kskdata->zone, s->apex)) {
		char theirs[NAME_TEXT_SIZE], ours[NAME_TEXT_SIZE];

		(void)name_text(s->kskdata->zone, theirs);
		(void)name_text(s->apex, ours);
		return err_set(err, DFLOW_REFUSED,
		    "%s is for %s, not for %s; give that zone's KSK.data",
		    p->kskdata, theirs, ours);
	}
	check.data = s->kskdata;
	check.min_validity_s =
	    response_needed_s(&s->force, s->as_of, p->min_validity_s);
	check.zsks.keys = s->keys->published;
	check.zsks.count = s->keys->published_count;
	st = kskcheck(&check, &window, err);
	if (st == DFLOW_OK)
		s->ksk_expiration = window.expiration;
	return st;
}

enum dflow_status
source_check_flaws(const struct zone *z, struct dflow_err *err)
{
	char owner[NAME_TEXT_SIZE], type[RRTYPE_TEXT_SIZE];
	const struct flaw *f = z->flaws;

	if (z->flaw_count == 0)
		return DFLOW_OK;
	(void)name_text(f->owner, owner);
	(void)rrtype_text(f->type, type);
	if (f->kind == FLAW_TTL)
		return err_at(err, f->file, f->line,
		    "the TTL of %s %s differs from the others of its RRset "
		    "(RFC 2181 section 5.2); make them equal",
		    owner, type);
	return err_at(err, f->file, f->line,
	    "%s %s lies outside the zone; take it out", owner, type);
}

/*
 * RFC 4034 section 3.1.8.1 sets no limit to what a signature is made over, but
 * validators (ldns, Knot) hold it in the room of one message.
 */
static enum dflow_status
check_sizes(const struct source *s, struct dflow_err *err)
{
	char owner[NAME_TEXT_SIZE], type[RRTYPE_TEXT_SIZE];

	for (size_t i = 0; i < s->zone->rrset_count; i++) {
		const struct rrset *set = &s->zone->rrsets[i];
		size_t fixed = name_len(set->owner) + RR_FIXED_LEN;
		size_t len = RRSIG_FIXED_LEN + name_len(s->apex);
		const uint8_t *p = set->rdata;

		for (uint32_t k = 0; k < set->count; k++)
			len += fixed + rdata_at(p, &p).len;
		if (len <= SIGNED_LEN_MAX)
			continue;
		(void)name_text(set->owner, owner);
		return err_set(err, DFLOW_REFUSED,
		    "%s %s: %u records of %zu bytes in all, more than "
		    "validators can check (%d); take some out",
		    owner, rrtype_text(set->type, type), set->count, len,
		    SIGNED_LEN_MAX);
	}
	return DFLOW_OK;
}

static enum dflow_status
check_apex(struct source *s, struct dflow_err *err)
{
	const struct node *apex = zone_apex(s->zone);
	const struct rrset *soa = NULL;
	char name[NAME_TEXT_SIZE];
	const uint8_t *next;
	struct rdata rd;
	uint32_t minimum;

	(void)name_text(s->apex, name);
	if (apex != NULL)
		soa = node_rrset(s->zone, apex, RRTYPE_SOA);
	if (soa == NULL || soa->count != 1)
		return err_set(err, DFLOW_REFUSED,
		    "%s: a zone has one SOA, this one has %u", name,
		    soa == NULL ? 0 : soa->count);
	if (node_rrset(s->zone, apex, RRTYPE_NS) == NULL)
		return err_set(err, DFLOW_REFUSED,
		    "%s: no NS records at the apex; add the name servers",
		    name);
	rd = rdata_at(soa->rdata, &next);
	minimum = (uint32_t)rd.data[rd.len - 4] << 24 |
		  (uint32_t)rd.data[rd.len - 3] << 16 |
		  (uint32_t)rd.data[rd.len - 2] << 8 | rd.data[rd.len - 1];
	s->soa_ttl = soa->ttl;
	s->negative_ttl = minimum < soa->ttl ? minimum : soa->ttl;
	return DFLOW_OK;
}

enum dflow_status
source_read(const struct dflow_sign *p, int64_t as_of, struct source *out,
    struct meter *meter, struct dflow_err *err)
{
	uint8_t origin[NAME_MAX_LEN];
	struct sieve v = {.p = p};
	struct zone_load load = {
	    .path = p->path,
	    .max_memory = p->max_memory,
	    .threads = p->threads,
	    .drop = is_dropped,
	    .filter = sieve,
	    .ctx = &v,
	};
	struct zone_builder *b = NULL;
	struct dflow_err why = {0};
	enum dflow_status st;

	if (p->origin != NULL) {
		if (name_parse(p->origin, origin, &why) != DFLOW_OK)
			return err_set(err, DFLOW_USAGE, "%s", why.text);
		load.origin = origin;
	}
	out->as_of = as_of;
	st = read_salt(p, &out->hash, err);
	if (st == DFLOW_OK)
		st = zone_load_begin(&load, &b, out->apex, err);
	if (st == DFLOW_OK)
		st = choose_keys(p, out, err);
	if (st == DFLOW_OK && p->kskdata != NULL)
		st = read_kskdata(p, out, err);
	if (st == DFLOW_OK)
		st = add_keys(b, out, err);
	if (st == DFLOW_OK && p->nsec3)
		st = add_nsec3param(b, out, err);
	meter_phase(meter, DFLOW_PHASE_LOAD, zone_builder_count(b), 0);
	if (st == DFLOW_OK)
		st = zone_build(&b, out->apex, p->threads, &out->zone, err);
	if (st == DFLOW_OK)
		st = source_check_flaws(out->zone, err);
	if (st == DFLOW_OK)
		st = check_apex(out, err);
	if (st == DFLOW_OK)
		st = check_sizes(out, err);
	if (st == DFLOW_OK)
		meter_phase(meter, DFLOW_PHASE_ORDER, out->zone->rr_count, 0);
	zone_builder_free(&b);
	return st;
}

void
source_free(struct source *s)
{
	zone_free(&s->zone);
	zsks_free(&s->keys);
	kskdata_free(&s->kskdata);
	*s = (struct source){.zone = NULL};
}
