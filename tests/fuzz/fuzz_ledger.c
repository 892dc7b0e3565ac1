/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a ledger, in two pieces; then as the first entry, with the
 * digest that it should have: verified or refused, with a reason.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/encode.h"
#include "dns/digest.h"
#include "exchange/ledger.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
feed(const uint8_t *data, size_t len)
{
	struct dflow_err err = {.status = DFLOW_OK};
	struct ledger_reading *r = NULL;
	size_t half = len > 0 ? data[len / 2] * len / 256 : 0;
	enum dflow_status st;

	if (ledger_reading_new("input", NULL, NULL, &r, &err) != DFLOW_OK)
		return;
	st = ledger_reading_add(r, data, half, &err);
	if (st == DFLOW_OK)
		st = ledger_reading_add(r, data + half, len - half, &err);
	if (st == DFLOW_OK)
		st = ledger_reading_end(r, &err);
	if (st == DFLOW_OK ? ledger_reading_facts(r)->bytes != len
			   : err.text[0] == '\0')
		abort();
	ledger_reading_free(&r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char head[] = "dnssecflow-ledger 1\n";
	uint8_t digest[DIGEST_MAX];
	char hex[HEX_LEN(DIGEST_MAX) + 1];
	struct buf text;

	feed(data, len);
	digest_once(DIGEST_SHA256, data, len, digest);
	hex[hex_encode(digest, digest_len(DIGEST_SHA256), hex)] = '\0';
	buf_init(&text, 1 << 20);
	buf_str(&text, head);
	buf_put(&text, data, len > 0 ? len - 1 : 0);
	buf_printf(&text, " sha256=%s\n", hex);
	if (!text.failed)
		feed(text.data, text.len);
	buf_free(&text);
	return 0;
}
