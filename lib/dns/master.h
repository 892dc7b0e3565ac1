/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of a master file in memory: for dns/rrtext. */
#ifndef DNS_MASTER_H
#define DNS_MASTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* RFC 3597's form of 65,535 bytes fits. */
enum { MASTER_LINE_MAX = 200000, MASTER_TTL_MAX = 2147483647 };

struct master {
	const char *file; /* for messages */
	const char *text;
	size_t len;
	size_t at; /* what comes next; len at the end */
	size_t next_no; /* number of the line of the file at text + at */
	size_t depth; /* open parentheses: 0 or 1, but where nested is set */
	bool nested; /* set by the caller: they may be nested */
	bool quoted;
	bool indented; /* line began with a blank */
	size_t line_no; /* where line began, from 1 */
	size_t line_len;
	char line[MASTER_LINE_MAX + 1]; /* ends in NUL */
};

/* Stands at the beginning of text[0..len), which is borrowed. */
void master_init(
    struct master *m, const char *file, const char *text, size_t len);

/*
 * Fills line with the next RR or directive, which may span lines of the file,
 * without comments, parentheses and ends of lines; it is empty for a blank
 * line. m->at is less than m->len. CRLF is taken for LF.
 */
DFLOW_NODISCARD enum dflow_status master_line(
    struct master *m, struct dflow_err *err);

/*
 * Cuts the next word off *p, which stands in a line; "" at the end. Escapes
 * stay as they are.
 */
char *master_word(char **p);

/* Whether a name ends in a dot that is no escaped one. */
bool master_is_absolute(const char *word);

/* Seconds, or BIND's 1h30m; false beyond RFC 2181 section 8's limit. */
bool master_ttl(const char *text, uint32_t *ttl);

#endif
