/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A key's timing metadata, as BIND keeps them in its key files. */
#ifndef KEYS_KEYTIMES_H
#define KEYS_KEYTIMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define KEYTIME_UNSET INT64_MIN
/* BIND keeps these times in 32 bits: 2106-02-07. */
#define KEYTIME_MAX ((int64_t)UINT32_MAX)

/* Timing metadata, seconds since 1970 or KEYTIME_UNSET. */
struct keytimes {
	int64_t created;
	int64_t publish;
	int64_t activate;
	int64_t revoke;
	int64_t inactive;
	int64_t remove; /* "Delete" */
	int64_t sync_publish;
	int64_t sync_delete;
};

/* Each of them; a set of them has bits, 1 << KEYTIME_PUBLISH. */
enum keytime {
	KEYTIME_CREATED,
	KEYTIME_PUBLISH,
	KEYTIME_ACTIVATE,
	KEYTIME_REVOKE,
	KEYTIME_INACTIVE,
	KEYTIME_REMOVE,
	KEYTIME_SYNC_PUBLISH,
	KEYTIME_SYNC_DELETE,
	KEYTIMES,
};

/* All unset. */
void keytimes_clear(struct keytimes *t);
/* True if none is set. */
bool keytimes_none(const struct keytimes *t);
/* Where the time of that name ("Created", either case) goes; or NULL. */
int64_t *keytimes_at(struct keytimes *t, const char *name, size_t len);
/* Which time has that name, in either case; or KEYTIMES. */
enum keytime keytimes_find(const char *name, size_t len);
int64_t keytimes_get(const struct keytimes *t, enum keytime which);
void keytimes_set(struct keytimes *t, enum keytime which, int64_t when);
/*
 * DFLOW_USAGE for times that are out of range, or in an order that no key's
 * life has, as Delete before Inactive. What is unset is no obstacle.
 */
DFLOW_NODISCARD enum dflow_status keytimes_check(
    const struct keytimes *t, struct dflow_err *err);
/* Reads exactly YYYYMMDDHHMMSS. */
bool keytimes_parse(const char *text, size_t len, int64_t *when);
/*
 * Appends "; Name: YYYYMMDDHHMMSS (date)\n" for each time that is set, as a
 * .key file has them.
 */
void keytimes_put_comments(struct buf *out, const struct keytimes *t);
/* That line of one of them alone. */
void keytimes_put_comment(
    struct buf *out, const struct keytimes *t, enum keytime which);
/* The same without "; " and the date, as a .private file has them. */
void keytimes_put_fields(struct buf *out, const struct keytimes *t);
void keytimes_put_field(
    struct buf *out, const struct keytimes *t, enum keytime which);

#endif
