/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command of the N200 that signs. No public document describes it, so all
 * of it is configurable: the "sign" object of n200.conf (n200.conf(5)).
 */
#ifndef KEYS_N200SIGN_H
#define KEYS_N200SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"
#include "dns/digest.h"
#include "dnssecflow/n200.h"

struct cJSON;

enum {
	N200_WORD_MAX = 64, /* a command or a field's name, and a NUL */
	N200_VALUE_MAX = 256, /* an extra field's value, and a NUL */
	N200_PATH_MAX = 128, /* a dotted path, and a NUL */
	N200_EXTRA_MAX = 8,
};

/* The fields that have a meaning; "" as a name leaves one out. */
enum n200_field {
	N200_FIELD_CORE,
	N200_FIELD_KEY,
	N200_FIELD_DATA,
	N200_FIELD_PIN,
	N200_FIELDS,
};

enum n200_key_form { /* what names the key */
	N200_KEY_KEY_ID,
	N200_KEY_TOKEN_NAME,
	N200_KEY_NICE_NAME,
	N200_KEY_ID,
	N200_KEY_FORMS,
};

enum n200_input { /* what is sent to be signed */
	N200_INPUT_DIGEST,
	N200_INPUT_MESSAGE,
	N200_INPUTS,
};

enum n200_encoding {
	N200_ENCODING_UPPER, /* "HEX" */
	N200_ENCODING_HEX, /* lower case in what is sent; either in answers */
	N200_ENCODING_BASE64,
	N200_ENCODING_BASE64URL, /* RFC 4648 section 5, no padding */
	N200_ENCODINGS,
};

enum n200_format { /* of a signature */
	N200_FORMAT_AUTO, /* 64 (96) bytes are raw, else strict DER */
	N200_FORMAT_RAW,
	N200_FORMAT_DER,
	N200_FORMATS,
};

struct n200_extra {
	char name[N200_WORD_MAX];
	char value[N200_VALUE_MAX];
};

struct n200_sign {
	char command[N200_WORD_MAX];
	char fields[N200_FIELDS][N200_WORD_MAX];
	struct n200_extra extra[N200_EXTRA_MAX];
	size_t extra_count;
	enum n200_key_form key_form;
	enum n200_input input;
	enum n200_encoding input_encoding;
	bool apart; /* r at result[0], s at result[1] */
	char result[2][N200_PATH_MAX]; /* dotted paths; result[0] alone */
	enum n200_encoding result_encoding; /* never N200_ENCODING_UPPER */
	enum n200_format format;
};

/* The defaults of n200.conf(5). */
void n200_sign_defaults(struct n200_sign *s);

/*
 * Fills out from the object, which json is; what it lacks are the defaults.
 * DFLOW_FAILED "file: sign.KEY: ..." for keys and values that are unknown, of
 * another type or too long, and for a command that is known not to sign.
 */
DFLOW_NODISCARD enum dflow_status n200_sign_read(const char *file,
    const struct cJSON *json, struct n200_sign *out, struct dflow_err *err);

/* As JSON with newlines and a NUL, which n200_sign_read takes. */
DFLOW_NODISCARD enum dflow_status n200_sign_write(const struct n200_sign *s,
    char out[DFLOW_N200_SIGN], struct dflow_err *err);

/* Who signs. */
struct n200_subject {
	const struct dflow_n200_key *key;
	unsigned core;
	const struct secret *pin; /* NULL: the device has it */
	enum digest_kind digest; /* SHA-256 or SHA-384, by the curve */
};

/* What names the key in that form, or "". */
const char *n200_sign_key(
    const struct dflow_n200_key *key, enum n200_key_form form);

/* At least the bytes that the form over len bytes takes. */
size_t n200_sign_body_size(
    const struct n200_sign *s, const struct n200_subject *who, size_t len);
/*
 * Appends the form that asks for a signature over data (hashed here, if
 * input is the digest). DFLOW_FAILED if the key has no name of key_form.
 */
DFLOW_NODISCARD enum dflow_status n200_sign_body(const struct n200_sign *s,
    const struct n200_subject *who, const uint8_t *data, size_t len,
    struct secret *body, struct dflow_err *err);

/*
 * The 2 * n bytes of r||s (n is 32 or 48) from an answer that n200_answer
 * took. DFLOW_FAILED, saying which setting does not fit the answer.
 */
DFLOW_NODISCARD enum dflow_status n200_sign_answer(const struct n200_sign *s,
    const struct cJSON *answer, size_t n, uint8_t *sig, struct dflow_err *err);

#endif
