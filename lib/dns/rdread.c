/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the text of the records that cross the air gap: DNSKEY and CDNSKEY
 * (RFC 4034 section 2.2), RRSIG (3.2), DS and CDS (5.3). By hand, because
 * ldns ends the process in want of memory, and takes more spellings than one.
 */
#include <string.h>

#include "base/encode.h"
#include "base/when.h"
#include "dns/dnskey.h"
#include "dns/master.h"
#include "dns/name.h"
#include "dns/rdata.h"
#include "dns/rdread.h"
#include "dns/rrtype.h"

bool
rdread_knows(uint16_t type)
{
	return type == RRTYPE_DNSKEY || type == RRTYPE_CDNSKEY ||
	       type == RRTYPE_DS || type == RRTYPE_CDS || type == RRTYPE_RRSIG;
}

/* Appends v as so many bytes. */
void
rdread_put(struct rdread *r, uint64_t v, unsigned bytes)
{
	while (bytes-- > 0)
		r->out[r->len++] = (uint8_t)(v >> (8 * bytes));
}

/* All of word as a decimal number up to max. */
bool
rdread_parse(const char *word, uint64_t max, uint64_t *v)
{
	uint64_t n = 0;

	if (*word == '\0')
		return false;
	for (; *word != '\0'; word++) {
		if (*word < '0' || *word > '9')
			return false;
		n = n * 10 + (uint64_t)(*word - '0');
		if (n > max)
			return false;
	}
	*v = n;
	return true;
}

/* The next word, a number of so many bytes. */
bool
rdread_number(struct rdread *r, unsigned bytes)
{
	uint64_t v;

	if (!rdread_parse(master_word(&r->text), (1ULL << (8 * bytes)) - 1, &v))
		return false;
	rdread_put(r, v, bytes);
	return true;
}

bool
rdread_algorithm(struct rdread *r)
{
	const char *word = master_word(&r->text);
	const struct alg *alg;
	uint64_t v;

	if (!rdread_parse(word, UINT8_MAX, &v)) {
		alg = alg_parse(word);
		if (alg == NULL)
			return false;
		v = alg->number;
	}
	rdread_put(r, v, 1);
	return true;
}

/* 14 digits, else seconds since 1970. */
bool
rdread_time(struct rdread *r)
{
	const char *word = master_word(&r->text);
	int64_t when;
	uint64_t v;

	if (strlen(word) == 14 && strspn(word, "0123456789") == 14) {
		if (dflow_when_parse(word, 0, &when, NULL) != DFLOW_OK)
			return false;
		v = (uint64_t)when;
	} else if (!rdread_parse(word, UINT32_MAX, &v)) {
		return false;
	}
	rdread_put(r, v & UINT32_MAX, 4);
	return true;
}

bool
rdread_type(struct rdread *r)
{
	uint16_t type;

	if (!rrtype_parse(master_word(&r->text), &type))
		return false;
	rdread_put(r, type, 2);
	return true;
}

enum dflow_status
rdread_name(const char *word, const uint8_t *origin, uint8_t out[NAME_MAX_LEN],
    struct dflow_err *err)
{
	size_t len, origin_len = name_len(origin);
	uint8_t name[NAME_MAX_LEN];
	enum dflow_status status;

	if (strcmp(word, "@") == 0) {
		(void)name_copy(out, origin);
		return DFLOW_OK;
	}
	status = name_parse(word, name, err);
	if (status != DFLOW_OK)
		return status;
	len = name_len(name);
	if (!master_is_absolute(word)) {
		if (len - 1 + origin_len > NAME_MAX_LEN)
			return err_set(
			    err, DFLOW_FAILED, "a name exceeds 255 bytes");
		memcpy(name + len - 1, origin, origin_len);
	}
	(void)name_copy(out, name);
	return DFLOW_OK;
}

bool
rdread_field_name(struct rdread *r)
{
	const char *word = master_word(&r->text);
	uint8_t name[NAME_MAX_LEN];

	if (rdread_name(word, r->origin, name, NULL) != DFLOW_OK)
		return false;
	r->len += name_copy(r->out + r->len, name);
	return true;
}

/* The rest of the text, which is not empty; blanks are left out. */
bool
rdread_base64(struct rdread *r)
{
	size_t n = 0;

	if (*r->text == '\0' ||
	    !base64_decode(r->text, strlen(r->text), r->out + r->len,
		RDATA_MAX_LEN - r->len, &n))
		return false;
	r->len += n;
	return true;
}

bool
rdread_hex(struct rdread *r)
{
	char *end = r->text;
	size_t n = 0;

	for (const char *p = r->text; *p != '\0'; p++)
		if (*p != ' ')
			*end++ = *p;
	if (end == r->text || !hex_decode(r->text, (size_t)(end - r->text),
				  r->out + r->len, RDATA_MAX_LEN - r->len, &n))
		return false;
	r->len += n;
	return true;
}

static const char *
read_key(struct rdread *r)
{
	if (!rdread_number(r, 2))
		return "wrong flags";
	if (!rdread_number(r, 1))
		return "a wrong protocol";
	if (!rdread_algorithm(r))
		return "a wrong algorithm";
	if (!rdread_base64(r))
		return "its key is not base64";
	return NULL;
}

static const char *
read_ds(struct rdread *r)
{
	if (!rdread_number(r, 2))
		return "a wrong key tag";
	if (!rdread_algorithm(r))
		return "a wrong algorithm";
	if (!rdread_number(r, 1))
		return "a wrong digest type";
	if (!rdread_hex(r))
		return "its digest is not hexadecimal";
	return NULL;
}

static const char *
read_rrsig(struct rdread *r)
{
	if (!rdread_type(r))
		return "a wrong type covered";
	if (!rdread_algorithm(r))
		return "a wrong algorithm";
	if (!rdread_number(r, 1))
		return "a wrong number of labels";
	if (!rdread_number(r, 4))
		return "a wrong original TTL";
	if (!rdread_time(r))
		return "a wrong expiration";
	if (!rdread_time(r))
		return "a wrong inception";
	if (!rdread_number(r, 2))
		return "a wrong key tag";
	if (!rdread_field_name(r))
		return "a wrong signer's name";
	if (!rdread_base64(r))
		return "its signature is not base64";
	return NULL;
}

const char *
rdread(struct rdread *r)
{
	r->len = 0;
	if (r->type == RRTYPE_RRSIG)
		return read_rrsig(r);
	if (r->type == RRTYPE_DS || r->type == RRTYPE_CDS)
		return read_ds(r);
	return read_key(r);
}
