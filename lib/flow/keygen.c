/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the public operations that make a key, or put one into a device: words
 * become what keymake and keyput take. Refuses zones and algorithms that are
 * none.
 */
#include <string.h>

#include "dns/name.h"
#include "dnssecflow/keygen.h"
#include "keys/keymake.h"
#include "keys/keyput.h"

_Static_assert(
    (int)DFLOW_KEYGEN_BASE == (int)KEYFILE_NAME_MAX, "one size of a name");
_Static_assert(DFLOW_KEYGEN_UNSET == KEYTIME_UNSET, "one unset time");

static enum dflow_status
read_words(const struct dflow_keygen *in, struct keymake *out,
    uint8_t zone[NAME_MAX_LEN], struct dflow_err *err)
{
	struct dflow_err why = {0};

	if (name_parse(in->zone, zone, &why) != DFLOW_OK)
		return err_set(err, DFLOW_USAGE, "%s", why.text);
	out->zone = zone;
	if (in->algorithm != NULL)
		out->alg = alg_parse(in->algorithm);
	else if (!in->n200_existing)
		out->alg = alg_find(ALG_ECDSAP256);
	if (out->alg == NULL && in->algorithm != NULL)
		return err_set(err, DFLOW_USAGE,
		    "%s: not an algorithm that "
		    "we know; use 8, 10, 13, 14, 15 or 16",
		    in->algorithm);
	return DFLOW_OK;
}

/* What the device does not do. */
static enum dflow_status
check_device(const struct keymake *p, struct dflow_err *err)
{
	if (p->n200 == NULL)
		return DFLOW_OK;
	if (p->encrypt)
		return err_set(err, DFLOW_USAGE,
		    "a key in the device has no passphrase here");
	if (p->alg != NULL && p->alg->number != ALG_ECDSAP256 &&
	    p->alg->number != ALG_ECDSAP384)
		return err_set(err, DFLOW_USAGE,
		    "the device makes keys of algorithm 13 and 14, not %u",
		    (unsigned)p->alg->number);
	return DFLOW_OK;
}

/* The zone as it was given, without its last dot. */
static void
zone_name(const char *zone, char out[NAME_TEXT_SIZE])
{
	size_t len = strlen(zone);

	if (len >= NAME_TEXT_SIZE)
		len = NAME_TEXT_SIZE - 1;
	if (len > 1 && zone[len - 1] == '.')
		len--;
	memcpy(out, zone, len);
	out[len] = '\0';
}

enum dflow_status
dflow_keygen(const struct dflow_keygen *params, char base[DFLOW_KEYGEN_BASE],
    struct dflow_err *err)
{
	uint8_t zone[NAME_MAX_LEN];
	struct keymake p = {
	    .dir = params->dir == NULL ? "." : params->dir,
	    .bits = params->bits,
	    .ksk = params->ksk,
	    .encrypt = params->encrypt,
	    .pass = {.fd = params->passphrase_fd},
	    .ttl = params->ttl_s,
	    .now = params->now,
	    .publish = params->publish,
	    .activate = params->activate,
	    .inactive = params->inactive,
	    .remove = params->remove,
	    .n200 = params->n200,
	    .n200_name = params->n200_name,
	    .n200_existing = params->n200_existing,
	};
	char name[NAME_TEXT_SIZE];
	enum dflow_status status;

	status = read_words(params, &p, zone, err);
	if (status == DFLOW_OK)
		status = check_device(&p, err);
	if (status != DFLOW_OK)
		return status;
	zone_name(params->zone, name);
	if (p.n200_name == NULL)
		p.n200_name = name;
	return keymake(&p, base, err);
}

enum dflow_status
dflow_keyput(const struct dflow_keyput *params, char base[DFLOW_KEYGEN_BASE],
    struct dflow_err *err)
{
	struct keyput p = {
	    .key = params->key,
	    .dir = params->dir == NULL ? "." : params->dir,
	    .pass = {.fd = params->passphrase_fd},
	    .n200 = params->n200,
	    .n200_name = params->n200_name,
	};

	return keyput(&p, base, err);
}
