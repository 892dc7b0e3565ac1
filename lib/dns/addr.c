/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the text of IPv4 and IPv6 addresses (RFC 5952 section 4). libc's
 * inet_ntop goes through printf, which shows when a zone has a million of
 * them.
 */
#include "dns/addr.h"

size_t
addr_text4(const uint8_t *addr, char out[ADDR_TEXT_MAX])
{
	char *p = out;
	int i;

	for (i = 0; i < 4; i++) {
		uint8_t b = addr[i];

		if (i > 0)
			*p++ = '.';
		if (b >= 100)
			*p++ = (char)('0' + b / 100);
		if (b >= 10)
			*p++ = (char)('0' + b / 10 % 10);
		*p++ = (char)('0' + b % 10);
	}
	return (size_t)(p - out);
}

/* The longest run of zero groups, two at least; -1 if there is none. */
static int
zero_run(const uint16_t group[8], int *run_len)
{
	int i, start = -1, best = -1;

	*run_len = 1;
	for (i = 0; i < 8; i++) {
		if (group[i] != 0) {
			start = -1;
			continue;
		}
		if (start < 0)
			start = i;
		if (i - start + 1 > *run_len) {
			best = start;
			*run_len = i - start + 1;
		}
	}
	return best;
}

static char *
put_group(uint16_t v, char *p)
{
	static const char digits[] = "0123456789abcdef";
	int shift = 12;

	while (shift > 0 && v >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*p++ = digits[v >> shift & 15];
	return p;
}

size_t
addr_text6(const uint8_t *addr, char out[ADDR_TEXT_MAX])
{
	uint16_t group[8];
	int i, run, run_len;
	char *p = out;

	for (i = 0; i < 8; i++)
		group[i] = (uint16_t)(addr[2 * i] << 8 | addr[2 * i + 1]);
	run = zero_run(group, &run_len);
	for (i = 0; i < 8; i++) {
		if (i == run) {
			*p++ = ':';
			i += run_len - 1;
			if (i == 7)
				*p++ = ':';
			continue;
		}
		if (i > 0)
			*p++ = ':';
		p = put_group(group[i], p);
	}
	return (size_t)(p - out);
}
