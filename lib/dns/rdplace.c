/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the text of places: LOC on the globe (RFC 1876 section 3) and APL among
 * addresses (RFC 3123 section 5). Refuses families of addresses but IPv4 and
 * IPv6, and empty lists, which have no text that all readers take.
 */
#include <string.h>

#include "dns/rdplace.h"
#include "dns/rdtext.h"

enum {
	LOC_LEN = 16,
	ALTITUDE_BASE_CM = 10000000,
	ITEMS_MAX = 60, /* NSD holds a record to 64 fields */
};

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

/* ".", v in so many digits. */
static void
put_fraction(struct buf *out, uint32_t v, unsigned digits)
{
	uint32_t unit = 1;

	buf_u8(out, '.');
	while (--digits > 0)
		unit *= 10;
	for (; unit > 0; unit /= 10)
		buf_u8(out, (uint8_t)('0' + v / unit % 10));
}

/* Degrees, minutes, seconds and which side of the line at 2^31. */
static void
put_angle(struct buf *out, uint32_t v, const char sides[2])
{
	const uint32_t line = UINT32_C(1) << 31;
	bool ahead = v >= line;
	uint32_t ms = ahead ? v - line : line - v;

	rdtext_put_number(out, ms / 3600000);
	buf_u8(out, ' ');
	rdtext_put_number(out, ms / 60000 % 60);
	buf_u8(out, ' ');
	rdtext_put_number(out, ms / 1000 % 60);
	put_fraction(out, ms % 1000, 3);
	buf_u8(out, ' ');
	buf_u8(out, (uint8_t)sides[ahead ? 0 : 1]);
	buf_u8(out, ' ');
}

static void
put_altitude(struct buf *out, uint32_t v)
{
	bool above = v >= ALTITUDE_BASE_CM;
	uint32_t cm = above ? v - ALTITUDE_BASE_CM : ALTITUDE_BASE_CM - v;

	if (!above)
		buf_u8(out, '-');
	rdtext_put_number(out, cm / 100);
	put_fraction(out, cm % 100, 2);
	buf_u8(out, 'm');
}

/* A blank, and a digit times a power of ten, in centimetres. */
static void
put_size(struct buf *out, uint8_t size)
{
	uint32_t v = size >> 4;
	unsigned power = size & 15, i;

	buf_u8(out, ' ');
	for (i = 2; i < power; i++)
		v *= 10;
	if (power >= 2) {
		rdtext_put_number(out, v);
	} else {
		buf_u8(out, '0');
		put_fraction(out, power == 1 ? v * 10 : v, 2);
	}
	buf_u8(out, 'm');
}

void
rdplace_put_loc(struct buf *out, struct rdcursor *c)
{
	const uint8_t *loc = c->data + c->at;
	int i;

	c->at += LOC_LEN;
	put_angle(out, get32(loc + 4), "NS");
	put_angle(out, get32(loc + 8), "EW");
	put_altitude(out, get32(loc + 12));
	for (i = 1; i <= 3; i++)
		put_size(out, loc[i]);
}

static bool
put_item(struct buf *out, struct rdcursor *c)
{
	const uint8_t *item = c->data + c->at;
	size_t family = (size_t)item[0] << 8 | item[1], len = item[3] & 0x7f;
	uint8_t addr[16] = {0};

	c->at += 4 + len;
	if (family != 1 && family != 2)
		return false;
	memcpy(addr, item + 4, len);
	if ((item[3] & 0x80) != 0)
		buf_u8(out, '!');
	buf_u8(out, (uint8_t)('0' + family));
	buf_u8(out, ':');
	rdtext_put_addr(out, addr, family == 1 ? 4 : 16);
	buf_u8(out, '/');
	rdtext_put_number(out, item[2]);
	return true;
}

bool
rdplace_put_apl(struct buf *out, struct rdcursor *c)
{
	size_t count = 0;

	while (c->at < c->len) {
		if (++count > ITEMS_MAX)
			return false;
		if (count > 1)
			buf_u8(out, ' ');
		if (!put_item(out, c))
			return false;
	}
	return count > 0;
}
