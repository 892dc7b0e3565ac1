/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a build --without-n200 has in place of the N200: a line that says so. */
#include "dnssecflow/n200.h"
#include "keys/n200.h"

static enum dflow_status
none(struct dflow_err *err)
{
	return err_set(err, DFLOW_USAGE,
	    "this build is without the N200; configure it anew, not "
	    "--without-n200");
}

enum dflow_status
dflow_n200_open(
    const char *path, struct dflow_n200 **out, struct dflow_err *err)
{
	(void)path;
	(void)out;
	return none(err);
}

/* Nothing below can be reached: there is no device to give it. */
void
dflow_n200_free(struct dflow_n200 **n)
{
	(void)n;
}

enum dflow_status
dflow_n200_list(struct dflow_n200 *n, const struct dflow_n200_key **keys,
    size_t *count, struct dflow_err *err)
{
	(void)n;
	(void)keys;
	(void)count;
	return none(err);
}

enum dflow_status
dflow_n200_attributes(struct dflow_n200 *n, const char *name,
    struct dflow_n200_key **keys, size_t *count, struct dflow_err *err)
{
	(void)n;
	(void)name;
	(void)keys;
	(void)count;
	return none(err);
}

enum dflow_status
dflow_n200_random(
    struct dflow_n200 *n, uint8_t *out, size_t count, struct dflow_err *err)
{
	(void)n;
	(void)out;
	(void)count;
	return none(err);
}

enum dflow_status
dflow_n200_time(struct dflow_n200 *n, int64_t *out, struct dflow_err *err)
{
	(void)n;
	(void)out;
	return none(err);
}

enum dflow_status
dflow_n200_probe(struct dflow_n200 *n, const char *name,
    const struct dflow_progress *progress, char out[DFLOW_N200_SIGN],
    struct dflow_err *err)
{
	(void)n;
	(void)name;
	(void)progress;
	(void)out;
	return none(err);
}

enum dflow_status
n200_find(struct dflow_n200 *n, const char *name,
    const struct dflow_n200_key **key, struct dflow_err *err)
{
	(void)n;
	(void)name;
	(void)key;
	return none(err);
}

enum dflow_status
n200_find_id(struct dflow_n200 *n, const char *key_id,
    const struct dflow_n200_key **key, struct dflow_err *err)
{
	return n200_find(n, key_id, key, err);
}

uint8_t
n200_algorithm(const struct dflow_n200_key *key)
{
	(void)key;
	return 0;
}

enum dflow_status
n200_make(struct dflow_n200 *n, const char *nice_name, unsigned bits,
    const struct dflow_n200_key **key, struct dflow_err *err)
{
	(void)n;
	(void)nice_name;
	(void)bits;
	(void)key;
	return none(err);
}

enum dflow_status
n200_import(struct dflow_n200 *n, const char *nice_name,
    const struct secret *scalar, const struct dflow_n200_key **key,
    struct dflow_err *err)
{
	(void)n;
	(void)nice_name;
	(void)scalar;
	(void)key;
	return none(err);
}

enum dflow_status
n200_signer_open(struct dflow_n200 *n, const char *key_id,
    const struct dnskey *pub, struct signer **out, struct dflow_err *err)
{
	(void)n;
	(void)key_id;
	(void)pub;
	(void)out;
	return none(err);
}
