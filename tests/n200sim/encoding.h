/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes as text, strictly: what would be written otherwise is not read. */
#ifndef N200SIM_ENCODING_H
#define N200SIM_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum encoding {
	ENCODING_UPPER, /* "HEX" */
	ENCODING_LOWER, /* "hex" */
	ENCODING_BASE64,
	ENCODING_BASE64URL, /* no padding */
	ENCODINGS,
};

bool encoding_named(const char *name, enum encoding *out);
/* The text, for free(). */
char *encoding_text(enum encoding e, const uint8_t *data, size_t len);
/* The bytes, for free(); NULL if text is anything but this encoding. */
uint8_t *encoding_bytes(enum encoding e, const char *text, size_t *len);

#endif
