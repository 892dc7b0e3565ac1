/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the text of the types that zones hardly hold and that libzscanner does
 * not know, as a table of field codes, in the forms that BIND reads and
 * prints; and of a few that it knows but in one form only. By hand: ldns lacks
 * many of them, and asks /etc/services what a WKS means.
 */
#include <string.h>
#include <strings.h>

#include "dns/master.h"
#include "dns/rdata.h"
#include "dns/rdodd.h"
#include "dns/rdrare.h"
#include "dns/rrtype.h"

/*
 * Codes: 1, 2, 4 a number of so many bytes; N a name; S a character string;
 * d one of digits (at least 4); s one that may lack; T strings up to the end;
 * y a type; a an algorithm; t a time; n a DSYNC scheme; l a locator in groups
 * of 16 bits. Up to the end: x hexadecimal; b base64; o base64 or nothing;
 * k base64, or nothing as KEY's flags say; e base64 or "-"; p NSAP's
 * hexadecimal; q ATMA's; w WKS; m NXT's types; v A6; h HIP; g AMTRELAY.
 */
struct rare {
	uint16_t type;
	const char *fields;
};

static const struct rare rares[] = {
    {RRTYPE_MD, "N"}, {RRTYPE_MF, "N"}, {RRTYPE_MB, "N"}, {RRTYPE_MG, "N"},
    {RRTYPE_MR, "N"}, {11, "w"}, /* WKS */
    {19, "d"}, /* X25 */
    {20, "Ss"}, /* ISDN */
    {22, "p"}, /* NSAP */
    {23, "N"}, /* NSAP-PTR */
    {RRTYPE_SIG, "ya14tt2Nb"}, {RRTYPE_KEY, "21ak"}, {RRTYPE_PX, "2NN"},
    {27, "SSS"}, /* GPOS */
    {RRTYPE_NXT, "Nm"}, {31, "x"}, /* EID */
    {32, "x"}, /* NIMLOC */
    {34, "q"}, /* ATMA */
    {RRTYPE_A6, "v"}, {40, "111o"}, /* SINK */
    {55, "h"}, /* HIP */
    {56, "T"}, /* NINFO */
    {57, "21ab"}, /* RKEY */
    {58, "NN"}, /* TALINK */
    {66, "yn2N"}, /* DSYNC */
    {67, "b"}, /* HHIT */
    {68, "b"}, /* BRID */
    {104, "2l"}, /* NID */
    {106, "2l"}, /* L64 */
    {258, "T"}, /* AVC */
    {259, "441Se"}, /* DOA */
    {260, "g"}, /* AMTRELAY */
    {261, "T"}, /* RESINFO */
    {262, "T"}, /* WALLET */
    {32768, "2a1x"}, /* TA */
    {32769, "2a1x"}, /* DLV */
};

static const char *
fields_of(uint16_t type)
{
	for (size_t i = 0; i < sizeof(rares) / sizeof(rares[0]); i++)
		if (rares[i].type == type)
			return rares[i].fields;
	return NULL;
}

bool
rdrare_knows(uint16_t type)
{
	return fields_of(type) != NULL;
}

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

/* One byte of a string, perhaps an escaped one, off *p. */
static bool
string_byte(const char **p, uint8_t *out)
{
	const char *q = *p;
	unsigned v = (uint8_t)*q++;

	if (v == '\\') {
		if (*q == '\0')
			return false;
		v = (uint8_t)*q++;
		if (v >= '0' && v <= '9') {
			if (q[0] < '0' || q[0] > '9' || q[1] < '0' ||
			    q[1] > '9')
				return false;
			v = (v - '0') * 100 + (unsigned)(q[0] - '0') * 10 +
			    (unsigned)(q[1] - '0');
			q += 2;
		}
	}
	if (v > UINT8_MAX || (uint8_t) * *p > 0x7e)
		return false;
	*out = (uint8_t)v;
	*p = q;
	return true;
}

/* A word or what stands in quotation marks; a blank or the end follows. */
static bool
put_string(struct rdread *r)
{
	const char *p = r->text;
	bool quoted = *p == '"';
	char end = quoted ? '"' : ' ';
	size_t n = 0;
	uint8_t b;

	if (*p == '\0' || room(r) < 1)
		return false;
	if (quoted)
		p++;
	for (; *p != end && *p != '\0'; n++) {
		if (n == 255 || n + 1 >= room(r) || (!quoted && *p == '"') ||
		    !string_byte(&p, &b))
			return false;
		r->out[r->len + 1 + n] = b;
	}
	if (quoted && *p++ != '"')
		return false;
	if (*p != ' ' && *p != '\0')
		return false;
	r->out[r->len] = (uint8_t)n;
	r->len += 1 + n;
	r->text += p - r->text;
	while (*r->text == ' ')
		r->text++;
	return true;
}

static bool
put_strings(struct rdread *r)
{
	do {
		if (!put_string(r))
			return false;
	} while (!at_end(r));
	return true;
}

/* An X.121 address (RFC 1183 section 3.1), which BIND wants to be digits. */
static bool
put_digits(struct rdread *r)
{
	size_t at = r->len + 1;

	if (!put_string(r) || r->len - at < 4)
		return false;
	for (; at < r->len; at++)
		if (r->out[at] < '0' || r->out[at] > '9')
			return false;
	return true;
}

/* RFC 9859 section 2. */
static bool
put_scheme(struct rdread *r)
{
	const char *word = master_word(&r->text);
	uint64_t v = 1;

	if (strcasecmp(word, "NOTIFY") != 0 &&
	    !rdread_parse(word, UINT8_MAX, &v))
		return false;
	rdread_put(r, v, 1);
	return true;
}

/* RFC 2535 section 3.1.2: two flags say together that there is no key. */
static bool
has_no_key(const struct rdread *r)
{
	return at_end(r) && (r->out[0] & 0xc0) == 0xc0;
}

/* The fields that take all that is left. */
static bool
put_rest(char code, struct rdread *r)
{
	bool ok;

	switch (code) {
	case 'x':
		ok = rdread_hex(r);
		break;
	case 'b':
		ok = rdread_base64(r);
		break;
	case 'o':
		ok = at_end(r) || rdread_base64(r);
		break;
	case 'k':
		ok = has_no_key(r) || rdread_base64(r);
		break;
	case 'e':
		ok = strcmp(r->text, "-") == 0 || rdread_base64(r);
		break;
	default:
		return rdodd_field(code, r);
	}
	r->text += strlen(r->text);
	return ok;
}

static bool
put_field(char code, struct rdread *r)
{
	switch (code) {
	case '1':
	case '2':
	case '4':
		return rdread_number(r, (unsigned)(code - '0'));
	case 'N':
		return rdread_field_name(r);
	case 'S':
		return put_string(r);
	case 's':
		return at_end(r) || put_string(r);
	case 'T':
		return put_strings(r);
	case 'y':
		return rdread_type(r);
	case 'a':
		return rdread_algorithm(r);
	case 't':
		return rdread_time(r);
	case 'd':
		return put_digits(r);
	case 'n':
		return put_scheme(r);
	default:
		return put_rest(code, r);
	}
}

/* What a field's code is called where one is wrong. */
static const char *
wrong(char code)
{
	switch (code) {
	case '1':
	case '2':
	case '4':
		return "a wrong number";
	case 'N':
		return "a wrong name";
	case 'S':
	case 's':
	case 'T':
		return "a wrong character string";
	case 'd':
		return "not four or more digits";
	case 'b':
	case 'o':
	case 'k':
	case 'e':
		return "wrong base64";
	case 'x':
	case 'p':
	case 'q':
		return "wrong hexadecimal";
	case 'w':
		return "a wrong address, protocol or port; ports may be "
		       "numbers";
	default:
		return "a wrong field";
	}
}

const char *
rdrare(struct rdread *r)
{
	const char *f = fields_of(r->type);

	r->len = 0;
	if (f == NULL)
		return "no form but that one is known";
	for (; *f != '\0'; f++)
		if (!put_field(*f, r))
			return wrong(*f);
	return at_end(r) ? NULL : "something stands behind it";
}
