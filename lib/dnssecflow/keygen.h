/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making a key pair and its files, and setting its times; for both sides. */
#ifndef DNSSECFLOW_KEYGEN_H
#define DNSSECFLOW_KEYGEN_H

#include <stdbool.h>
#include <stdint.h>

#include "dnssecflow/err.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A time that was not given. */
#define DFLOW_KEYGEN_UNSET INT64_MIN

struct dflow_n200;

enum { DFLOW_KEYGEN_BASE = 1100 }; /* the longest base name and a NUL */

struct dflow_keygen {
	const char *zone; /* presentation form */
	const char *algorithm; /* number or mnemonic; NULL: 13 */
	const char *dir; /* NULL: the working folder */
	unsigned bits; /* RSA alone; 0: the algorithm's default */
	bool ksk; /* flags 257 and a .ds file; else 256 */
	bool encrypt; /* PKCS#8 under a passphrase: .pem */
	int passphrase_fd; /* its first line; -1: ask on the terminal */
	uint32_t ttl_s; /* written into the .key file; 0: none */
	int64_t now; /* seconds since 1970, as are the next */
	int64_t publish; /* DFLOW_KEYGEN_UNSET: now */
	int64_t activate; /* DFLOW_KEYGEN_UNSET: now */
	int64_t inactive; /* DFLOW_KEYGEN_UNSET: never */
	int64_t remove; /* "Delete"; DFLOW_KEYGEN_UNSET: never */
	struct dflow_n200 *n200; /* the device that makes it; NULL: we do */
	const char *n200_name; /* its nice_name there; NULL: the zone's */
	bool n200_existing; /* make none, take the one of that name */
};

/*
 * Makes a key whose tag, plain and revoked, is no other's in the folder, and
 * writes BASE.private (or .pem; mode 0600), BASE.key and, for a KSK, BASE.ds,
 * as BIND and ldns read them. All of them or none; nothing is overwritten.
 * Writes the base name, K<zone>+<alg>+<tag>, to base. DFLOW_USAGE for words,
 * sizes and times that make no sense; DFLOW_REFUSED for a clock before 2020.
 * With n200 the key is made in the device (ECDSA alone), and BASE.private
 * names it and holds no secret; DFLOW_REFUSED if a key of that nice_name is
 * there already or, with n200_existing, is not.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_keygen(
    const struct dflow_keygen *params, char base[DFLOW_KEYGEN_BASE],
    struct dflow_err *err);

struct dflow_keyput {
	const char *key; /* base name of a key file pair with its private key */
	const char *dir; /* where the device's key gets its files; NULL: "." */
	int passphrase_fd; /* as dflow_keygen's */
	struct dflow_n200 *n200;
	const char *n200_name; /* nice_name; NULL: the zone's */
};

/*
 * Puts the private key of a pair of files into the device (ECDSA alone) and
 * writes, in dir, the files that name it there, as dflow_keygen does, with
 * the times of the pair. The pair stays as it is. DFLOW_REFUSED if dir has
 * files of that name, or the device a key of that nice_name.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_keyput(
    const struct dflow_keyput *params, char base[DFLOW_KEYGEN_BASE],
    struct dflow_err *err);

/* A key's times, by which rollovers are planned. */
enum dflow_keytime {
	DFLOW_KEYTIME_PUBLISH, /* it enters the zone */
	DFLOW_KEYTIME_ACTIVATE, /* it begins to sign */
	DFLOW_KEYTIME_REVOKE, /* RFC 5011: nobody is to trust it any longer */
	DFLOW_KEYTIME_INACTIVE, /* it ceases to sign */
	DFLOW_KEYTIME_DELETE, /* it leaves the zone */
	DFLOW_KEYTIME_SYNC_PUBLISH, /* its CDS and CDNSKEY enter (RFC 7344) */
	DFLOW_KEYTIME_SYNC_DELETE, /* they leave */
	DFLOW_KEYTIMES,
};

struct dflow_settime {
	const char *key; /* base name of a key's files; a device's have times */
	bool set[DFLOW_KEYTIMES]; /* which change, by enum dflow_keytime */
	int64_t times[DFLOW_KEYTIMES]; /* DFLOW_KEYGEN_UNSET: taken out */
};

/*
 * Writes those times into the key's files, where BIND keeps them, both files
 * or none. All else in them stays as it is. DFLOW_USAGE if nothing is to be
 * set, and for times that, with those the key has, are in an order that makes
 * no sense, as Delete before Inactive.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_settime(
    const struct dflow_settime *params, struct dflow_err *err);

#ifdef __cplusplus
}
#endif
#endif
