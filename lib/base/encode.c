/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base64, base32hex and hex (RFC 4648 sections 4, 7 and 8). Readers refuse
 * what has more than one spelling: wrong padding, and bits behind the end
 * that are not 0 (section 3.5).
 */
#include "base/encode.h"

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base32hex_digits[] = "0123456789abcdefghijklmnopqrstuv";
static const char hex_digits[] = "0123456789abcdef";

enum { NO = 0xff }; /* not a digit */

static const uint8_t base64_values[256] = {NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, 62, NO, NO, NO,
    63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, NO, NO, NO, NO, NO, NO, NO, 0,
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
    22, 23, 24, 25, NO, NO, NO, NO, NO, NO, 26, 27, 28, 29, 30, 31, 32, 33, 34,
    35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO};

size_t
base64_encode(const uint8_t *in, size_t len, char *out)
{
	char *at = out;
	uint32_t v;

	for (; len >= 3; len -= 3, in += 3, at += 4) {
		v = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
		at[0] = base64_digits[v >> 18];
		at[1] = base64_digits[v >> 12 & 63];
		at[2] = base64_digits[v >> 6 & 63];
		at[3] = base64_digits[v & 63];
	}
	if (len != 0) {
		v = (uint32_t)in[0] << 16;
		if (len == 2)
			v |= (uint32_t)in[1] << 8;
		at[0] = base64_digits[v >> 18];
		at[1] = base64_digits[v >> 12 & 63];
		at[2] = len == 2 ? base64_digits[v >> 6 & 63] : '=';
		at[3] = '=';
		at += 4;
	}
	return (size_t)(at - out);
}

/* Full groups without blanks, the usual case; stops before anything else. */
static size_t
base64_groups(const char *in, size_t len, uint8_t *out, size_t max)
{
	const uint8_t *c = (const uint8_t *)in;
	size_t groups = len / 4 < max / 3 ? len / 4 : max / 3;
	uint8_t q0, q1, q2, q3;
	size_t i;

	for (i = 0; i < groups; i++, c += 4, out += 3) {
		q0 = base64_values[c[0]];
		q1 = base64_values[c[1]];
		q2 = base64_values[c[2]];
		q3 = base64_values[c[3]];
		/* NO is the only value above 63. */
		if ((q0 | q1 | q2 | q3) > 63)
			break;
		out[0] = (uint8_t)(q0 << 2 | q1 >> 4);
		out[1] = (uint8_t)(q1 << 4 | q2 >> 2);
		out[2] = (uint8_t)(q2 << 6 | q3);
	}
	return i;
}

/*
 * Ends a base64 text: digits of the last group in v, and padding marks. The
 * bits that do not fill a byte must be 0.
 */
static bool
base64_end(uint32_t v, unsigned digits, unsigned padding)
{
	if (digits == 0)
		return padding == 0;
	if (digits == 2)
		return padding == 2 && (v & 15) == 0;
	return digits == 3 && padding == 1 && (v & 3) == 0;
}

bool
base64_decode(
    const char *in, size_t len, uint8_t *out, size_t max, size_t *out_len)
{
	size_t i = base64_groups(in, len, out, max);
	size_t n = i * 3;
	unsigned digits = 0, padding = 0;
	uint32_t v = 0;
	uint8_t d;

	for (i *= 4; i < len; i++) {
		if (in[i] == ' ' || in[i] == '\t')
			continue;
		if (in[i] == '=') {
			padding++;
			if (padding > 2)
				return false;
			continue;
		}
		d = base64_values[(uint8_t)in[i]];
		if (d == NO || padding != 0)
			return false;
		v = (v << 6 | d) & 0xffffff;
		digits = (digits + 1) % 4;
		if (digits == 1)
			continue;
		/* Each digit but the first of four completes a byte. */
		if (n == max)
			return false;
		out[n++] = (uint8_t)(v >> (digits == 0 ? 0 : 8 - 2 * digits));
	}
	if (!base64_end(v, digits, padding))
		return false;
	*out_len = n;
	return true;
}

size_t
base32hex_encode(const uint8_t *in, size_t len, char *out)
{
	uint32_t v = 0;
	unsigned bits = 0;
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		v = (v << 8 | in[i]) & 0xffff;
		for (bits += 8; bits >= 5; bits -= 5)
			out[n++] = base32hex_digits[v >> (bits - 5) & 31];
	}
	if (bits != 0)
		out[n++] = base32hex_digits[v << (5 - bits) & 31];
	return n;
}

/* The value of a base32hex digit of either case, or NO. */
static uint8_t
base32hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return (uint8_t)(c - '0');
	if (c >= 'a' && c <= 'v')
		return (uint8_t)(c - 'a' + 10);
	if (c >= 'A' && c <= 'V')
		return (uint8_t)(c - 'A' + 10);
	return NO;
}

bool
base32hex_decode(
    const char *in, size_t len, uint8_t *out, size_t max, size_t *out_len)
{
	uint32_t v = 0;
	unsigned bits = 0;
	size_t n = 0;
	uint8_t d;

	for (size_t i = 0; i < len; i++) {
		d = base32hex_value(in[i]);
		if (d == NO)
			return false;
		v = (v << 5 | d) & 0xffff;
		bits += 5;
		if (bits < 8)
			continue;
		bits -= 8;
		if (n == max)
			return false;
		out[n++] = (uint8_t)(v >> bits);
	}
	/* A whole digit too many, or bits that are lost. */
	if (bits >= 5 || (v & ((1U << bits) - 1)) != 0)
		return false;
	*out_len = n;
	return true;
}

size_t
hex_encode(const uint8_t *in, size_t len, char *out)
{
	for (size_t i = 0; i < len; i++) {
		out[2 * i] = hex_digits[in[i] >> 4];
		out[2 * i + 1] = hex_digits[in[i] & 15];
	}
	return len * 2;
}

bool
hex_decode(
    const char *in, size_t len, uint8_t *out, size_t max, size_t *out_len)
{
	uint8_t high, low;

	if (len % 2 != 0 || len / 2 > max)
		return false;
	for (size_t i = 0; i < len / 2; i++) {
		high = base32hex_value(in[2 * i]);
		low = base32hex_value(in[2 * i + 1]);
		if (high > 15 || low > 15)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	*out_len = len / 2;
	return true;
}
