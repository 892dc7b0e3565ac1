/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the text of BIND's private key files, which ldns writes too: lines
 * "Field: value", the first two of them the format's version and the
 * algorithm. Refuses other versions, fields that are unknown, twice there or
 * missing, and keys that are in a device and in the file. No value is quoted
 * in a message.
 */
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/encode.h"
#include "keys/pkey.h"
#include "keys/private.h"
#include "keys/private_form.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What BIND writes beside key and times; of no use here. */
static const char *const other_fields[] = {
    "DSPublish",
    "DSDelete",
    "DSRemoved",
    "Predecessor",
    "Successor",
    "MaxTTL",
    "RollPeriod",
    "Lifetime",
    "DSPubCount",
    "DSRemCount",
};

const char *const private_form_keys[PRIVATE_FORM_KEYS] = {
    "Modulus",
    "PublicExponent",
    "PrivateExponent",
    "Prime1",
    "Prime2",
    "Exponent1",
    "Exponent2",
    "Coefficient",
    "PrivateKey",
};
const char private_form_version[] = "Private-key-format";
const char private_form_algorithm[] = "Algorithm";
const char private_form_engine[] = "Engine";
const char private_form_label[] = "Label";

bool
private_marked(const void *text, size_t len)
{
	static const char *const marks[] = {private_form_version, "-----BEGIN"};

	for (size_t i = 0; i < COUNT(marks); i++) {
		size_t n = strlen(marks[i]);

		if (len >= n && memcmp(text, marks[i], n) == 0)
			return true;
	}
	return false;
}

/* A piece of the text; it owns nothing. */
struct span {
	const char *p;
	size_t len;
};

struct scan {
	const char *file;
	const char *next;
	const char *end;
	size_t line;
	struct span name;
	struct span value;
	uint8_t algorithm;
	bool seen_version;
	bool seen_algorithm;
	struct keytimes times;
	struct span key[PRIVATE_FORM_KEYS]; /* base64 */
	struct span engine; /* likewise */
	struct span label;
};

static bool
is(struct span s, const char *word)
{
	return strlen(word) == s.len && strncasecmp(s.p, word, s.len) == 0;
}

static bool
is_one_of(struct span s, const char *const *words, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (is(s, words[i]))
			return true;
	return false;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct span
trim(struct span s)
{
	while (s.len > 0 && is_blank(s.p[0])) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && is_blank(s.p[s.len - 1]))
		s.len--;
	return s;
}

/* Moves to the next line that is not blank; false at the end. */
static bool
scan_line(struct scan *s, struct span *line)
{
	const char *newline;

	while (s->next < s->end) {
		newline = memchr(s->next, '\n', (size_t)(s->end - s->next));
		line->p = s->next;
		line->len =
		    (size_t)((newline == NULL ? s->end : newline) - s->next);
		s->next = newline == NULL ? s->end : newline + 1;
		s->line++;
		*line = trim(*line);
		if (line->len > 0)
			return true;
	}
	return false;
}

static enum dflow_status
split_line(struct scan *s, struct span line, struct dflow_err *err)
{
	const char *colon = memchr(line.p, ':', line.len);

	if (colon == NULL)
		return err_at(err, s->file, s->line,
		    "not \"Field: value\"; "
		    "the file is damaged, restore it");
	s->name.p = line.p;
	s->name.len = (size_t)(colon - line.p);
	s->value.p = colon + 1;
	s->value.len = line.len - s->name.len - 1;
	s->value = trim(s->value);
	if (s->value.len == 0)
		return err_at(err, s->file, s->line,
		    "a field has no value; "
		    "the file is damaged, restore it");
	return DFLOW_OK;
}

static enum dflow_status
take_version(struct scan *s, struct dflow_err *err)
{
	if (!is(s->name, private_form_version))
		return err_at(err, s->file, s->line,
		    "a private key file "
		    "begins with \"%s: v1.3\"",
		    private_form_version);
	if (!is(s->value, "v1.2") && !is(s->value, "v1.3"))
		return err_at(err, s->file, s->line,
		    "this version of the "
		    "format is not known; use v1.2 or v1.3");
	s->seen_version = true;
	return DFLOW_OK;
}

/* "13 (ECDSAP256SHA256)"; the words in parentheses differ among tools. */
static enum dflow_status
take_algorithm(struct scan *s, struct dflow_err *err)
{
	unsigned v = 0;
	size_t i;

	if (!is(s->name, private_form_algorithm))
		return err_at(err, s->file, s->line,
		    "the second line is "
		    "\"%s: NUMBER (NAME)\"",
		    private_form_algorithm);
	for (i = 0; i < s->value.len && i < 3; i++) {
		char c = s->value.p[i];

		if (c < '0' || c > '9')
			break;
		v = v * 10 + (unsigned)(c - '0');
	}
	if (i == 0 || v > UINT8_MAX ||
	    (i < s->value.len && !is_blank(s->value.p[i])))
		return err_at(err, s->file, s->line,
		    "the algorithm is not a "
		    "number from 0 to 255");
	s->algorithm = (uint8_t)v;
	s->seen_algorithm = true;
	return DFLOW_OK;
}

static enum dflow_status
twice(const struct scan *s, struct dflow_err *err)
{
	return err_at(err, s->file, s->line,
	    "the field is there twice; "
	    "remove one");
}

static enum dflow_status
take_time(struct scan *s, int64_t *where, struct dflow_err *err)
{
	if (*where != KEYTIME_UNSET)
		return twice(s, err);
	if (!keytimes_parse(s->value.p, s->value.len, where))
		return err_at(err, s->file, s->line,
		    "the time is not "
		    "YYYYMMDDHHMMSS; set it anew with dnssec-settime");
	return DFLOW_OK;
}

static enum dflow_status
take_once(struct scan *s, struct span *where, struct dflow_err *err)
{
	if (where->len != 0)
		return twice(s, err);
	*where = s->value;
	return DFLOW_OK;
}

static enum dflow_status
take_field(struct scan *s, struct dflow_err *err)
{
	int64_t *where;
	size_t i;

	for (i = 0; i < PRIVATE_FORM_KEYS; i++)
		if (is(s->name, private_form_keys[i]))
			return take_once(s, &s->key[i], err);
	if (is(s->name, private_form_engine))
		return take_once(s, &s->engine, err);
	if (is(s->name, private_form_label))
		return take_once(s, &s->label, err);
	where = keytimes_at(&s->times, s->name.p, s->name.len);
	if (where != NULL)
		return take_time(s, where, err);
	if (is_one_of(s->name, other_fields, COUNT(other_fields)))
		return DFLOW_OK;
	return err_at(err, s->file, s->line,
	    "a field that is not known; "
	    "the file is damaged or of a later version");
}

static enum dflow_status
scan_text(const char *file, const struct secret *text, struct scan *s,
    struct dflow_err *err)
{
	enum dflow_status status = DFLOW_OK;
	struct span line;

	memset(s, 0, sizeof(*s));
	s->file = file;
	s->next = (const char *)text->data;
	s->end = s->next + text->len;
	keytimes_clear(&s->times);
	while (status == DFLOW_OK && scan_line(s, &line)) {
		status = split_line(s, line, err);
		if (status != DFLOW_OK)
			break;
		if (!s->seen_version)
			status = take_version(s, err);
		else if (!s->seen_algorithm)
			status = take_algorithm(s, err);
		else
			status = take_field(s, err);
	}
	if (status == DFLOW_OK && !s->seen_algorithm)
		return err_set(err, DFLOW_FAILED,
		    "%s: cut off before its "
		    "algorithm; restore the file",
		    file);
	return status;
}

/* BIND counts a final NUL in. */
static enum dflow_status
decode_label(
    const struct scan *s, char out[KEYFILE_LABEL_MAX], struct dflow_err *err)
{
	uint8_t text[KEYFILE_LABEL_MAX];
	size_t len = 0;
	bool ok;

	ok = base64_decode(s->label.p, s->label.len, text, sizeof(text), &len);
	if (ok && len > 0 && text[len - 1] == 0)
		len--;
	ok = ok && len > 0 && len < KEYFILE_LABEL_MAX;
	for (size_t i = 0; ok && i < len; i++)
		ok = text[i] >= ' ' && text[i] != 0x7f;
	if (!ok)
		return err_set(err, DFLOW_FAILED,
		    "%s: the field %s is not base64 of a name of 1 to %d "
		    "printable bytes; restore the file",
		    s->file, private_form_label, KEYFILE_LABEL_MAX - 1);
	memcpy(out, text, len);
	out[len] = '\0';
	return DFLOW_OK;
}

enum dflow_status
private_read_public(const char *file, const struct secret *text,
    struct keytimes *times, char label[KEYFILE_LABEL_MAX],
    struct dflow_err *err)
{
	enum dflow_status status;
	struct scan s;

	label[0] = '\0';
	status = scan_text(file, text, &s, err);
	for (size_t i = 0; status == DFLOW_OK && i < PRIVATE_FORM_KEYS; i++)
		if (s.label.len != 0 && s.key[i].len != 0)
			status = err_set(err, DFLOW_FAILED,
			    "%s: the fields %s and %s say that the key is in "
			    "a device and in the file; restore the file",
			    file, private_form_label, private_form_keys[i]);
	if (status == DFLOW_OK && s.label.len != 0)
		status = decode_label(&s, label, err);
	if (status == DFLOW_OK)
		*times = s.times;
	return status;
}

/* Decodes one field to the end of store, where part then points. */
static enum dflow_status
decode_field(const struct scan *s, size_t i, struct secret *store,
    struct pkey_part *part, struct dflow_err *err)
{
	const struct span *b64 = &s->key[i];
	size_t len = 0;

	if (b64->len == 0)
		return err_set(err, DFLOW_FAILED,
		    "%s: the field %s is "
		    "missing; restore the file",
		    s->file, private_form_keys[i]);
	if (!base64_decode(b64->p, b64->len, store->data + store->len,
		PKEY_RSA_BYTES_MAX, &len) ||
	    len == 0)
		return err_set(err, DFLOW_FAILED,
		    "%s: the field %s is not "
		    "base64 of 1 to %d bytes; restore the file",
		    s->file, private_form_keys[i], PKEY_RSA_BYTES_MAX);
	part->data = store->data + store->len;
	part->len = len;
	store->len += len;
	return DFLOW_OK;
}

/* The fields of the algorithm are there, and no other's. */
static enum dflow_status
decode_fields(const struct scan *s, const struct pkey_alg *alg,
    struct secret *store, struct pkey_part parts[PKEY_PARTS],
    struct dflow_err *err)
{
	bool rsa = alg->kind == PKEY_RSA;
	enum dflow_status status;
	size_t i;

	for (i = 0; i < PRIVATE_FORM_KEYS; i++) {
		if ((i != PRIVATE_FORM_PRIVATEKEY) == rsa) {
			status =
			    decode_field(s, i, store, &parts[rsa ? i : 0], err);
			if (status != DFLOW_OK)
				return status;
		} else if (s->key[i].len != 0) {
			return err_set(err, DFLOW_FAILED,
			    "%s: the field %s "
			    "is not one of algorithm %u; restore the file",
			    s->file, private_form_keys[i],
			    (unsigned)s->algorithm);
		}
	}
	return DFLOW_OK;
}

enum dflow_status
private_read(const char *file, const struct secret *text,
    const struct dnskey *pub, EVP_PKEY **out, struct dflow_err *err)
{
	const struct pkey_alg *alg = pkey_alg(pub->algorithm);
	struct pkey_part parts[PKEY_PARTS] = {{NULL, 0}};
	struct dflow_err why = {0};
	struct secret *store = NULL;
	enum dflow_status status;
	struct scan s;

	status = scan_text(file, text, &s, err);
	if (status != DFLOW_OK)
		return status;
	if (s.engine.len != 0 || s.label.len != 0)
		return err_set(err, DFLOW_FAILED,
		    "%s: this key is in a device, not in the file; name the "
		    "device's key",
		    file);
	if (alg == NULL || s.algorithm != pub->algorithm)
		return err_set(err, DFLOW_FAILED,
		    "%s: its algorithm is %u, "
		    "the .key file's is %u; files of two keys are mixed up",
		    file, (unsigned)s.algorithm, (unsigned)pub->algorithm);
	status = secret_new((PKEY_PARTS + 1) * PKEY_RSA_BYTES_MAX, &store, err);
	if (status == DFLOW_OK)
		status = decode_fields(&s, alg, store, parts, err);
	if (status == DFLOW_OK) {
		status = pkey_private(pub, parts, out, &why);
		if (status != DFLOW_OK)
			status = err_set(err, status, "%s: %s", file, why.text);
	}
	secret_free(&store);
	return status;
}
