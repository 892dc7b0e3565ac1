/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A step of the search for a sign object, for n200search.c and n200strict.c. */
#ifndef KEYS_N200SEEK_H
#define KEYS_N200SEEK_H

#include <stdbool.h>
#include <stddef.h>

#include "keys/n200reading.h"
#include "keys/n200search.h"

enum {
	N200_SEEK_CEILING = 400, /* requests of a search */
	N200_SEEK_MESSAGES = 6,
	N200_SEEK_PINLESS = 24, /* answers that no PIN came; more end it */
};

/*
 * The texts that are signed. The third byte of all that DNSSEC signs is an
 * algorithm (RFC 4034 section 3.1.8.1), 13 or 14 for keys of an N200: that of
 * no text here, of no digest of one, and of neither's hex or base64 is. So
 * nothing that comes of a search can stand in a zone.
 */
const char *n200_seek_message(unsigned i);

/* A search under way. */
struct n200_seeker {
	const struct n200_prober *prober;
	struct n200_reader *reader;
	struct secret *form; /* N200_WISH_FORM bytes */
	size_t asked;
	struct dflow_err
	    last; /* what the last answer said, if not a signature */
	bool pin_missed; /* the last answer said that it had no PIN */
	unsigned pinless; /* answers that did */
	enum n200_sight nearest;
	char nearest_text[DFLOW_ERR_TEXT];
	bool done;
	struct n200_sign found; /* then */
};

/*
 * Asks for a signature as w says. If it comes, finds which of its names the
 * device needs, signs other texts with what is left, and is done. Fails only
 * if the search must end.
 */
DFLOW_NODISCARD enum dflow_status n200_seek(
    struct n200_seeker *k, const struct n200_wish *w, struct dflow_err *err);
/* The same for all shapes of what w sends. */
DFLOW_NODISCARD enum dflow_status n200_seek_shapes(
    struct n200_seeker *k, const struct n200_wish *w, struct dflow_err *err);
/* Ends the search: DFLOW_REFUSED, with what came nearest. */
enum dflow_status n200_seek_end(
    const struct n200_seeker *k, struct dflow_err *err);

/*
 * What the last answer said, but for a word that this request alone had: so
 * that two answers are alike if the device saw the same fault.
 */
uint64_t n200_seek_heard(const struct n200_seeker *k, const char *word);
/*
 * Sets odd[i] where answer i is not like most; if there is none that more than
 * half are like, none is odd. Returns how many are.
 */
size_t n200_seek_odd(const uint64_t *heard, size_t count, bool *odd);

/*
 * The search in devices that refuse fields they do not know: one name at a
 * time, from w's, by what the device says of it.
 */
DFLOW_NODISCARD enum dflow_status n200_strict(
    struct n200_seeker *k, const struct n200_wish *w, struct dflow_err *err);
/* Every two names for key and data, where it says nothing of use. */
DFLOW_NODISCARD enum dflow_status n200_strict_pairs(
    struct n200_seeker *k, const struct n200_wish *w, struct dflow_err *err);

#endif
