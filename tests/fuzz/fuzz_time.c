/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TIME and lengths of time: what is accepted must come back the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dnssecflow/when.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char text[256], shown[DFLOW_WHEN_TEXT];
	struct dflow_err err;
	int64_t when, again;

	if (len >= sizeof(text))
		return 0;
	memcpy(text, data, len);
	text[len] = '\0';
	if (dflow_when_parse(text, 1663832378, &when, &err) == DFLOW_OK) {
		dflow_when_text(when, shown);
		if (dflow_when_parse(shown, 0, &again, &err) != DFLOW_OK ||
		    again != when)
			abort();
	}
	if (dflow_span_parse(text, &when, &err) == DFLOW_OK && when < 0)
		abort();
	return 0;
}
