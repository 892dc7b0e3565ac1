/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chain of a made zone; see zonemaker.h. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "zone/bitmap.h"
#include "zonemaker.h"

enum { TTL = 3600, TYPES_MAX = 64, NAMES_MAX = 256, RDATA_ROOM = 4096 };

static int
type_cmp(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* Appends the bit map of a name; nothing for an empty non-terminal. */
static void
put_types(const struct made *m, const uint8_t *owner, struct buf *out)
{
	uint16_t types[TYPES_MAX];
	bool cut = made_is_cut(m, owner), nsec = m->kind == MADE_NSEC;
	size_t n = 0;

	for (size_t i = 0; i < m->count; i++) {
		uint16_t t = m->rrs[i].type;

		if (!name_equal(m->rrs[i].owner, owner) ||
		    (cut && t != RRTYPE_NS && t != RRTYPE_DS))
			continue;
		ck_assert(n < TYPES_MAX - 2);
		types[n++] = t;
	}
	if (nsec || (n > 0 && (!cut || made_has(m, owner, RRTYPE_DS))))
		types[n++] = RRTYPE_RRSIG;
	if (nsec)
		types[n++] = RRTYPE_NSEC;
	qsort(types, n, sizeof(types[0]), type_cmp);
	bitmap_put(out, types, n);
}

struct link_name {
	uint8_t name[NAME_MAX_LEN];
	uint8_t hash[NSEC3_HASH_LEN];
};

struct link_names {
	struct link_name list[NAMES_MAX];
	size_t count;
};

static void
names_add(struct link_names *n, const uint8_t *name)
{
	for (size_t i = 0; i < n->count; i++)
		if (name_equal(n->list[i].name, name))
			return;
	ck_assert(n->count < NAMES_MAX);
	name_copy(n->list[n->count++].name, name);
}

static void
hash_name(
    const struct made *m, const uint8_t *name, uint8_t out[NSEC3_HASH_LEN])
{
	struct digest *d = NULL;
	struct dflow_err err = {DFLOW_OK, ""};

	ck_assert(digest_new(DIGEST_SHA1, &d, &err) == DFLOW_OK);
	digest_nsec3(d, &m->hash, name, out);
	digest_free(&d);
}

static void
names_gather(const struct made *m, struct link_names *n)
{
	n->count = 0;
	for (size_t i = 0; i < m->count; i++) {
		const uint8_t *owner = m->rrs[i].owner;

		if (made_is_hidden(m, owner) ||
		    (m->kind == MADE_OPTOUT && made_is_cut(m, owner) &&
			!made_has(m, owner, RRTYPE_DS)))
			continue;
		names_add(n, owner);
		while (m->kind != MADE_NSEC && !name_equal(owner, m->apex)) {
			owner = name_parent(owner);
			names_add(n, owner);
		}
	}
	for (size_t i = 0; i < n->count; i++)
		hash_name(m, n->list[i].name, n->list[i].hash);
}

static int
by_name(const void *a, const void *b)
{
	const struct link_name *x = a, *y = b;

	return name_cmp(x->name, y->name);
}

static int
by_hash(const void *a, const void *b)
{
	const struct link_name *x = a, *y = b;

	return memcmp(x->hash, y->hash, NSEC3_HASH_LEN);
}

static void
hash_owner(const struct made *m, const uint8_t *hash, uint8_t *out)
{
	out[0] =
	    (uint8_t)base32hex_encode(hash, NSEC3_HASH_LEN, (char *)out + 1);
	name_copy(out + 1 + out[0], m->apex);
}

const char *
made_hashed(const struct made *m, const char *name, char out[NAME_TEXT_SIZE])
{
	uint8_t wire[NAME_MAX_LEN], hash[NSEC3_HASH_LEN];
	struct dflow_err err = {DFLOW_OK, ""};

	ck_assert(name_parse(name, wire, &err) == DFLOW_OK);
	hash_name(m, wire, hash);
	hash_owner(m, hash, wire);
	name_text(wire, out);
	return out;
}

static void
put_nsec3(const struct made *m, const struct link_name *l,
    const struct link_name *next, struct buf *out)
{
	buf_u8(out, 1);
	buf_u8(out, m->kind == MADE_OPTOUT);
	buf_u16(out, m->hash.iterations);
	buf_u8(out, m->hash.salt_len);
	buf_put(out, m->hash.salt, m->hash.salt_len);
	buf_u8(out, NSEC3_HASH_LEN);
	buf_put(out, next->hash, NSEC3_HASH_LEN);
	put_types(m, l->name, out);
}

void
made_put_chain(struct made *m)
{
	struct link_names *n = calloc(1, sizeof(*n));
	struct buf *rdata = calloc(NAMES_MAX, sizeof(*rdata));
	uint8_t owner[NAME_MAX_LEN];

	ck_assert(n != NULL && rdata != NULL);
	names_gather(m, n);
	qsort(n->list, n->count, sizeof(n->list[0]),
	    m->kind == MADE_NSEC ? by_name : by_hash);
	/* First all, then in: a link must not see the others' records. */
	for (size_t i = 0; i < n->count; i++) {
		const struct link_name *next = &n->list[(i + 1) % n->count];

		buf_init(&rdata[i], RDATA_ROOM);
		if (m->kind == MADE_NSEC) {
			buf_put(&rdata[i], next->name, name_len(next->name));
			put_types(m, n->list[i].name, &rdata[i]);
		} else {
			put_nsec3(m, &n->list[i], next, &rdata[i]);
		}
	}
	for (size_t i = 0; i < n->count; i++) {
		if (m->kind == MADE_NSEC)
			name_copy(owner, n->list[i].name);
		else
			hash_owner(m, n->list[i].hash, owner);
		made_add_wire(m, owner,
		    m->kind == MADE_NSEC ? RRTYPE_NSEC : RRTYPE_NSEC3, TTL,
		    rdata[i].data, rdata[i].len);
		buf_free(&rdata[i]);
	}
	free(rdata);
	free(n);
}
