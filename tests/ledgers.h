/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ledgers in a test's folder. */
#ifndef TESTS_LEDGERS_H
#define TESTS_LEDGERS_H

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/os.h"
#include "exchange/ledger.h"
#include "folder.h"

/* 2026-11-21 12:00:00 UTC */
#define NOW INT64_C(1795262400)

enum { ENTRIES = 4, TEXT_MAX = 4096 };

#define HEAD "dnssecflow-ledger 1\n"

/* Appends an entry; *st is what came of it. */
static inline enum dflow_status
append(struct ledger *l, int64_t when, const char *zone)
{
	enum dflow_status st;
	struct buf words;

	buf_init(&words, 1 << 20);
	ledger_put(&words, "zone", zone);
	st = ledger_append(l, when, "sign", &words, &err);
	buf_free(&words);
	return st;
}

static inline void
make(const char *path, int count)
{
	struct ledger *l = NULL;
	char zone[32];

	for (int i = 1; i <= count; i++) {
		ck_assert_msg(
		    ledger_open(path, NULL, NULL, &l, &err) == DFLOW_OK, "%s",
		    err.text);
		ck_assert_int_eq(ledger_is_new(l), i == 1);
		(void)snprintf(zone, sizeof(zone), "zone%d.example.", i);
		ck_assert_msg(
		    append(l, NOW + i, zone) == DFLOW_OK, "%s", err.text);
		ledger_close(&l);
	}
}

static inline size_t
slurp(const char *path, char text[TEXT_MAX])
{
	struct buf b;
	size_t len;

	buf_init(&b, TEXT_MAX - 1);
	ck_assert(os_read(path, TEXT_MAX - 1, &b, &err) == DFLOW_OK);
	len = b.len;
	memcpy(text, b.data, len);
	text[len] = '\0';
	buf_free(&b);
	return len;
}

#endif
