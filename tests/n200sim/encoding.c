/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "encoding.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[ENCODINGS] = {
    [ENCODING_UPPER] = "HEX",
    [ENCODING_LOWER] = "hex",
    [ENCODING_BASE64] = "base64",
    [ENCODING_BASE64URL] = "base64url",
};

bool
encoding_named(const char *name, enum encoding *out)
{
	for (int i = 0; i < ENCODINGS; i++) {
		if (strcmp(names[i], name) == 0) {
			*out = (enum encoding)i;
			return true;
		}
	}
	return false;
}

static void
swap_char(char *text, char from, char to)
{
	for (; *text != '\0'; text++)
		if (*text == from)
			*text = to;
}

char *
encoding_text(enum encoding e, const uint8_t *data, size_t len)
{
	char *text = malloc(2 * len + 8);

	if (text == NULL)
		abort();
	text[0] = '\0';
	switch (e) {
	case ENCODING_UPPER:
	case ENCODING_LOWER:
		for (size_t i = 0; i < len; i++)
			snprintf(text + 2 * i, 3,
			    e == ENCODING_UPPER ? "%02X" : "%02x", data[i]);
		break;
	default:
		EVP_EncodeBlock((unsigned char *)text, data, (int)len);
	}
	if (e == ENCODING_BASE64URL) {
		swap_char(text, '+', '-');
		swap_char(text, '/', '_');
		text[strcspn(text, "=")] = '\0';
	}
	return text;
}

/* Reads more than is allowed; the caller compares. */
static size_t
read_base64(const char *text, uint8_t *out)
{
	size_t len = strcspn(text, "=");
	size_t padded = (len + 3) / 4 * 4;
	char *copy = malloc(padded + 1);
	int n = 0;

	if (copy == NULL)
		abort();
	memcpy(copy, text, len);
	memset(copy + len, '=', padded - len);
	copy[padded] = '\0';
	swap_char(copy, '-', '+');
	swap_char(copy, '_', '/');
	n = EVP_DecodeBlock(out, (unsigned char *)copy, (int)padded);
	free(copy);
	return n < 0 ? 0 : (size_t)n - (padded - len);
}

static size_t
read_hex(const char *text, uint8_t *out)
{
	size_t len = strlen(text) / 2;

	for (size_t i = 0; i < len; i++) {
		char two[3] = {text[2 * i], text[2 * i + 1], '\0'};

		out[i] = (uint8_t)strtoul(two, NULL, 16);
	}
	return len;
}

uint8_t *
encoding_bytes(enum encoding e, const char *text, size_t *len)
{
	uint8_t *out = malloc(strlen(text) + 4);
	char *again = NULL;

	if (out == NULL)
		abort();
	if (e == ENCODING_UPPER || e == ENCODING_LOWER)
		*len = read_hex(text, out);
	else
		*len = read_base64(text, out);
	again = encoding_text(e, out, *len);
	if (strcmp(again, text) != 0) {
		free(out);
		out = NULL;
	}
	free(again);
	return out;
}
