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

static void __attribute__((format(printf, 3, 0)))
note(struct checks *c, enum check which, const char *fmt, va_list ap)
{
	char raw[CHECK_TEXT];
	struct dflow_err line;

	c->failed |= bit(which);
	if (vsnprintf(raw, sizeof(raw), fmt, ap) < 0)
		raw[0] = '\0';
	/* Names of files are printed elsewhere than in errors, too. */
	(void)err_set(&line, DFLOW_REFUSED, "%s", raw);
	(void)snprintf(
	    c->text[which], CHECK_TEXT, "%.*s", CHECK_TEXT - 1, line.text);
}

void
checks_fail(struct checks *c, enum check which, const char *fmt, ...)
{
	va_list ap;

	c->count[which]++;
	if ((c->failed & bit(which)) != 0)
		return;
	va_start(ap, fmt);
	note(c, which, fmt, ap);
	va_end(ap);
}

void
checks_fail_final(struct checks *c, enum check which, const char *fmt, ...)
{
	va_list ap;

	c->count[which]++;
	if ((c->final & bit(which)) != 0)
		return;
	c->final |= bit(which);
	va_start(ap, fmt);
	note(c, which, fmt, ap);
	va_end(ap);
}

uint32_t
checks_left(const struct checks *c)
{
	return (c->failed & ~c->allowed) | c->final;
}

/* "check gap; --allow gap to sign all the same", or of several the like. */
static void
put_way(uint32_t left, struct buf *out)
{
	bool several = (left & (left - 1)) != 0;
	const char *before = several ? "checks " : "check ";

	for (enum check i = 0; i < CHECKS; i++)
		if ((left & bit(i)) != 0) {
			buf_printf(out, "%s%s", before, names[i]);
			before = ", ";
		}
	before = several ? "; to sign all the same: --allow " : "; --allow ";
	for (enum check i = 0; i < CHECKS; i++)
		if ((left & bit(i)) != 0) {
			buf_printf(out, "%s%s", before, names[i]);
			before = " --allow ";
		}
	buf_printf(out, "%s", several ? "" : " to sign all the same");
	buf_u8(out, 0);
}

enum dflow_status
checks_verdict(const struct checks *c, struct dflow_err *err)
{
	uint32_t left = checks_left(c);
	uint32_t worst = c->final != 0 ? c->final : left;
	enum check first = 0;
	enum dflow_status st;
	struct buf way;

	if (left == 0)
		return DFLOW_OK;
	while ((worst & bit(first)) == 0)
		first++;
	if (c->final != 0)
		return err_set(err, DFLOW_REFUSED, "%s (check %s)",
		    c->text[first], names[first]);
	buf_init(&way, LIST_MAX);
	put_way(left, &way);
	st = buf_check(&way, "the list of checks", err);
	if (st == DFLOW_OK)
		st = err_set(err, DFLOW_REFUSED, "%s (%s)", c->text[first],
		    (const char *)way.data);
	buf_free(&way);
	return st;
}
