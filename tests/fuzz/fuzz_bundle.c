/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a KSR or SKR: read or refused with a reason; then judged. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "exchange/bundle_write.h"
#include "flow/ksrcheck.h"

/* An epoch has 11 digits at most, which is enough to the year 5138. */
#define EPOCH_MAX INT64_C(99999999999)

/* What is written of it is read back. */
static void
write_back(struct bundles *b, enum bundle_form form)
{
	struct dflow_err err;
	struct bundles *again = NULL;
	struct buf text;

	if (form == BUNDLE_KNOT && b->list[b->count - 1].time > EPOCH_MAX)
		return;
	if (b->footer.clock == BUNDLE_CLOCK_UNSET)
		b->footer.clock = 0;
	buf_init(&text, BUNDLES_BYTES_MAX);
	bundles_write(b, form, &text);
	if (!text.failed && (bundles_parse("again", (const char *)text.data,
				 text.len, &again, &err) != DFLOW_OK ||
				again->count != b->count))
		abort();
	bundles_free(&again);
	buf_free(&text);
}

/* A KSR is judged by each check. */
static void
check(const struct bundles *b, int64_t now)
{
	static const struct ksrcheck_policy policy = {.count_max = 1};
	const struct ksrcheck p = {
	    .request = b,
	    .sha256 = "",
	    .now = now,
	    .until = b->footer.until,
	    .policy = &policy,
	};
	struct dflow_err err;
	struct checks c = {.allowed = 0};

	if (b->kind == BUNDLE_KSR &&
	    (ksrcheck(&p, &c, &err) != DFLOW_OK ||
		checks_verdict(&c, &err) != DFLOW_REFUSED ||
		ksrcheck_shape(b, &c, &err) != DFLOW_OK))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct dflow_err err = {.status = DFLOW_OK};
	const char *text = (const char *)data;
	struct bundles *b = NULL;
	size_t line = 0;

	if (bundles_parse("input", text, len, &b, &err) == DFLOW_OK) {
		if (b == NULL || bundle_marked(text, len, &line) == NULL ||
		    bundles_at(b, INT64_MAX) != &b->list[b->count - 1])
			abort();
		check(b, len % 2 == 0 ? INT64_MIN : INT64_MAX);
		write_back(b, len % 2 == 0 ? BUNDLE_BIND : BUNDLE_KNOT);
	} else if (b != NULL || err.text[0] == '\0') {
		abort();
	}
	bundles_free(&b);
	return 0;
}
