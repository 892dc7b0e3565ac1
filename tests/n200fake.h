/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A device that signs in one of many ways, without a network (tests only). */
#ifndef TESTS_N200FAKE_H
#define TESTS_N200FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ecsubject.h"
#include "keys/n200search.h"

/* What it does that no sign object can mend. */
enum fake_fault {
	FAKE_SOUND,
	FAKE_HASHES_TEXT, /* signs the hash of the text that it got */
	FAKE_HASHES_AGAIN, /* signs the hash of the digest alone */
	FAKE_SHA512, /* signs SHA-512 of the message */
	FAKE_UNHASHED, /* signs the text that it got */
	FAKE_OTHER_KEY, /* signs with its other key */
	FAKE_NO_KEY, /* signs with a key that nobody knows */
	FAKE_REPLAYS, /* gives its first signature again and again */
	FAKE_NO_SIGNATURE, /* answers, and that is all */
	FAKE_BROKEN, /* always the same error */
	FAKE_DENIES,
	FAKE_DEAD, /* no answer */
};

enum fake_words { /* of its errors */
	FAKE_PLAIN, /* "unknown field" */
	FAKE_NAMED, /* "unknown field: NAME" */
	FAKE_MUTE, /* the same for all */
};

struct fake {
	struct n200_sign way; /* as it wants to be asked, and answers */
	bool strict; /* refuses fields that it does not know */
	enum fake_words words;
	enum fake_fault fault;
	unsigned dies_after; /* requests; 0: never */
	const char *pin; /* NULL: it wants none */
	const struct dflow_n200_key *key;
	const struct subject *signer;
	const struct subject *other;
	unsigned plain; /* signatures that look alike in both base64s */
	unsigned asked;
	bool replays; /* sig holds the first */
	uint8_t sig[96];
	unsigned wrong_pins;
	char say[128];
	char commands[2048]; /* all that it was told, with blanks around */
};

#define FAKE_PIN "12345678"

/* Keys on P-256, P-384 and, of nobody's, P-256 again; what n200.conf has. */
struct fake_world {
	struct subject subjects[3];
	struct dflow_n200_key keys[3];
	struct secret *pin; /* FAKE_PIN */
};

void fake_world_make(struct fake_world *w);
void fake_world_free(struct fake_world *w);
/* A device of the usual ways, whose key is the i-th. */
struct fake fake_of(const struct fake_world *w, size_t i);
struct n200_subject fake_who(const struct fake_world *w, const struct fake *f);

/* For struct n200_prober, with a struct fake. */
enum dflow_status fake_ask(void *ctx, const struct n200_sign *s,
    const struct secret *form, struct n200_said *said, struct dflow_err *err);
/* True if it signs other data when asked, and read, as the signer does. */
bool fake_signs(const struct fake_world *w, struct fake *f,
    const struct n200_sign *s, unsigned number);

#endif
