/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A signature asked for in a way that a device may want, or in several. */
#ifndef KEYS_N200WISH_H
#define KEYS_N200WISH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "keys/n200sign.h"

enum {
	N200_WISH_DATA = 1024, /* of data that is sent, encoded, and a NUL */
	N200_WISH_FORM = 32768, /* bytes that the form of any wish takes */
	N200_WISH_OWN = 31, /* the name that sign itself has; the last */
	N200_WISH_SHAPES = /* what may be sent under one set of names */
	N200_KEY_FORMS * N200_INPUTS * N200_ENCODINGS,
};

/* What is to be signed; a view. */
struct n200_wish_bytes {
	const uint8_t *data;
	size_t len;
};

/*
 * What sign says, but a field with names is sent under each of them: bit i is
 * the i-th that devices may have for it, bit N200_WISH_OWN sign's own.
 */
struct n200_wish {
	struct n200_sign sign;
	uint32_t names[N200_FIELDS]; /* 0: sign's own, and no other */
};

/* The i-th name of a field that devices may have, or NULL behind the last. */
const char *n200_wish_name(enum n200_field field, unsigned i);
/* Those to send at once, and sign's own if it has one. */
uint32_t n200_wish_names(const struct n200_sign *s, enum n200_field field);
/* The i-th command that can only sign, or NULL behind the last. */
const char *n200_wish_command(unsigned i);

/*
 * Changes key_form, input and input_encoding to the i-th way of
 * N200_WISH_SHAPES, of which the 0th is s's own. False if it is no other than
 * one before it.
 */
bool n200_wish_shape(
    struct n200_sign *s, const struct dflow_n200_key *key, unsigned i);

/* Writes data as it is sent (or its digest) in text and a NUL. */
DFLOW_NODISCARD enum dflow_status n200_wish_data(const struct n200_sign *s,
    enum digest_kind digest, const struct n200_wish_bytes *data,
    char out[N200_WISH_DATA], struct dflow_err *err);

/*
 * Appends the form. It is n200_sign_body's where no field has names, so that
 * what is found is what will be sent.
 */
DFLOW_NODISCARD enum dflow_status n200_wish_form(const struct n200_wish *w,
    const struct n200_subject *who, const struct n200_wish_bytes *data,
    struct secret *body, struct dflow_err *err);

#endif
