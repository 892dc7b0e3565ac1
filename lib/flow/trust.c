/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dflow_trust_*: who made a file, for programs that only look at it. */
#include <stdlib.h>

#include "base/os.h"
#include "dnssecflow/container.h"
#include "exchange/bundle.h"
#include "flow/contained.h"

struct dflow_trust {
	struct contained_policy policy;
};

enum dflow_status
dflow_trust_read(const char *path, bool require, struct dflow_trust **out,
    struct dflow_err *err)
{
	struct dflow_trust *t = calloc(1, sizeof(*t));
	enum dflow_status st;

	if (t == NULL)
		return err_memory(err);
	st = contained_policy_read(path, require, 0, &t->policy, err);
	if (st == DFLOW_OK) {
		*out = t;
		t = NULL; /* transferred */
	}
	dflow_trust_free(&t);
	return st;
}

enum dflow_status
dflow_trust_check(const struct dflow_trust *t, const char *path, int64_t now,
    struct dflow_maker *maker, struct dflow_err *err)
{
	struct contained_policy policy = t->policy;
	enum dflow_status st;
	struct buf text;

	policy.now = now;
	buf_init(&text, BUNDLES_BYTES_MAX);
	st = os_read(path, BUNDLES_BYTES_MAX, &text, err);
	if (st == DFLOW_OK)
		st = contained_maker(&policy, path, &text, maker, err);
	buf_free(&text);
	return st;
}

void
dflow_trust_free(struct dflow_trust **t)
{
	struct dflow_trust *old = *t;

	*t = NULL;
	if (old == NULL)
		return;
	contained_policy_end(&old->policy);
	free(old);
}
