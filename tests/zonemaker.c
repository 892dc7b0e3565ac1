/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See zonemaker.h. Everything is a plain list that is searched end to end. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/os.h"
#include "dns/rdata.h"
#include "keys/keymake.h"
#include "zone/load.h"
#include "zone/zonemd.h"
#include "zonemaker.h"

enum { TTL = 3600, SET_MAX = 64, BYTES_MAX = 1 << 20 };

static struct made_key keys[MADE_KEYS];

static void
fine(enum dflow_status st, const struct dflow_err *err)
{
	ck_assert_msg(st == DFLOW_OK, "%s", err->text);
}

static void
named(const char *text, uint8_t out[NAME_MAX_LEN])
{
	struct dflow_err err = {DFLOW_OK, ""};

	fine(name_parse(text, out, &err), &err);
}

static enum dflow_status
drop_file(const char *name, void *ctx, struct dflow_err *err)
{
	char path[2048];

	(void)err;
	(void)snprintf(path, sizeof(path), "%s/%s", (const char *)ctx, name);
	os_remove(path);
	return DFLOW_OK;
}

static void
key_init(struct made_key *k, const char *dir, uint8_t alg, bool ksk)
{
	static const uint8_t zone[] = "\7example";
	struct keymake p = {.zone = zone,
	    .dir = dir,
	    .alg = alg_find(alg),
	    .ksk = ksk,
	    .pass = {-1},
	    .now = MADE_NOW - 86400,
	    .publish = KEYTIME_UNSET,
	    .activate = KEYTIME_UNSET,
	    .inactive = KEYTIME_UNSET,
	    .remove = KEYTIME_UNSET};
	struct dflow_err err = {DFLOW_OK, ""};
	char base[KEYFILE_NAME_MAX], path[KEYFILE_NAME_MAX + 64];
	struct signer_access access = {.pass = {-1}};
	struct keyfile *file = NULL;

	fine(keymake(&p, base, &err), &err);
	(void)snprintf(path, sizeof(path), "%s/%s", dir, base);
	fine(keyfile_read(path, &file, &err), &err);
	fine(signer_open(file, &access, &k->signer, &err), &err);
	keyfile_free(&file);
	fine(signer_worker_new(k->signer, &k->worker, &err), &err);
	const struct dnskey *pub = signer_key(k->signer);
	memcpy(k->rdata, pub->rdata, pub->rdata_len);
	ck_assert(dnskey_view(k->rdata, pub->rdata_len, &k->key));
}

void
made_keys_init(void)
{
	const char *tmp = getenv("TMPDIR");
	struct dflow_err err = {DFLOW_OK, ""};
	char dir[1024];

	(void)snprintf(dir, sizeof(dir), "%s/zonemaker.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	ck_assert(mkdtemp(dir) != NULL);
	key_init(&keys[KSK], dir, ALG_ECDSAP256, true);
	key_init(&keys[ZSK], dir, ALG_ECDSAP256, false);
	key_init(&keys[KSK_ED], dir, ALG_ED25519, true);
	key_init(&keys[ZSK_ED], dir, ALG_ED25519, false);
	key_init(&keys[STRANGER], dir, ALG_ECDSAP256, false);
	fine(os_list(dir, drop_file, dir, &err), &err);
	(void)rmdir(dir);
}

void
made_keys_free(void)
{
	for (int k = 0; k < MADE_KEYS; k++) {
		signer_worker_free(&keys[k].worker);
		signer_free(&keys[k].signer);
	}
}

const struct made_key *
made_key(enum made_key_number k)
{
	return &keys[k];
}

void
made_init(struct made *m, enum made_kind kind)
{
	memset(m, 0, sizeof(*m));
	m->kind = kind;
	named("example.", m->apex);
}

void
made_free(struct made *m)
{
	for (size_t i = 0; i < m->count; i++)
		free(m->rrs[i].rdata);
	free(m->rrs);
	memset(m, 0, sizeof(*m));
}

struct made_rr *
made_add_wire(struct made *m, const uint8_t *owner, uint16_t type, uint32_t ttl,
    const void *data, size_t len)
{
	if (m->count == m->cap) {
		m->cap = m->cap == 0 ? 64 : m->cap * 2;
		m->rrs = realloc(m->rrs, m->cap * sizeof(*m->rrs));
		ck_assert(m->rrs != NULL);
	}
	struct made_rr *rr = &m->rrs[m->count++];
	memset(rr, 0, sizeof(*rr));
	name_copy(rr->owner, owner);
	rr->type = type;
	rr->ttl = ttl;
	rr->len = (uint16_t)len;
	rr->rdata = malloc(len + 1);
	ck_assert(rr->rdata != NULL);
	if (len > 0)
		memcpy(rr->rdata, data, len);
	return rr;
}

struct made_rr *
made_add(struct made *m, const char *owner, uint16_t type, uint32_t ttl,
    const void *data, size_t len)
{
	uint8_t name[NAME_MAX_LEN];

	named(owner, name);
	return made_add_wire(m, name, type, ttl, data, len);
}

static enum dflow_status
text_rr(const struct zone_rr *rr, void *ctx, struct dflow_err *err)
{
	(void)err;
	made_add_wire(
	    ctx, rr->owner, rr->type, rr->ttl, rr->rdata, rr->rdata_len);
	return DFLOW_OK;
}

void
made_text(struct made *m, const char *text)
{
	struct dflow_err err = {DFLOW_OK, ""};

	fine(
	    text_load("zone", text, strlen(text), TTL, text_rr, m, &err), &err);
}

static bool
rr_is(const struct made_rr *rr, const uint8_t *owner, uint16_t type,
    uint16_t covered)
{
	if (rr->type != type || !name_equal(rr->owner, owner))
		return false;
	return type != RRTYPE_RRSIG ||
	       (rr->rdata[0] << 8 | rr->rdata[1]) == covered;
}

struct made_rr *
made_find(struct made *m, const char *owner, uint16_t type, uint16_t covered)
{
	uint8_t name[NAME_MAX_LEN];

	named(owner, name);
	for (size_t i = 0; i < m->count; i++)
		if (rr_is(&m->rrs[i], name, type, covered))
			return &m->rrs[i];
	ck_abort_msg("no type %u at %s", type, owner);
	return NULL;
}

static size_t
drop(struct made *m, const uint8_t *owner, uint16_t type, uint16_t covered)
{
	size_t n = 0;

	for (size_t i = 0; i < m->count; i++) {
		if (rr_is(&m->rrs[i], owner, type, covered))
			free(m->rrs[i].rdata);
		else
			m->rrs[n++] = m->rrs[i];
	}
	size_t dropped = m->count - n;
	m->count = n;
	return dropped;
}

void
made_drop(struct made *m, const char *owner, uint16_t type, uint16_t covered)
{
	uint8_t name[NAME_MAX_LEN];

	named(owner, name);
	ck_assert_msg(
	    drop(m, name, type, covered) > 0, "no type %u at %s", type, owner);
}

bool
made_has(const struct made *m, const uint8_t *owner, uint16_t type)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->rrs[i].type == type &&
		    name_equal(m->rrs[i].owner, owner))
			return true;
	return false;
}

bool
made_is_hidden(const struct made *m, const uint8_t *owner)
{
	if (!name_within(owner, m->apex))
		return true;
	while (!name_equal(owner, m->apex)) {
		owner = name_parent(owner);
		if (made_has(m, owner, RRTYPE_DNAME))
			return true;
		if (!name_equal(owner, m->apex) &&
		    made_has(m, owner, RRTYPE_NS))
			return true;
	}
	return false;
}

bool
made_is_cut(const struct made *m, const uint8_t *owner)
{
	return !name_equal(owner, m->apex) && made_has(m, owner, RRTYPE_NS);
}

void
made_put_keys(struct made *m)
{
	static const int one[] = {KSK, ZSK},
			 both[] = {KSK, ZSK, KSK_ED, ZSK_ED};
	const int *list = m->two ? both : one;
	size_t count = m->csk ? 1 : m->two ? 4 : 2;
	uint8_t param[5 + 255] = {1, 0};

	for (size_t i = 0; i < count; i++)
		made_add_wire(m, m->apex, RRTYPE_DNSKEY, TTL,
		    keys[list[i]].rdata, keys[list[i]].key.rdata_len);
	if (m->kind == MADE_NSEC)
		return;
	param[2] = (uint8_t)(m->hash.iterations >> 8);
	param[3] = (uint8_t)m->hash.iterations;
	param[4] = m->hash.salt_len;
	memcpy(param + 5, m->hash.salt, m->hash.salt_len);
	made_add_wire(m, m->apex, RRTYPE_NSEC3PARAM, 0, param,
	    5 + (size_t)m->hash.salt_len);
}

static int
rdata_order(const void *a, const void *b)
{
	const struct made_rr *const *x = a, *const *y = b;

	return rdata_cmp(
	    (*x)->type, (*x)->rdata, (*x)->len, (*y)->rdata, (*y)->len);
}

/* The RRset of that owner and type, its RDATA packed into out. */
static struct rrset
set_of(
    const struct made *m, const uint8_t *owner, uint16_t type, struct buf *out)
{
	const struct made_rr *list[SET_MAX];
	struct rrset set = {.owner = owner, .type = type};

	for (size_t i = 0; i < m->count; i++) {
		if (m->rrs[i].type != type ||
		    !name_equal(m->rrs[i].owner, owner))
			continue;
		ck_assert(set.count < SET_MAX);
		list[set.count++] = &m->rrs[i];
	}
	ck_assert(set.count > 0);
	set.ttl = list[0]->ttl;
	qsort(list, set.count, sizeof(list[0]), rdata_order);
	for (uint32_t i = 0; i < set.count; i++) {
		buf_put(out, &list[i]->len, sizeof(list[i]->len));
		buf_put(out, list[i]->rdata, list[i]->len);
	}
	set.rdata = out->data;
	return set;
}

struct made_sig
made_sig(const struct made *m, enum made_key_number key, const char *owner,
    uint16_t type)
{
	struct made_sig s = {.key = key};
	uint8_t name[NAME_MAX_LEN];

	named(owner, name);
	s.head.signer = m->apex;
	s.head.expiration = MADE_TO;
	s.head.inception = MADE_FROM;
	s.head.covered = type;
	s.head.tag = keys[key].key.tag;
	s.head.algorithm = keys[key].key.algorithm;
	s.head.labels = rrsig_labels(name);
	for (size_t i = 0; i < m->count; i++)
		if (m->rrs[i].type == type && name_equal(m->rrs[i].owner, name))
			s.head.original_ttl = m->rrs[i].ttl;
	return s;
}

void
made_sig_put(struct made *m, const char *owner, const struct made_sig *s)
{
	struct buf data, rdata;
	struct sign_job job = {NULL, 0, 0, {0}};
	struct dflow_err err = {DFLOW_OK, ""};
	uint8_t name[NAME_MAX_LEN], head[RRSIG_FIXED_LEN + NAME_MAX_LEN];

	named(owner, name);
	buf_init(&data, BYTES_MAX);
	buf_init(&rdata, BYTES_MAX);
	struct rrset set = set_of(m, name, s->head.covered, &rdata);
	rrsig_put_signed(&data, &s->head, &set);
	job.data = data.data;
	job.len = data.len;
	fine(signer_sign(keys[s->key].worker, &job, 1, &err), &err);
	buf_reset(&rdata);
	rrsig_put_head(&rdata, &s->head);
	ck_assert(rdata.len <= sizeof(head));
	buf_put(&rdata, job.sig, job.sig_len);
	ck_assert(!rdata.failed && !data.failed);
	made_add_wire(m, name, RRTYPE_RRSIG, set.ttl, rdata.data, rdata.len);
	buf_free(&data);
	buf_free(&rdata);
}

static void
sign_set(struct made *m, const uint8_t *owner, uint16_t type)
{
	bool ksk = m->csk || type == RRTYPE_DNSKEY || type == RRTYPE_CDS ||
		   type == RRTYPE_CDNSKEY;
	char text[NAME_TEXT_SIZE];

	name_text(owner, text);
	struct made_sig s = made_sig(m, ksk ? KSK : ZSK, text, type);
	made_sig_put(m, text, &s);
	if (m->two) {
		s = made_sig(m, ksk ? KSK_ED : ZSK_ED, text, type);
		made_sig_put(m, text, &s);
	}
}

void
made_put_sigs(struct made *m)
{
	size_t count = m->count;

	for (size_t i = 0; i < count; i++) {
		uint8_t owner[NAME_MAX_LEN];
		uint16_t type = m->rrs[i].type;
		bool first = true;

		name_copy(owner, m->rrs[i].owner);
		for (size_t k = 0; k < i; k++)
			if (rr_is(&m->rrs[k], owner, type, 0))
				first = false;
		/* A DNAME at the apex does not hide the NSEC3s. */
		if (!first ||
		    (type != RRTYPE_NSEC3 && made_is_hidden(m, owner)) ||
		    (made_is_cut(m, owner) && type != RRTYPE_DS &&
			type != RRTYPE_NSEC))
			continue;
		if (type != RRTYPE_ZONEMD || !name_equal(owner, m->apex))
			sign_set(m, owner, type);
	}
}

void
made_resign(struct made *m, const char *owner, uint16_t type)
{
	uint8_t name[NAME_MAX_LEN];

	named(owner, name);
	drop(m, name, RRTYPE_RRSIG, type);
	sign_set(m, name, type);
}

void
made_put_zonemd(struct made *m)
{
	struct made_rr *rr = made_find(m, "example.", RRTYPE_ZONEMD, 0);
	struct dflow_err err = {DFLOW_OK, ""};
	uint8_t digest[DIGEST_MAX];
	struct zone *z = made_zone(m);

	fine(zonemd_digest(z, DIGEST_SHA384, digest, &err), &err);
	zone_free(&z);
	ck_assert_uint_eq(rr->len, 6 + 48);
	memcpy(rr->rdata + 6, digest, 48);
	made_resign(m, "example.", RRTYPE_ZONEMD);
}

struct zone *
made_zone(const struct made *m)
{
	struct zone_builder *b = NULL;
	struct zone *z = NULL;
	struct dflow_err err = {DFLOW_OK, ""};
	struct zone_rr rr = {0};

	fine(zone_builder_new(0, &b, &err), &err);
	fine(zone_builder_file(b, "made", &rr.file, &err), &err);
	for (size_t i = 0; i < m->count; i++) {
		rr.owner = m->rrs[i].owner;
		rr.rdata = m->rrs[i].rdata;
		rr.rdata_len = m->rrs[i].len;
		rr.ttl = m->rrs[i].ttl;
		rr.type = m->rrs[i].type;
		rr.line = (uint32_t)i + 1;
		fine(zone_builder_add(b, &rr, &err), &err);
	}
	fine(zone_build(&b, m->apex, 1, &z, &err), &err);
	return z;
}
