/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the text of the fields that one rare type has for itself: WKS, NXT, A6,
 * HIP, AMTRELAY, NSAP, ATMA, and the locators of NID and L64. Refuses names of
 * protocols and services that are not in the tables here: what a zone says
 * must not depend on the machine that signs it.
 */
#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "base/encode.h"
#include "dns/master.h"
#include "dns/name.h"
#include "dns/rdata.h"
#include "dns/rdodd.h"
#include "dns/rrtype.h"

/* What RFC 1010's services are called, and their heirs. */
static const struct {
	const char *name;
	uint16_t port;
} services[] = {
    {"tcpmux", 1},
    {"echo", 7},
    {"discard", 9},
    {"systat", 11},
    {"daytime", 13},
    {"netstat", 15},
    {"qotd", 17},
    {"chargen", 19},
    {"ftp-data", 20},
    {"ftp", 21},
    {"ssh", 22},
    {"telnet", 23},
    {"smtp", 25},
    {"time", 37},
    {"whois", 43},
    {"domain", 53},
    {"tftp", 69},
    {"gopher", 70},
    {"finger", 79},
    {"http", 80},
    {"pop3", 110},
    {"sunrpc", 111},
    {"auth", 113},
    {"nntp", 119},
    {"ntp", 123},
    {"imap2", 143},
    {"snmp", 161},
    {"https", 443},
    {"imaps", 993},
    {"pop3s", 995},
};

static bool
at_end(const struct rdread *r)
{
	return *r->text == '\0';
}

static size_t
room(const struct rdread *r)
{
	return RDATA_MAX_LEN - r->len;
}

/* Hexadecimal to the word's end, with dots between some of its digits. */
static bool
put_dotted_hex(struct rdread *r, char *word)
{
	char *end = word;
	size_t n = 0;

	for (const char *p = word; *p != '\0'; p++)
		if (*p != '.')
			*end++ = *p;
	if (end == word || !hex_decode(word, (size_t)(end - word),
			       r->out + r->len, room(r), &n))
		return false;
	r->len += n;
	return true;
}

/* RFC 1706 section 5. */
static bool
put_nsap(struct rdread *r)
{
	char *word = master_word(&r->text);

	return strncasecmp(word, "0x", 2) == 0 && put_dotted_hex(r, word + 2);
}

/* "+" and digits is E.164, format 1; hexadecimal an AESA, format 0. */
static bool
put_atma(struct rdread *r)
{
	char *word = master_word(&r->text);
	size_t start;

	rdread_put(r, *word == '+', 1);
	if (*word != '+')
		return put_dotted_hex(r, word);
	start = r->len;
	for (word++; *word != '\0'; word++) {
		if (*word == '.')
			continue;
		if (*word < '0' || *word > '9' || room(r) < 1)
			return false;
		r->out[r->len++] = (uint8_t)*word;
	}
	return r->len > start;
}

/* 64 bits in four groups of up to four digits (RFC 6742 section 2.1.2). */
static bool
put_locator(struct rdread *r)
{
	const char *p = master_word(&r->text);

	for (unsigned group = 0; group < 4; group++) {
		unsigned v = 0;
		size_t n = 0;

		for (; p[n] != '\0' && p[n] != ':' && n < 4; n++) {
			char pair[2] = {'0', p[n]};
			uint8_t digit;
			size_t one;

			if (!hex_decode(pair, 2, &digit, 1, &one))
				return false;
			v = v << 4 | digit;
		}
		if (n == 0 || p[n] != (group < 3 ? ':' : '\0'))
			return false;
		rdread_put(r, v, 2);
		p += n + 1;
	}
	return true;
}

static bool
put_address(struct rdread *r, int family)
{
	uint8_t *to = r->out + r->len;

	if (inet_pton(family, master_word(&r->text), to) != 1)
		return false;
	r->len += family == AF_INET ? 4 : 16;
	return true;
}

static bool
put_protocol(struct rdread *r)
{
	const char *word = master_word(&r->text);
	uint64_t v;

	if (strcasecmp(word, "tcp") == 0)
		v = 6;
	else if (strcasecmp(word, "udp") == 0)
		v = 17;
	else if (!rdread_parse(word, UINT8_MAX, &v))
		return false;
	rdread_put(r, v, 1);
	return true;
}

static bool
port(const char *word, uint64_t *v)
{
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		if (strcasecmp(word, services[i].name) == 0) {
			*v = services[i].port;
			return true;
		}
	}
	return rdread_parse(word, UINT16_MAX, v);
}

/* Sets bit v in the map at r->len, of which n bytes are used so far. */
static size_t
set_bit(struct rdread *r, uint64_t v, size_t n)
{
	size_t byte = (size_t)v / 8;

	while (n <= byte)
		r->out[r->len + n++] = 0;
	r->out[r->len + byte] |= (uint8_t)(0x80 >> v % 8);
	return n;
}

/* RFC 1035 section 3.4.2. */
static bool
put_wks(struct rdread *r)
{
	size_t n = 0;
	uint64_t v;

	if (!put_address(r, AF_INET) || !put_protocol(r))
		return false;
	while (!at_end(r)) {
		if (!port(master_word(&r->text), &v))
			return false;
		n = set_bit(r, v, n);
	}
	r->len += n;
	return true;
}

/* RFC 2535 section 5.2: types below 128. */
static bool
put_nxt_types(struct rdread *r)
{
	uint16_t type;
	size_t n = 0;

	while (!at_end(r)) {
		if (!rrtype_parse(master_word(&r->text), &type) || type == 0 ||
		    type > 127)
			return false;
		n = set_bit(r, type, n);
	}
	r->len += n;
	return n > 0;
}

/* RFC 2874 section 3.1.1; bits that the prefix covers are zero. */
static bool
put_a6(struct rdread *r)
{
	uint8_t addr[16];
	uint64_t prefix;
	size_t skip;

	if (!rdread_parse(master_word(&r->text), 128, &prefix))
		return false;
	rdread_put(r, prefix, 1);
	skip = (size_t)prefix / 8;
	if (prefix < 128) {
		if (inet_pton(AF_INET6, master_word(&r->text), addr) != 1)
			return false;
		addr[skip] &= (uint8_t)(0xff >> prefix % 8);
		memcpy(r->out + r->len, addr + skip, 16 - skip);
		r->len += 16 - skip;
	}
	return prefix == 0 || rdread_field_name(r);
}

/* RFC 8005 section 6: algorithm, HIT, public key, rendezvous servers. */
static bool
put_hip(struct rdread *r)
{
	uint8_t *head = r->out + r->len;
	const char *word;
	uint64_t alg;
	size_t hit, key;

	if (!rdread_parse(master_word(&r->text), UINT8_MAX, &alg))
		return false;
	r->len += 4;
	word = master_word(&r->text);
	if (!hex_decode(word, strlen(word), r->out + r->len, 255, &hit))
		return false;
	r->len += hit;
	word = master_word(&r->text);
	if (!base64_decode(word, strlen(word), r->out + r->len, room(r), &key))
		return false;
	r->len += key;
	head[0] = (uint8_t)hit;
	head[1] = (uint8_t)alg;
	head[2] = (uint8_t)(key >> 8);
	head[3] = (uint8_t)key;
	while (!at_end(r))
		if (room(r) < NAME_MAX_LEN || !rdread_field_name(r))
			return false;
	return true;
}

/* RFC 8777 section 4.3: precedence, D, type, relay. */
static bool
put_amtrelay(struct rdread *r)
{
	uint64_t d, kind;

	if (!rdread_number(r, 1) ||
	    !rdread_parse(master_word(&r->text), 1, &d) ||
	    !rdread_parse(master_word(&r->text), 3, &kind))
		return false;
	rdread_put(r, d << 7 | kind, 1);
	switch (kind) {
	case 0:
		return strcmp(master_word(&r->text), ".") == 0;
	case 1:
		return put_address(r, AF_INET);
	case 2:
		return put_address(r, AF_INET6);
	default:
		return rdread_field_name(r);
	}
}

bool
rdodd_field(char code, struct rdread *r)
{
	switch (code) {
	case 'l':
		return put_locator(r);
	case 'p':
		return put_nsap(r);
	case 'q':
		return put_atma(r);
	case 'w':
		return put_wks(r);
	case 'm':
		return put_nxt_types(r);
	case 'v':
		return put_a6(r);
	case 'h':
		return put_hip(r);
	case 'g':
		return put_amtrelay(r);
	default:
		return false;
	}
}
