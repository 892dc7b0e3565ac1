/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The canonical order of RRs within an RRset, RFC 4034 section 6.3. */
#include "flow/rrpack.h"

#include <assert.h>
#include <stdlib.h>

#include "dns/rdata.h"

void
rrpack_init(struct rrpack *p, uint16_t type)
{
	*p = (struct rrpack){.type = type};
	buf_init(&p->packed, (size_t)RRPACK_MAX * (RDATA_MAX_LEN + 2));
}

void
rrpack_free(struct rrpack *p)
{
	free(p->items);
	p->items = NULL;
	p->count = 0;
	p->cap = 0;
	buf_free(&p->packed);
}

enum dflow_status
rrpack_add(
    struct rrpack *p, const uint8_t *data, size_t len, struct dflow_err *err)
{
	size_t at = p->count;

	if (p->count == RRPACK_MAX || len > RDATA_MAX_LEN)
		return err_set(err, DFLOW_FAILED,
		    "RRset of more than %d "
		    "records, or a record of more than %d bytes",
		    RRPACK_MAX, RDATA_MAX_LEN);
	if (p->count == p->cap) {
		size_t cap = p->cap * 2 + 8;
		struct rdata *grown = realloc(p->items, cap * sizeof(*grown));

		if (grown == NULL)
			return err_memory(err);
		p->items = grown;
		p->cap = cap;
	}
	while (at > 0 && rdata_cmp(p->type, p->items[at - 1].data,
			     p->items[at - 1].len, data, len) > 0) {
		p->items[at] = p->items[at - 1];
		at--;
	}
	p->items[at].data = data;
	p->items[at].len = (uint16_t)len;
	p->count++;
	return DFLOW_OK;
}

enum dflow_status
rrpack_set(struct rrpack *p, const uint8_t *owner, uint32_t ttl,
    struct rrset *set, struct dflow_err *err)
{
	enum dflow_status st;
	uint32_t count = 0;

	assert(p->count > 0);
	buf_reset(&p->packed);
	for (size_t i = 0; i < p->count; i++) {
		const struct rdata *r = &p->items[i];

		if (i > 0 && rdata_cmp(p->type, r[-1].data, r[-1].len, r->data,
				 r->len) == 0)
			continue;
		buf_put(&p->packed, &r->len, sizeof(r->len));
		buf_put(&p->packed, r->data, r->len);
		count++;
	}
	st = buf_check(&p->packed, "RRset", err);
	if (st != DFLOW_OK)
		return st;
	set->owner = owner;
	set->rdata = p->packed.data;
	set->ttl = ttl;
	set->count = count;
	set->type = p->type;
	return DFLOW_OK;
}
