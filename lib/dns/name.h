/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Domain names in wire form, uncompressed (RFC 1035 section 3.1). A name
 * pointer is trusted: it ends in the root label within 255 bytes. What comes
 * from outside passes name_check or name_parse first.
 */
#ifndef DNS_NAME_H
#define DNS_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	NAME_MAX_LEN = 255, /* bytes on the wire, the root label included */
	NAME_MAX_LABELS = 127, /* without the root */
	NAME_TEXT_SIZE = 1024, /* presentation form (\DDD) and a NUL */
	NAME_KEY_MAX = 512, /* bytes of a sort key */
};

/* Length in bytes, with the root label. */
size_t name_len(const uint8_t *name);
/* Labels without the root: 2 for example.com. */
unsigned name_labels(const uint8_t *name);
/* Length of the name that starts at data, or 0 if it is not a whole one. */
size_t name_check(const uint8_t *data, size_t avail);
/* Canonical order (RFC 4034 section 6.1): <0, 0, >0. */
int name_cmp(const uint8_t *a, const uint8_t *b);
/* Equal, letter case aside. */
bool name_equal(const uint8_t *a, const uint8_t *b);
/* name is parent or below it. */
bool name_within(const uint8_t *name, const uint8_t *parent);
/* The name without its first label; not for the root. */
const uint8_t *name_parent(const uint8_t *name);
bool name_is_root(const uint8_t *name);
/* The first label is "*" alone. */
bool name_is_wildcard(const uint8_t *name);
/* The last n labels of name (n at most name_labels). */
const uint8_t *name_suffix(const uint8_t *name, unsigned n);
/* Copies in lower case; returns the length. dst may be src. */
size_t name_lower(uint8_t *dst, const uint8_t *src);
size_t name_copy(uint8_t *dst, const uint8_t *src);
/* Reads presentation form, with or without the final dot; always absolute. */
DFLOW_NODISCARD enum dflow_status name_parse(
    const char *text, uint8_t out[NAME_MAX_LEN], struct dflow_err *err);
/*
 * Writes presentation form with a final dot and a NUL; returns strlen.
 * Escapes so that any master file reader reads the same name back.
 */
size_t name_text(const uint8_t *name, char out[NAME_TEXT_SIZE]);
/*
 * A key such that memcmp of two keys (the shorter first where one is a prefix)
 * is name_cmp of the names: labels from the root's side, lower case, 00 ends
 * a label, bytes 00 and 01 escaped. A name's key begins with its parent's key.
 * Returns the length.
 */
size_t name_key(const uint8_t *name, uint8_t key[NAME_KEY_MAX]);

#endif
