/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the N200 share. */
#ifndef KEYS_N200DEVICE_H
#define KEYS_N200DEVICE_H

#include "keys/https.h"
#include "keys/n200.h"
#include "keys/n200conf.h"

struct cJSON;

struct dflow_n200 {
	struct n200_conf *conf;
	struct os_log *log; /* NULL: none */
	struct secret
	    *basic; /* USER:PASSWORD, as the header has it in base64 */
	struct redact redact;
	struct https *https;
	struct dflow_n200_key *keys;
	size_t key_count;
	bool listed;
};

/* GET base/COMMAND/arg/; arg may be NULL. Free *out by cJSON_Delete. */
DFLOW_NODISCARD enum dflow_status n200_get(struct dflow_n200 *n,
    const char *command, const char *arg, struct cJSON **out,
    struct dflow_err *err);

/* POST base/web/postv1 of a form that is at hand, never sent twice. */
DFLOW_NODISCARD enum dflow_status n200_post(struct dflow_n200 *n,
    const char *command, const struct secret *form, struct cJSON **out,
    struct dflow_err *err);

/* Fills r for the command that signs, but for its body. */
void n200_sign_request(const struct dflow_n200 *n, const struct n200_sign *s,
    struct https_request *r);

/* Who signs with key, as n200_sign_body wants it; a view. */
struct n200_subject n200_subject(
    const struct dflow_n200 *n, const struct dflow_n200_key *key);

/* Is name the key's nice_name, token label or CKA_ID? */
bool n200_is_called(const struct dflow_n200_key *k, const char *name);

/* Reads the list of keys anew. */
DFLOW_NODISCARD enum dflow_status n200_list_again(
    struct dflow_n200 *n, struct dflow_err *err);

#endif
