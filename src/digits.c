/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "digits.h"

#include <inttypes.h>
#include <stdio.h>

const char *
digits_group(uint64_t n, char out[DIGITS_TEXT])
{
	char plain[DIGITS_TEXT];
	int len = snprintf(plain, sizeof(plain), "%" PRIu64, n);
	char *to = out;

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			*to++ = ',';
		*to++ = plain[i];
	}
	*to = '\0';
	return out;
}
