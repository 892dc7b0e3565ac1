/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns dflow_n200_probe: the search for a sign object (keys/n200search.h) at a
 * device. One request at a time, over one connection. The first, by which the
 * device judges the PIN, is sent once whatever happens; later ones may be sent
 * again if no answer comes, as the signer's. What the device says goes on as
 * the signer's would, redacted; no answer at all ends the search.
 */
#include <string.h>

#include <cjson/cJSON.h>

#include "keys/n200answer.h"
#include "keys/n200device.h"
#include "keys/n200search.h"

struct probe {
	struct dflow_n200 *n;
	bool judged; /* the device has had the PIN */
};

/* One question of a probe. */
struct question {
	struct probe *probe;
	const struct n200_sign *sign;
	const struct secret *form;
	struct n200_said *said;
};

static enum dflow_status
make(void *ctx, size_t i, struct https_request *r, struct dflow_err *err)
{
	const struct question *q = ctx;
	enum dflow_status status;

	(void)i;
	n200_sign_request(q->probe->n, q->sign, r);
	r->once = !q->probe->judged;
	status = https_body(r, q->form->len, err);
	if (status == DFLOW_OK)
		status = secret_put(r->body, q->form->data, q->form->len, err);
	return status;
}

/* That the device says no is an answer, too. */
static enum dflow_status
take(void *ctx, size_t i, const struct https_answer *a, struct dflow_err *err)
{
	const struct question *q = ctx;
	enum dflow_status status;

	(void)i;
	(void)err;
	status = n200_answer(a, q->sign->command, &q->probe->n->redact,
	    &q->said->answer, &q->said->why);
	if (status != DFLOW_OK)
		q->said->answer = NULL;
	return DFLOW_OK;
}

static enum dflow_status
ask(void *ctx, const struct n200_sign *s, const struct secret *form,
    struct n200_said *said, struct dflow_err *err)
{
	struct probe *p = ctx;
	struct question q = {p, s, form, said};
	const struct https_batch batch = {1, make, take, &q};
	enum dflow_status status = https_run(p->n->https, &batch, err);

	p->judged = true;
	return status;
}

enum dflow_status
dflow_n200_probe(struct dflow_n200 *n, const char *name,
    const struct dflow_progress *progress, char out[DFLOW_N200_SIGN],
    struct dflow_err *err)
{
	struct n200_sign found = n->conf->sign;
	const struct dflow_n200_key *key = NULL;
	struct n200_subject who;
	struct probe probe = {.n = n};
	struct n200_prober prober = {
	    .ask = ask, .ctx = &probe, .who = &who, .progress = progress};
	enum dflow_status status = n200_find(n, name, &key, err);

	if (status != DFLOW_OK)
		return status;
	who = n200_subject(n, key);
	prober.keys = n->keys;
	prober.key_count = n->key_count;
	status = n200_search(&prober, &found, err);
	if (status == DFLOW_OK)
		status = n200_sign_write(&found, out, err);
	return status;
}
