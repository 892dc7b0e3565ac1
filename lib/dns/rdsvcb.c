/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the text of SvcParams (RFC 9460 section 2.1 and appendix A). Refuses
 * what BIND 9.18, ldns 1.8, NSD 4.6 and Knot 3.2 do not all read alike.
 */
#include "base/encode.h"
#include "dns/rdsvcb.h"
#include "dns/rdtext.h"

enum {
	KEY_MANDATORY,
	KEY_ALPN,
	KEY_NO_DEFAULT_ALPN,
	KEY_PORT,
	KEY_IPV4HINT,
	KEY_ECH,
	KEY_IPV6HINT,
	KEY_DOHPATH,
};

enum {
	/* NSD holds a record to 64 fields, priority and target among them. */
	PARAMS_MAX = 60,
	/* NSD takes no more than some thousand addresses. */
	PARAMS_LEN_MAX = 4000,
};

struct param {
	unsigned key;
	const uint8_t *value;
	size_t len;
};

static unsigned
get16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static struct param
take_param(struct rdcursor *c)
{
	const uint8_t *head = c->data + c->at;
	struct param p = {get16(head), head + 4, get16(head + 2)};

	c->at += 4 + p.len;
	return p;
}

/* Only names that all readers know: "dohpath" is not one. */
static void
put_key(struct buf *out, unsigned key)
{
	static const char *const names[] = {"mandatory", "alpn",
	    "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint"};

	if (key < sizeof(names) / sizeof(names[0])) {
		buf_str(out, names[key]);
	} else {
		buf_str(out, "key");
		rdtext_put_number(out, key);
	}
}

static bool
holds_key(struct rdcursor c, unsigned key)
{
	while (c.at < c.len)
		if (take_param(&c).key == key)
			return true;
	return false;
}

/* Readers refuse a record that lacks what it says is mandatory. */
static bool
put_mandatory(
    struct buf *out, const struct param *p, const struct rdcursor *all)
{
	for (size_t i = 0; i < p->len; i += 2) {
		unsigned key = get16(p->value + i);

		if (!holds_key(*all, key))
			return false;
		if (i > 0)
			buf_u8(out, ',');
		put_key(out, key);
	}
	return true;
}

/*
 * A comma or backslash in a value is escaped twice (appendix A.1), which ldns
 * does not undo; a zero byte misleads NSD; and Knot takes a single byte before
 * a comma for nothing.
 */
static bool
put_alpn(struct buf *out, const struct param *p)
{
	const uint8_t *end = p->value + p->len, *at = p->value;

	buf_u8(out, '"');
	while (at < end) {
		const uint8_t *stop = at + 1 + *at;

		if (*at == 1 && stop < end)
			return false;
		if (at != p->value)
			buf_u8(out, ',');
		for (at++; at < stop; at++) {
			if (*at == ',' || *at == '\\' || *at == 0)
				return false;
			rdtext_put_escaped(out, at, 1);
		}
	}
	buf_u8(out, '"');
	return true;
}

static void
put_hints(struct buf *out, const struct param *p)
{
	size_t size = p->key == KEY_IPV4HINT ? 4 : 16, i;

	for (i = 0; i < p->len; i += size) {
		if (i > 0)
			buf_u8(out, ',');
		rdtext_put_addr(out, p->value + i, size);
	}
}

static void
put_base64(struct buf *out, const struct param *p)
{
	uint8_t *to = buf_reserve(out, BASE64_LEN(p->len));

	if (to != NULL)
		out->len += base64_encode(p->value, p->len, (char *)to);
}

static bool
put_value(struct buf *out, const struct param *p, const struct rdcursor *all)
{
	switch (p->key) {
	case KEY_MANDATORY:
		return put_mandatory(out, p, all);
	case KEY_ALPN:
		return put_alpn(out, p);
	case KEY_PORT:
		rdtext_put_number(out, get16(p->value));
		return true;
	case KEY_IPV4HINT:
	case KEY_IPV6HINT:
		put_hints(out, p);
		return true;
	case KEY_ECH:
		put_base64(out, p);
		return true;
	default:
		buf_u8(out, '"');
		rdtext_put_escaped(out, p->value, p->len);
		buf_u8(out, '"');
		return true;
	}
}

bool
rdsvcb_put(struct buf *out, struct rdcursor *c)
{
	const struct rdcursor all = *c;
	size_t count = 0;

	if (c->len - c->at > PARAMS_LEN_MAX)
		return false;
	while (c->at < c->len) {
		struct param p = take_param(c);

		if (++count > PARAMS_MAX)
			return false;
		buf_u8(out, ' ');
		if (p.len > 0) {
			put_key(out, p.key);
			buf_u8(out, '=');
			if (!put_value(out, &p, &all))
				return false;
		} else if (p.key == KEY_ECH) {
			buf_str(out, "key5"); /* Knot wants a value of "ech" */
		} else if (p.key == KEY_DOHPATH) {
			return false; /* NSD wants one */
		} else {
			put_key(out, p.key);
		}
	}
	return true;
}
