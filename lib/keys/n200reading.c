/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the search for a signature in an answer whose form is not known. What
 * verifies, under the public key that the device told, is a signature; names
 * and lengths only say where to look first. Candidates are read by
 * n200_sign_answer, as the signer will read them, and no further.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "base/encode.h"
#include "keys/ecsig.h"
#include "keys/n200.h"
#include "keys/n200reading.h"
#include "keys/pkey.h"
#include "keys/verifier.h"

enum {
	DEPTH_MAX = 8, /* of objects in one another */
	LEAVES_MAX = 64, /* strings that are looked at */
	TEXT_MAX = 400, /* characters of a signature, however written */
	OTHERS_MAX = 64, /* keys that are tried in place of the right one */
	POINT = 4 + 2 * ECSIG_N_MAX, /* RDATA of a DNSKEY */
};

/* A string in the answer that could be a signature, or half of one. */
struct leaf {
	char path[N200_PATH_MAX];
	const char *text;
};

struct n200_reader {
	const struct n200_subject *who;
	const struct dflow_n200_key *others;
	size_t other_count;
	size_t n; /* bytes of r, and of s */
	struct verifier *verifier;
	EVP_PKEY *pkey;
	struct leaf leaves[LEAVES_MAX];
	size_t leaf_count;
};

/* The DNSKEY of a key in the device; a view of rdata. */
static bool
dnskey_of(
    const struct dflow_n200_key *key, uint8_t rdata[POINT], struct dnskey *out)
{
	uint8_t algorithm = n200_algorithm(key);

	if (algorithm == 0 || key->public_len > POINT - 4)
		return false;
	rdata[0] = DNSKEY_FLAG_ZONE >> 8;
	rdata[1] = 0;
	rdata[2] = DNSKEY_PROTOCOL;
	rdata[3] = algorithm;
	memcpy(rdata + 4, key->public_key, key->public_len);
	return dnskey_view(rdata, 4 + key->public_len, out);
}

enum dflow_status
n200_reader_new(const struct n200_subject *who,
    const struct dflow_n200_key *others, size_t count, struct n200_reader **out,
    struct dflow_err *err)
{
	struct n200_reader *r;
	uint8_t rdata[POINT];
	enum dflow_status status;
	struct dnskey key;

	if (!dnskey_of(who->key, rdata, &key))
		return err_set(err, DFLOW_REFUSED,
		    "N200: the key %s is not on P-256 or P-384, or the device "
		    "does not tell its public half: it cannot sign DNSSEC",
		    who->key->key_id);
	r = calloc(1, sizeof(*r));
	if (r == NULL)
		return err_memory(err);
	r->who = who;
	r->others = others;
	r->other_count = count < OTHERS_MAX ? count : OTHERS_MAX;
	r->n = who->key->public_len / 2;
	status = verifier_new(&key, &r->verifier, err);
	if (status == DFLOW_OK)
		status = pkey_public(&key, &r->pkey, err);
	if (status != DFLOW_OK) {
		n200_reader_free(&r);
		return status;
	}
	*out = r;
	return DFLOW_OK;
}

void
n200_reader_free(struct n200_reader **r)
{
	if (r == NULL || *r == NULL)
		return;
	verifier_free(&(*r)->verifier);
	EVP_PKEY_free((*r)->pkey);
	free(*r);
	*r = NULL;
}

/* Keeps a string that may be (half) a signature: who else is so long? */
static void
keep(struct n200_reader *r, const char *text, const char *path)
{
	size_t len = strlen(text);
	struct leaf *leaf;

	if (r->leaf_count == LEAVES_MAX || len > TEXT_MAX || len < r->n)
		return;
	leaf = &r->leaves[r->leaf_count++];
	leaf->text = text;
	(void)snprintf(leaf->path, sizeof(leaf->path), "%s", path);
}

/* All strings below node, in the order of the answer. */
static void
walk(struct n200_reader *r, const cJSON *node, const char *path, unsigned depth)
{
	char below[N200_PATH_MAX];
	const cJSON *child;
	size_t i = 0;
	int len;

	if (cJSON_IsString(node)) {
		keep(r, node->valuestring, path);
		return;
	}
	if (depth == 0)
		return;
	cJSON_ArrayForEach(child, node)
	{
		const char *dot = path[0] == '\0' ? "" : ".";

		if (cJSON_IsArray(node))
			len = snprintf(
			    below, sizeof(below), "%s%s%zu", path, dot, i++);
		else
			len = snprintf(below, sizeof(below), "%s%s%s", path,
			    dot, child->string);
		/* A path that cannot be written cannot be configured. */
		if (len > 0 && (size_t)len < sizeof(below))
			walk(r, child, below, depth - 1);
	}
}

/* One question to the reader, and what is known so far. */
struct look {
	struct n200_reader *r;
	const struct n200_sign *s;
	const struct n200_wish_bytes *data;
	const struct cJSON *answer;
	struct n200_reading *out;
	bool seen; /* sig holds what looks like a signature */
	uint8_t sig[2 * ECSIG_N_MAX];
};

/* Tries what c says of the result; true if it fits, and is kept. */
static bool
look_by(struct look *l, const struct n200_sign *c)
{
	struct n200_reader *r = l->r;
	uint8_t sig[2 * ECSIG_N_MAX];

	if (n200_sign_answer(c, l->answer, r->n, sig, NULL) != DFLOW_OK)
		return false;
	if (memcmp(sig, r->who->key->public_key, 2 * r->n) == 0)
		return false; /* as long as a signature, and none */
	if (!l->seen)
		memcpy(l->sig, sig, 2 * r->n);
	l->seen = true;
	if (!verifier_check(
		r->verifier, l->data->data, l->data->len, sig, 2 * r->n))
		return false;
	if (l->out->count < N200_READINGS)
		l->out->fits[l->out->count++] = *c;
	return true;
}

/*
 * All encodings in which c's places are a good signature: base64 with and
 * without '-' and '_' often look the same, and the next signature tells.
 */
static bool
look_at(struct look *l, struct n200_sign *c)
{
	static const enum n200_encoding encodings[] = {
	    N200_ENCODING_HEX, N200_ENCODING_BASE64, N200_ENCODING_BASE64URL};
	enum n200_encoding own = l->s->result_encoding;
	bool good;

	c->result_encoding = own;
	good = look_by(l, c);
	for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++) {
		if (encodings[i] == own)
			continue;
		c->result_encoding = encodings[i];
		good |= look_by(l, c);
	}
	return good;
}

/* The places that s names, then each string. */
static bool
look_whole(struct look *l)
{
	struct n200_sign c = *l->s;

	if (look_at(l, &c))
		return true;
	if (c.format != N200_FORMAT_AUTO) {
		c.format = N200_FORMAT_AUTO;
		if (look_at(l, &c))
			return true;
	}
	c.apart = false;
	memset(c.result, 0, sizeof(c.result));
	for (size_t i = 0; i < l->r->leaf_count; i++) {
		memcpy(c.result[0], l->r->leaves[i].path, N200_PATH_MAX);
		if (look_at(l, &c))
			return true;
	}
	return false;
}

/* Any two strings that are short enough to be r and s. */
static bool
look_apart(struct look *l)
{
	const struct n200_reader *r = l->r;
	struct n200_sign c = *l->s;

	c.apart = true;
	c.format = N200_FORMAT_AUTO;
	memset(c.result, 0, sizeof(c.result));
	for (size_t i = 0; i < r->leaf_count; i++) {
		if (strlen(r->leaves[i].text) > 2 * r->n + 2)
			continue;
		memcpy(c.result[0], r->leaves[i].path, N200_PATH_MAX);
		for (size_t j = 0; j < r->leaf_count; j++) {
			if (j == i || strlen(r->leaves[j].text) > 2 * r->n + 2)
				continue;
			memcpy(c.result[1], r->leaves[j].path, N200_PATH_MAX);
			if (look_at(l, &c))
				return true;
		}
	}
	return false;
}

/* True if sig is the key's over e itself, of which the first n bytes count. */
static bool
signs(EVP_PKEY *pkey, const uint8_t *sig, size_t n, const void *e, size_t e_len)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	uint8_t der[ECSIG_DER_MAX];
	size_t der_len;
	bool good;

	/* Without a digest by name OpenSSL takes any length, and cuts it. */
	der_len = ecsig_to_der(sig, n, der);
	good = ctx != NULL && EVP_PKEY_verify_init(ctx) == 1 &&
	       EVP_PKEY_verify(ctx, der, der_len, e, e_len) == 1;
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return good;
}

static const struct {
	enum digest_kind kind;
	const char *name;
} hashes[] = {
    {DIGEST_SHA256, "SHA-256"},
    {DIGEST_SHA384, "SHA-384"},
    {DIGEST_SHA1, "SHA-1"},
    {DIGEST_SHA512, "SHA-512"},
};

/* True, and a note, if the signature is over these bytes or a hash of them. */
static bool
odd(struct look *l, const void *data, size_t len, const char *what)
{
	uint8_t hash[DIGEST_MAX];
	size_t n = l->r->n;

	l->out->sight = N200_SIGHT_ODD;
	if (signs(l->r->pkey, l->sig, n, data, len)) {
		(void)snprintf(l->out->note, sizeof(l->out->note),
		    "the device signs, but %s itself: DNSSEC cannot use "
		    "that",
		    what);
		return true;
	}
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		digest_once(hashes[i].kind, data, len, hash);
		if (!signs(l->r->pkey, l->sig, n, hash,
			digest_len(hashes[i].kind)))
			continue;
		(void)snprintf(l->out->note, sizeof(l->out->note),
		    "the device signs, but the %s of %s: DNSSEC cannot use "
		    "that",
		    hashes[i].name, what);
		return true;
	}
	l->out->sight = N200_SIGHT_STRANGE;
	return false;
}

/* The key's signature over something else than DNSSEC needs? */
static bool
explain_odd(struct look *l)
{
	static const char *const names[N200_ENCODINGS] = {"the hex text",
	    "the hex text", "the base64 text", "the base64url text"};
	const struct n200_sign *s = l->s;
	bool digest = s->input == N200_INPUT_DIGEST;
	enum digest_kind kind = l->r->who->digest;
	uint8_t hash[DIGEST_MAX];
	char text[N200_WISH_DATA], what[64];
	struct n200_sign other = *s;

	digest_once(kind, l->data->data, l->data->len, hash);
	if (digest && odd(l, hash, digest_len(kind), "the digest that it got"))
		return true;
	if (!digest &&
	    odd(l, l->data->data, l->data->len, "the message that it got"))
		return true;
	for (unsigned e = 0; e < N200_ENCODINGS; e++) {
		other.input_encoding = (s->input_encoding + e) % N200_ENCODINGS;
		if (n200_wish_data(&other, kind, l->data, text, NULL) !=
		    DFLOW_OK)
			continue;
		(void)snprintf(what, sizeof(what), "%s of the %s",
		    names[other.input_encoding], digest ? "digest" : "message");
		if (odd(l, text, strlen(text), what))
			return true;
	}
	return false;
}

/* Is it one of the other keys' in the device? */
static bool
explain_other(struct look *l)
{
	const struct n200_reader *r = l->r;
	enum digest_kind kind = r->who->digest;
	uint8_t rdata[POINT], hash[DIGEST_MAX];
	EVP_PKEY *pkey;
	bool good = false;

	digest_once(kind, l->data->data, l->data->len, hash);
	for (size_t i = 0; i < r->other_count && !good; i++) {
		const struct dflow_n200_key *k = &r->others[i];
		struct dnskey key;

		pkey = NULL;
		if (k->public_len != 2 * r->n || !dnskey_of(k, rdata, &key) ||
		    pkey_public(&key, &pkey, NULL) != DFLOW_OK)
			continue;
		good = signs(pkey, l->sig, r->n, hash, digest_len(kind));
		EVP_PKEY_free(pkey);
		if (!good)
			continue;
		l->out->sight = N200_SIGHT_OTHER;
		(void)snprintf(l->out->note, sizeof(l->out->note),
		    "a signature by another key, %s, came back", k->key_id);
	}
	return good;
}

void
n200_reader_read(struct n200_reader *r, const struct n200_sign *s,
    const struct n200_wish_bytes *data, const struct cJSON *answer,
    struct n200_reading *out)
{
	struct look l = {
	    .r = r, .s = s, .data = data, .answer = answer, .out = out};

	memset(out, 0, sizeof(*out));
	r->leaf_count = 0;
	walk(r, answer, "", DEPTH_MAX);
	if (look_whole(&l) || look_apart(&l)) {
		out->sight = N200_SIGHT_FITS;
		return;
	}
	if (!l.seen) {
		(void)snprintf(out->note, sizeof(out->note),
		    "the device answers, but there is no signature in it");
		return;
	}
	if (explain_odd(&l) || explain_other(&l))
		return;
	out->sight = N200_SIGHT_STRANGE;
	(void)snprintf(out->note, sizeof(out->note),
	    "a signature came back, over something else or by another key");
}
