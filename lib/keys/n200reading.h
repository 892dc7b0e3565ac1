/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an answer of the N200 says, when its form is not known. */
#ifndef KEYS_N200READING_H
#define KEYS_N200READING_H

#include <stddef.h>
#include <stdint.h>

#include "keys/n200wish.h"

struct cJSON;

/* What was seen; the further down, the nearer to what DNSSEC needs. */
enum n200_sight {
	N200_SIGHT_NOTHING, /* no answer, or no signature in it */
	N200_SIGHT_STRANGE, /* a signature, of who knows what */
	N200_SIGHT_OTHER, /* another key's */
	N200_SIGHT_ODD, /* the key's, but over something else */
	N200_SIGHT_FITS,
};

enum {
	N200_READING_NOTE = 256,
	N200_READINGS = 4, /* ways to read one place: encodings overlap */
};

struct n200_reading {
	enum n200_sight sight;
	char note[N200_READING_NOTE]; /* what to tell the user, or "" */
	struct n200_sign fits[N200_READINGS]; /* that explain the answer */
	size_t count;
};

struct n200_reader;

/*
 * Reads for one key, who's; others are the device's keys, any count, so that
 * one that signs in its place is named. All is borrowed. DFLOW_REFUSED if the
 * device did not tell the public key, or it is none for DNSSEC.
 */
DFLOW_NODISCARD enum dflow_status n200_reader_new(
    const struct n200_subject *who, const struct dflow_n200_key *others,
    size_t count, struct n200_reader **out, struct dflow_err *err);
void n200_reader_free(struct n200_reader **r);

/*
 * Finds the signature over data that s asked for in the answer, by
 * n200_sign_answer: what s says of the result first, then any other place in
 * it, and any two that could be r and s.
 */
void n200_reader_read(struct n200_reader *r, const struct n200_sign *s,
    const struct n200_wish_bytes *data, const struct cJSON *answer,
    struct n200_reading *out);

#endif
