/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A se.SAM N200, the network HSM: its keys, its clock, its random bytes. A
 * library that was built without the N200 has these calls too; they answer
 * DFLOW_USAGE.
 */
#ifndef DNSSECFLOW_N200_H
#define DNSSECFLOW_N200_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dnssecflow/err.h"
#include "dnssecflow/zone.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
	DFLOW_N200_TEXT = 128, /* the longest fact about a key, and a NUL */
	DFLOW_N200_RANDOM_MAX = 4096, /* bytes at once */
	DFLOW_N200_SIGN = 8192, /* a sign object as text, and a NUL */
};

/* One device, as an n200.conf tells of it. Not for several threads at once. */
struct dflow_n200;

/*
 * Reads the configuration (n200.conf(5)); asks on the terminal for a password
 * or PIN that it wants typed. Nothing is sent yet. DFLOW_USAGE if path is
 * NULL, DFLOW_REFUSED if others can read the file. The caller frees *out.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_n200_open(
    const char *path, struct dflow_n200 **out, struct dflow_err *err);
DFLOW_API void dflow_n200_free(struct dflow_n200 **n);

/* A key in the device. What the device did not tell is "" or 0. */
struct dflow_n200_key {
	char key_id[DFLOW_N200_TEXT];
	char token_name[DFLOW_N200_TEXT]; /* the PKCS#11 token's label */
	char id[DFLOW_N200_TEXT]; /* CKA_ID in hex */
	char nice_name[DFLOW_N200_TEXT];
	char key_type[DFLOW_N200_TEXT]; /* "NIST", "SYM", ... */
	char key_acl[DFLOW_N200_TEXT];
	char key_owner[DFLOW_N200_TEXT];
	char created[DFLOW_N200_TEXT]; /* as the device writes it */
	char last_used[DFLOW_N200_TEXT];
	unsigned key_len; /* bits */
	uint8_t public_key[96]; /* X then Y, as in DNSKEY (RFC 6605) */
	size_t public_len; /* 64, 96; 0: not told */
};

/*
 * Its EC keys, in the device's order. *keys is valid as long as n, and until a
 * key is made in the device or put into it.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_n200_list(
    struct dflow_n200 *n, const struct dflow_n200_key **keys, size_t *count,
    struct dflow_err *err);

/*
 * The attributes of the key or keys of that name (a nice_name will do); may
 * be keys that dflow_n200_list leaves out. *keys is for the caller to free().
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_n200_attributes(
    struct dflow_n200 *n, const char *name, struct dflow_n200_key **keys,
    size_t *count, struct dflow_err *err);

/* count random bytes of the device, 1 to DFLOW_N200_RANDOM_MAX. */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_n200_random(
    struct dflow_n200 *n, uint8_t *out, size_t count, struct dflow_err *err);

/* The device's clock, seconds since 1970. */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_n200_time(
    struct dflow_n200 *n, int64_t *out, struct dflow_err *err);

/*
 * Has the key sign fixed texts in the ways that a device may want, 400 requests
 * at most, until two verify. Writes the sign object for n200.conf that does it,
 * JSON with newlines and a NUL. DFLOW_REFUSED if none does, saying what came
 * nearest. Ends at the first answer about rights or a wrong PIN: devices lock
 * keys.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_n200_probe(
    struct dflow_n200 *n, const char *name,
    const struct dflow_progress *progress, char out[DFLOW_N200_SIGN],
    struct dflow_err *err);

#ifdef __cplusplus
}
#endif
#endif
