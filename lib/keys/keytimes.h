/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A key's timing metadata, as BIND keeps them in its key files. */
#ifndef KEYS_KEYTIMES_H
#define KEYS_KEYTIMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

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

/* All unset. */
void keytimes_clear(struct keytimes *t);
/* True if none is set. */
bool keytimes_none(const struct keytimes *t);
/* Where the time of that name ("Created", either case) goes; or NULL. */
int64_t *keytimes_at(struct keytimes *t, const char *name, size_t len);
/* Reads exactly YYYYMMDDHHMMSS. */
bool keytimes_parse(const char *text, size_t len, int64_t *when);
/*
 * Appends "; Name: YYYYMMDDHHMMSS (date)\n" for each time that is set, as a
 * .key file has them.
 */
void keytimes_put_comments(struct buf *out, const struct keytimes *t);
/* The same without "; " and the date, as a .private file has them. */
void keytimes_put_fields(struct buf *out, const struct keytimes *t);

#endif
