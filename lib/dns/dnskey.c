/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns what can be said of a DNSKEY without doing cryptography: its fields,
 * tag (RFC 4034 appendix B), size, whether the key field has the form of its
 * algorithm (RFC 3110 section 2, 6605 section 4, 8080 section 3), and its DS
 * (RFC 4034 section 5.1.4).
 */
#include <string.h>
#include <strings.h>

#include "dns/digest.h"
#include "dns/dnskey.h"
#include "dns/name.h"

static const struct alg algs[] = {
    {ALG_RSASHA1, false, "RSASHA1", 1024, 4096, 2048},
    {ALG_RSASHA1_NSEC3, false, "RSASHA1-NSEC3-SHA1", 1024, 4096, 2048},
    {ALG_RSASHA256, true, "RSASHA256", 1024, 4096, 2048},
    {ALG_RSASHA512, true, "RSASHA512", 1024, 4096, 2048},
    {ALG_ECDSAP256, true, "ECDSAP256SHA256", 256, 256, 256},
    {ALG_ECDSAP384, true, "ECDSAP384SHA384", 384, 384, 384},
    {ALG_ED25519, true, "ED25519", 256, 256, 256},
    {ALG_ED448, true, "ED448", 456, 456, 456},
};

/* Other spellings that BIND and ldns take. */
static const struct {
	const char *text;
	uint8_t number;
} aliases[] = {
    {"NSEC3RSASHA1", ALG_RSASHA1_NSEC3},
    {"RSASHA1_NSEC3", ALG_RSASHA1_NSEC3},
    {"RSASHA1-NSEC3", ALG_RSASHA1_NSEC3},
    {"RSA-SHA1", ALG_RSASHA1},
    {"ECDSAP256", ALG_ECDSAP256},
    {"ECDSAP384", ALG_ECDSAP384},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const struct alg *
alg_find(uint8_t number)
{
	size_t i;

	for (i = 0; i < COUNT(algs); i++)
		if (algs[i].number == number)
			return &algs[i];
	return NULL;
}

static const struct alg *
alg_by_number(const char *text)
{
	unsigned v = 0;
	size_t i;

	for (i = 0; text[i] >= '0' && text[i] <= '9' && i < 3; i++)
		v = v * 10 + (unsigned)(text[i] - '0');
	return i > 0 && text[i] == '\0' && v <= 255 ? alg_find((uint8_t)v)
						    : NULL;
}

const struct alg *
alg_parse(const char *text)
{
	size_t i;

	for (i = 0; i < COUNT(algs); i++)
		if (strcasecmp(text, algs[i].mnemonic) == 0)
			return &algs[i];
	for (i = 0; i < COUNT(aliases); i++)
		if (strcasecmp(text, aliases[i].text) == 0)
			return alg_find(aliases[i].number);
	return alg_by_number(text);
}

bool
dnskey_view(const uint8_t *rdata, size_t len, struct dnskey *out)
{
	if (len < 5)
		return false;
	out->rdata = rdata;
	out->rdata_len = len;
	out->flags = (uint16_t)(rdata[0] << 8 | rdata[1]);
	out->protocol = rdata[2];
	out->algorithm = rdata[3];
	out->key = rdata + 4;
	out->key_len = len - 4;
	out->tag = dnskey_tag(rdata, len);
	return true;
}

/* The checksum over all of rdata but its flags' lower byte, which is given. */
static uint16_t
tag_with(const uint8_t *rdata, size_t len, uint8_t flags_low)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		uint32_t byte = i == 1 ? flags_low : rdata[i];

		sum += i % 2 == 0 ? byte << 8 : byte;
	}
	return (uint16_t)(sum + (sum >> 16));
}

uint16_t
dnskey_tag(const uint8_t *rdata, size_t len)
{
	return len < 2 ? 0 : tag_with(rdata, len, rdata[1]);
}

uint16_t
dnskey_tag_revoked(const uint8_t *rdata, size_t len)
{
	if (len < 2)
		return 0;
	return tag_with(rdata, len, rdata[1] ^ DNSKEY_FLAG_REVOKE);
}

bool
dnskey_same_key(const struct dnskey *a, const struct dnskey *b)
{
	return a->algorithm == b->algorithm && a->protocol == b->protocol &&
	       a->key_len == b->key_len &&
	       memcmp(a->key, b->key, a->key_len) == 0;
}

/* The parts of an RSA key field; views. */
struct rsa_field {
	const uint8_t *exponent;
	size_t exponent_len;
	const uint8_t *modulus;
	size_t modulus_len;
	bool long_form; /* three bytes of exponent length, not one */
};

static bool
rsa_split(const uint8_t *key, size_t len, struct rsa_field *f)
{
	size_t head = 1;

	if (len < 1)
		return false;
	f->exponent_len = key[0];
	f->long_form = key[0] == 0;
	if (f->long_form) {
		head = 3;
		if (len < head)
			return false;
		f->exponent_len = (size_t)key[1] << 8 | key[2];
	}
	if (f->exponent_len == 0 || len - head <= f->exponent_len)
		return false;
	f->exponent = key + head;
	f->modulus = f->exponent + f->exponent_len;
	f->modulus_len = len - head - f->exponent_len;
	return true;
}

/* Bits of a big-endian number. */
static size_t
number_bits(const uint8_t *n, size_t len)
{
	size_t bits;
	uint8_t top;

	while (len > 0 && *n == 0) {
		n++;
		len--;
	}
	if (len == 0)
		return 0;
	bits = (len - 1) * 8;
	for (top = *n; top != 0; top >>= 1)
		bits++;
	return bits;
}

unsigned
dnskey_bits(const struct dnskey *key)
{
	const struct alg *alg = alg_find(key->algorithm);
	struct rsa_field f;

	if (alg == NULL)
		return 0;
	if (alg->bits_min == alg->bits_max)
		return alg->bits_min;
	if (!rsa_split(key->key, key->key_len, &f))
		return 0;
	return (unsigned)number_bits(f.modulus, f.modulus_len);
}

static enum dflow_status
refuse(const struct dnskey *key, const char *why, struct dflow_err *err)
{
	return err_set(err, DFLOW_REFUSED,
	    "key %u of algorithm %u: %s; "
	    "it is damaged, make or fetch it anew",
	    (unsigned)key->tag, (unsigned)key->algorithm, why);
}

static enum dflow_status
check_rsa(
    const struct dnskey *key, const struct alg *alg, struct dflow_err *err)
{
	struct rsa_field f;
	size_t bits;

	if (!rsa_split(key->key, key->key_len, &f))
		return refuse(key, "the RSA key field is cut short", err);
	if (f.long_form && f.exponent_len < 256)
		return refuse(key,
		    "the RSA exponent's length is not in its "
		    "shortest form (RFC 3110)",
		    err);
	if (f.exponent[0] == 0 || f.modulus[0] == 0)
		return refuse(key,
		    "an RSA number has leading zeros "
		    "(RFC 3110)",
		    err);
	bits = number_bits(f.modulus, f.modulus_len);
	if (bits < alg->bits_min || bits > alg->bits_max)
		return err_set(err, DFLOW_REFUSED,
		    "key %u of algorithm %u: "
		    "its RSA modulus has %zu bits, not %u to %u; "
		    "make another key",
		    (unsigned)key->tag, (unsigned)key->algorithm, bits,
		    alg->bits_min, alg->bits_max);
	if ((f.modulus[f.modulus_len - 1] & 1) == 0)
		return refuse(key, "the RSA modulus is even", err);
	/* 1 would make every signature forgeable. */
	if ((f.exponent[f.exponent_len - 1] & 1) == 0 ||
	    (f.exponent_len == 1 && f.exponent[0] < 3))
		return refuse(key, "the RSA exponent is even or 1", err);
	if (f.exponent_len > f.modulus_len)
		return refuse(key,
		    "the RSA exponent is longer than the "
		    "modulus",
		    err);
	return DFLOW_OK;
}

static size_t
curve_key_len(uint8_t algorithm)
{
	switch (algorithm) {
	case ALG_ECDSAP256:
		return 64;
	case ALG_ECDSAP384:
		return 96;
	case ALG_ED25519:
		return 32;
	case ALG_ED448:
		return 57;
	default:
		return 0;
	}
}

enum dflow_status
dnskey_check(const struct dnskey *key, struct dflow_err *err)
{
	const struct alg *alg = alg_find(key->algorithm);
	size_t len = curve_key_len(key->algorithm);

	if (alg == NULL)
		return err_set(err, DFLOW_REFUSED,
		    "key %u: algorithm %u is "
		    "not supported; use 8, 10, 13, 14, 15 or 16",
		    (unsigned)key->tag, (unsigned)key->algorithm);
	if (len == 0)
		return check_rsa(key, alg, err);
	if (key->key_len != len)
		return err_set(err, DFLOW_REFUSED,
		    "key %u of algorithm %u: "
		    "the public key has %zu bytes, not %zu; "
		    "it is damaged, make or fetch it anew",
		    (unsigned)key->tag, (unsigned)key->algorithm, key->key_len,
		    len);
	return DFLOW_OK;
}

static bool
ds_digest(uint8_t digest_type, enum digest_kind *kind)
{
	switch (digest_type) {
	case 1:
		*kind = DIGEST_SHA1;
		return true;
	case 2:
		*kind = DIGEST_SHA256;
		return true;
	case 4:
		*kind = DIGEST_SHA384;
		return true;
	default:
		return false;
	}
}

size_t
dnskey_ds(const uint8_t *owner, const struct dnskey *key, uint8_t digest_type,
    uint8_t out[DS_RDATA_MAX])
{
	uint8_t canon[NAME_MAX_LEN];
	struct digest *d = NULL;
	enum digest_kind kind;

	if (!ds_digest(digest_type, &kind))
		return 0;
	if (digest_new(kind, &d, NULL) != DFLOW_OK)
		return 0;
	digest_add(d, canon, name_lower(canon, owner));
	digest_add(d, key->rdata, key->rdata_len);
	digest_end(d, out + 4);
	digest_free(&d);
	out[0] = (uint8_t)(key->tag >> 8);
	out[1] = (uint8_t)key->tag;
	out[2] = key->algorithm;
	out[3] = digest_type;
	return 4 + digest_len(kind);
}
