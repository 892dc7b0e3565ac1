/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns what makes an old output fit to build upon. The digest is taken of the
 * very bytes that are read into the zone. Whatever is wrong with the file, or
 * if there is no room for it, is no failure: it is done without.
 */
#include "flow/previous.h"

#include <string.h>

#include "base/os.h"
#include "dns/digest.h"
#include "flow/seal.h"
#include "zone/load.h"

static enum dflow_status
load(const struct previous *p, const uint8_t sealed[SEAL_LEN],
    struct zone **zone, struct dflow_err *cause)
{
	struct zone_load load = {
	    .path = p->out,
	    .origin = p->apex,
	    .max_memory = p->max_memory,
	    .taken = p->taken,
	    .alone = true, /* another file would escape the digest */
	    .threads = p->threads,
	};
	uint8_t digest[DIGEST_MAX];
	struct zone *z = NULL;
	enum dflow_status st = digest_new(DIGEST_SHA256, &load.digest, cause);

	if (st != DFLOW_OK)
		return st;
	st = zone_load(&load, &z, cause);
	digest_end(load.digest, digest);
	if (st == DFLOW_OK && memcmp(digest, sealed, SEAL_LEN) != 0)
		st = err_set(cause, DFLOW_REFUSED,
		    "%s is not the file that was verified (see %s.sha256)",
		    p->out, p->out);
	digest_free(&load.digest);
	if (st != DFLOW_OK) {
		zone_free(&z);
		return st;
	}
	*zone = z;
	return DFLOW_OK;
}

void
previous_read(
    const struct previous *p, struct zone **zone, struct dflow_err *cause)
{
	uint8_t sealed[SEAL_LEN];

	*zone = NULL;
	cause->status = DFLOW_OK;
	cause->text[0] = '\0';
	if (strcmp(p->out, "-") == 0 || !os_is_file(p->out))
		return;
	if (seal_read(p->out, sealed, cause) == DFLOW_OK)
		(void)load(p, sealed, zone, cause);
}
