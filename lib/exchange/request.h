/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key request, right to left: the ZSKs to be signed (doc/key-request.5). */
#ifndef EXCHANGE_REQUEST_H
#define EXCHANGE_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "dns/digest.h"
#include "dns/dnskey.h"
#include "dns/name.h"

enum { REQUEST_BYTES_MAX = 1 << 20, REQUEST_KEYS_MAX = 64 };

/* One or several plain requests, put together; keys by algorithm and tag. */
struct request {
	uint8_t zone[NAME_MAX_LEN];
	struct request_key {
		struct dnskey key; /* a view of rdata */
		uint8_t *rdata;
		const char *file; /* where it stands */
		size_t line;
	} * keys;
	size_t count;
	struct request_file {
		char *path;
		uint8_t sha256[DIGEST_MAX]; /* of its bytes; the first 32 */
	} * files;
	size_t file_count;
};

/*
 * Reads a file's text; file is its name. Refuses, with file:line: nothing in
 * it, over 1 MiB or 64 keys, other RR types or classes, several owners, flags
 * other than 256 (revoked or SEP ones named as such), protocol other than 3, a
 * malformed key, the same key twice.
 */
DFLOW_NODISCARD enum dflow_status request_parse(const char *file,
    const char *text, size_t len, struct request **out, struct dflow_err *err);
/*
 * Moves the keys and files of *from, which is of the same zone, to into, and
 * frees it. Refuses a key that is in both, and more than 64.
 */
DFLOW_NODISCARD enum dflow_status request_join(
    struct request *into, struct request **from, struct dflow_err *err);
void request_free(struct request **r);

#endif
