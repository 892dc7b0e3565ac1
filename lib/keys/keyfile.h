/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Key files as BIND and ldns write them: K<zone>+<alg>+<tag>.key (public),
 * .private (Private-key-format v1.2 or v1.3, with or without timing
 * metadata) and .ds.
 */
#ifndef KEYS_KEYFILE_H
#define KEYS_KEYFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "dns/dnskey.h"
#include "dns/name.h"
#include "keys/keytimes.h"

enum {
	KEYFILE_BASE_MAX = 1024, /* bytes of a path without .key, and a NUL */
	KEYFILE_PATH_MAX = KEYFILE_BASE_MAX + 16,
	KEYFILE_NAME_MAX = 1100, /* K<zone>+<alg>+<tag> and a NUL */
	KEYFILE_LABEL_MAX = 256, /* what a device calls a key, and a NUL */
	KEYLIST_MAX = 1000,
};

/* A public key as its files, or the device that it is in, tell of it. */
struct keyfile {
	uint8_t owner[NAME_MAX_LEN];
	uint8_t rdata[DNSKEY_RDATA_MAX];
	struct dnskey key; /* a view of rdata: do not copy the struct */
	uint32_t ttl; /* seconds; 0 if the file has none */
	bool has_private; /* a .private or .pem file stands beside it */
	struct keytimes times;
	char base[KEYFILE_BASE_MAX]; /* path without .key; "" if no file is */
	char label[KEYFILE_LABEL_MAX]; /* n200:KEYID; "": not in a device */
	char from[KEYFILE_PATH_MAX]; /* for messages: BASE.key, n200:NAME */
};

/* The base of a KEY argument: strips .key, .private, .ds, .pem. */
DFLOW_NODISCARD enum dflow_status keyfile_base(
    const char *name, char *out, size_t size, struct dflow_err *err);

/*
 * Reads the .key file, and the timing metadata of the .private one if that
 * exists (else those in the .key file's comments). No secret is kept.
 * DFLOW_FAILED "path:line: ..." for anything but one DNSKEY of protocol 3,
 * or a name whose tag or algorithm is not the key's.
 */
DFLOW_NODISCARD enum dflow_status keyfile_read(
    const char *name, struct keyfile **out, struct dflow_err *err);
void keyfile_free(struct keyfile **k);

/*
 * Fills owner, rdata, key, ttl and times from the text of a .key file; file
 * is for messages.
 */
DFLOW_NODISCARD enum dflow_status keyfile_parse(const char *file,
    const char *text, size_t len, struct keyfile *out, struct dflow_err *err);

/*
 * Writes K<zone>+<alg>+<tag> as BIND names its files: lower case, what is not
 * a letter, digit, hyphen or underscore as %XX.
 */
void keyfile_name(const uint8_t *zone, uint8_t algorithm, uint16_t tag,
    char out[KEYFILE_NAME_MAX]);

/* The same form of the name alone, as a folder's: no dot at the end, root "@".
 */
void keyfile_zone(const uint8_t *zone, char out[KEYFILE_NAME_MAX]);

/* What a file name without its ending says, if it is K<zone>+<alg>+<tag>. */
struct keyfile_facts {
	const char *zone; /* characters of the name; BIND's or ldns's form */
	size_t zone_len;
	unsigned algorithm;
	unsigned tag;
};
bool keyfile_facts(const char *name, size_t len, struct keyfile_facts *out);

/*
 * All keys of the zone in dir, by algorithm and tag; other zones' files are
 * passed over. At most 1,000. A broken key file fails.
 */
struct keylist {
	struct keyfile **keys;
	size_t count;
};
DFLOW_NODISCARD enum dflow_status keylist_read(const char *dir,
    const uint8_t *zone, struct keylist *out, struct dflow_err *err);
void keylist_free(struct keylist *l);

/* A folder with the keys of many zones, whose names are looked at once. */
struct keyindex;
DFLOW_NODISCARD enum dflow_status keyindex_new(
    const char *dir, struct keyindex **out, struct dflow_err *err);
/* What keylist_read gives. Any number of threads may ask. */
DFLOW_NODISCARD enum dflow_status keyindex_list(const struct keyindex *x,
    const uint8_t *zone, struct keylist *out, struct dflow_err *err);
void keyindex_free(struct keyindex **x);

/* What the timing metadata say of a key at a moment. */
enum keystate {
	KEYSTATE_FUTURE, /* before publish: not in the zone */
	KEYSTATE_PUBLISHED, /* in the zone, does not sign */
	KEYSTATE_ACTIVE, /* in the zone, signs */
	KEYSTATE_RETIRED, /* past inactive: in the zone, does not sign */
	KEYSTATE_REMOVED, /* past delete: not in the zone */
};
/* A key without metadata is active (as ldns's keys are). */
enum keystate keyfile_state(const struct keytimes *t, int64_t now);

#endif
