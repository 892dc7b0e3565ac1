/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the conversion between DER (X.690, SEQUENCE of two INTEGERs) and the
 * fixed-size form of RFC 6605 section 4. By hand, as this runs once for each
 * signature and nothing is allocated. Refuses every DER but the shortest.
 */
#include <string.h>

#include "keys/ecsig.h"

enum { DER_INTEGER = 0x02, DER_SEQUENCE = 0x30 };

/* Reads an INTEGER at *p into the n bytes at out and moves *p behind it. */
static bool
integer_get(const uint8_t **p, const uint8_t *end, size_t n, uint8_t *out)
{
	const uint8_t *v;
	size_t len;

	if (end - *p < 3 || (*p)[0] != DER_INTEGER)
		return false;
	len = (*p)[1];
	v = *p + 2;
	if (len == 0 || len > n + 1 || (size_t)(end - v) < len)
		return false;
	*p = v + len;
	if ((v[0] & 0x80) != 0)
		return false;
	if (v[0] == 0) {
		/* The zero is there only to keep the sign bit clear. */
		if (len == 1 || (v[1] & 0x80) == 0)
			return false;
		v++;
		len--;
	}
	if (len > n)
		return false;
	memset(out, 0, n - len);
	memcpy(out + (n - len), v, len);
	return true;
}

bool
ecsig_from_der(const uint8_t *der, size_t len, size_t n, uint8_t *out)
{
	const uint8_t *p = der, *end = der + len;

	/* Of both curves the content is below 128 bytes: one length byte. */
	if (len < 2 || p[0] != DER_SEQUENCE || p[1] != len - 2)
		return false;
	p += 2;
	return integer_get(&p, end, n, out) &&
	       integer_get(&p, end, n, out + n) && p == end;
}

static uint8_t *
integer_put(uint8_t *p, const uint8_t *v, size_t n)
{
	uint8_t pad;

	while (n > 1 && *v == 0) {
		v++;
		n--;
	}
	pad = (*v & 0x80) != 0;
	*p++ = DER_INTEGER;
	*p++ = (uint8_t)(n + pad);
	if (pad)
		*p++ = 0;
	memcpy(p, v, n);
	return p + n;
}

size_t
ecsig_to_der(const uint8_t *sig, size_t n, uint8_t out[ECSIG_DER_MAX])
{
	uint8_t *p = out + 2;

	p = integer_put(p, sig, n);
	p = integer_put(p, sig + n, n);
	out[0] = DER_SEQUENCE;
	out[1] = (uint8_t)(p - out - 2);
	return (size_t)(p - out);
}
