/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The left's checks by their names. Owns what is told of those that failed,
 * and whether that refuses the request; what is checked is flow/ksrcheck's.
 */
#include "exchange/checks.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

enum { LIST_MAX = 512 };

static const char *const names[CHECKS] = {
    [CHECK_OWNER] = "owner",
    [CHECK_POSSESSION] = "possession",
    [CHECK_FLAGS] = "flags",
    [CHECK_ALGORITHM] = "algorithm",
    [CHECK_SIZE] = "size",
    [CHECK_KEYS] = "keys",
    [CHECK_ORDER] = "order",
    [CHECK_GAP] = "gap",
    [CHECK_COUNT] = "count",
    [CHECK_LENGTH] = "length",
    [CHECK_TTL] = "ttl",
    [CHECK_HORIZON] = "horizon",
    [CHECK_PAST] = "past",
    [CHECK_CHAIN] = "chain",
    [CHECK_REPLAY] = "replay",
    [CHECK_CONFLICT] = "conflict",
    [CHECK_CLOCK] = "clock",
};

const char *
check_name(enum check c)
{
	return names[c];
}

static uint32_t
bit(enum check c)
{
	return UINT32_C(1) << c;
}

enum dflow_status
checks_allow(struct checks *c, const char *name, struct dflow_err *err)
{
	enum dflow_status st;
	struct buf list;

	for (enum check i = 0; i < CHECKS; i++)
		if (strcmp(name, names[i]) == 0) {
			c->allowed |= bit(i);
			return DFLOW_OK;
		}
	buf_init(&list, LIST_MAX);
	for (enum check i = 0; i < CHECKS; i++)
		buf_printf(&list, "%s%s", i == 0 ? "" : ", ", names[i]);
	buf_u8(&list, 0);
	st = buf_check(&list, "the list of checks", err);
	if (st == DFLOW_OK)
		st = err_set(err, DFLOW_USAGE,
		    "'%.40s' is no check that can be allowed; there are %s",
		    name, (const char *)list.data);
	buf_free(&list);
	return st;
}

void
checks_fail(struct checks *c, enum check which, const char *fmt, ...)
{
	char raw[CHECK_TEXT];
	struct dflow_err line;
	va_list ap;

	c->count[which]++;
	if ((c->failed & bit(which)) != 0)
		return;
	c->failed |= bit(which);
	va_start(ap, fmt);
	if (vsnprintf(raw, sizeof(raw), fmt, ap) < 0)
		raw[0] = '\0';
	va_end(ap);
	/* Names of files are printed elsewhere than in errors, too. */
	(void)err_set(&line, DFLOW_REFUSED, "%s", raw);
	(void)snprintf(
	    c->text[which], CHECK_TEXT, "%.*s", CHECK_TEXT - 1, line.text);
}

enum dflow_status
checks_verdict(const struct checks *c, struct dflow_err *err)
{
	uint32_t left = c->failed & ~c->allowed;
	enum check first = 0;
	enum dflow_status st;
	struct buf others;

	if (left == 0)
		return DFLOW_OK;
	while ((left & bit(first)) == 0)
		first++;
	left &= ~bit(first);
	buf_init(&others, LIST_MAX);
	for (enum check i = first; i < CHECKS; i++)
		if ((left & bit(i)) != 0)
			buf_printf(&others, "%s%s",
			    others.len == 0 ? ", and so fails " : ", ",
			    names[i]);
	buf_u8(&others, 0);
	st = buf_check(&others, "the list of checks", err);
	if (st == DFLOW_OK)
		st = err_set(err, DFLOW_REFUSED,
		    "%s (check %s%s; --allow %s to sign all the same)",
		    c->text[first], names[first], (const char *)others.data,
		    left == 0 ? names[first] : "each by its name");
	buf_free(&others);
	return st;
}
