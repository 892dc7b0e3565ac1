/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where an output must not go: to what cannot be made again. */
#ifndef FLOW_OUTPUT_H
#define FLOW_OUTPUT_H

#include <stddef.h>

#include "base/err.h"

enum output_kind {
	OUTPUT_ZONE, /* to be published */
	OUTPUT_REQUEST, /* right to left */
	OUTPUT_RESPONSE, /* left to right */
};

struct output {
	const char *path; /* "-" is standard output */
	enum output_kind kind;
	/* Files that are read, and base names of keys; NULL is none. */
	const char *const *inputs;
	size_t input_count;
	const char *const *keys;
	size_t key_count;
};

/*
 * DFLOW_USAGE if path is one of the inputs, under whatever name, or a key's
 * file, has a key file's name, or holds a private key; or, for a request, is
 * named KSK.data or holds a response.
 */
DFLOW_NODISCARD enum dflow_status output_check(
    const struct output *o, struct dflow_err *err);

#endif
