/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the public operation that makes a key: words become what keymake
 * takes. Refuses zones and algorithms that are none.
 */
#include "dns/name.h"
#include "dnssecflow/keygen.h"
#include "keys/keymake.h"

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
	if (in->algorithm == NULL)
		out->alg = alg_find(ALG_ECDSAP256);
	else
		out->alg = alg_parse(in->algorithm);
	if (out->alg == NULL)
		return err_set(err, DFLOW_USAGE,
		    "%s: not an algorithm that "
		    "we know; use 8, 10, 13, 14, 15 or 16",
		    in->algorithm);
	return DFLOW_OK;
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
	};
	enum dflow_status status;

	status = read_words(params, &p, zone, err);
	if (status != DFLOW_OK)
		return status;
	return keymake(&p, base, err);
}
