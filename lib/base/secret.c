/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory for secrets. Owns the wiping; refuses to grow, because a move would
 * leave a copy behind.
 */
#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

#include "base/os.h"

enum { SECRET_MAX = 1024 * 1024 };

enum dflow_status
secret_new(size_t cap, struct secret **out, struct dflow_err *err)
{
	struct secret *s = NULL;

	if (cap == 0 || cap > SECRET_MAX)
		return err_set(err, DFLOW_FAILED,
		    "a secret has 1 to %d bytes, not %zu", SECRET_MAX, cap);
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return err_memory(err);
	s->data = os_pages_new(cap);
	if (s->data == NULL) {
		free(s);
		return err_memory(err);
	}
	s->cap = cap;
	*out = s;
	return DFLOW_OK;
}

enum dflow_status
secret_put(
    struct secret *s, const void *data, size_t len, struct dflow_err *err)
{
	if (len > s->cap - s->len)
		return err_set(err, DFLOW_FAILED,
		    "a secret is longer than %zu bytes", s->cap);
	if (len != 0)
		memcpy(s->data + s->len, data, len);
	s->len += len;
	return DFLOW_OK;
}

void
secret_free(struct secret **s)
{
	if (s == NULL || *s == NULL)
		return;
	os_pages_free((*s)->data, (*s)->cap);
	free(*s);
	*s = NULL;
}
