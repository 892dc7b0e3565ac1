/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns what an answer of the N200 is held to, whatever the command. Refuses
 * what is not 2xx, not one JSON object, of another command, or an error; and
 * says which of these are about rights and PINs, as devices lock keys.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/encode.h"
#include "keys/n200answer.h"
#include "keys/n200json.h"

enum { QUOTE_MAX = 200 }; /* characters of an answer in a message */

/* What n200_answer_locks goes by; no other message has these. */
#define MARK_DENIED ": access denied (HTTP "
#define MARK_PIN ": the device minds the PIN (HTTP "

/* An answer on its way. */
struct taking {
	const struct https_answer *a;
	const char *command;
	const struct redact *redact;
};

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* A blank in word stands for what programs write for one. */
static bool
starts(const char *text, const char *word)
{
	for (; *word != '\0'; word++, text++) {
		if (*word == ' ' && (*text == '_' || *text == '-'))
			continue;
		if (lower(*text) != *word)
			return false;
	}
	return true;
}

/* True if word, in lower case, is in the text in any case. */
static bool
has(const void *text, size_t len, const char *word)
{
	const char *p = text;
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= len; i++)
		if (starts(p + i, word))
			return true;
	return false;
}

static bool
is_letter(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

/* Is there a PIN in it? "userpin" and "pinWrong" say so, "stopping" does not.
 */
static bool
has_pin(const char *text, size_t len)
{
	for (size_t i = 0; i + 3 <= len; i++)
		if (starts(text + i, "pin") &&
		    (i == 0 || !is_letter(text[i - 1]) || i + 3 == len ||
			!is_letter(text[i + 3])))
			return true;
	return false;
}

/* Words by which a device may tell that trying again would lock a key. */
static bool
has_lock(const char *text, size_t len)
{
	static const char *const words[] = {"password", "passphrase", "p.i.n",
	    "authenticat", "locked", "tries left", "try left", "attempt"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (has(text, len, words[i]))
			return true;
	return has_pin(text, len);
}

static bool
has_denial(const char *text, size_t len)
{
	static const char *const words[] = {"access denied",
	    "permission denied", "not authori", "unauthori", "forbidden"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (has(text, len, words[i]))
			return true;
	return false;
}

/* Fails for what the text of the device says. */
static enum dflow_status
refuse(const struct taking *t, const void *text, size_t len, const char *why,
    struct dflow_err *err)
{
	char quote[QUOTE_MAX + 1];
	unsigned status = t->a->status;

	(void)redact_text(t->redact, text, len, quote, sizeof(quote));
	if (status == 401 || status == 403 || has_denial(text, len))
		return err_set(err, DFLOW_REFUSED,
		    "N200: %s" MARK_DENIED "%u): are user and pass right, and "
		    "is there an access rule for the user and the core that "
		    "n200.conf names? \"%s\"",
		    t->command, status, quote);
	if (status == 423 || status == 429 || has_lock(text, len))
		return err_set(err, DFLOW_FAILED,
		    "N200: %s" MARK_PIN "%u): check keygen_pin in n200.conf "
		    "before you try again, too many tries may lock the key: "
		    "\"%s\"",
		    t->command, status, quote);
	return err_set(err, DFLOW_FAILED, "N200: %s: %s (HTTP %u): \"%s\"",
	    t->command, why, status, quote);
}

static enum dflow_status
check_status(const struct taking *t, struct dflow_err *err)
{
	const struct https_answer *a = t->a;

	if (a->status >= 200 && a->status <= 299)
		return DFLOW_OK;
	if (a->status >= 300 && a->status <= 399)
		return refuse(t, a->data, a->len,
		    "the device redirects, which is not followed; does the "
		    "url in n200.conf have the right host and path?",
		    err);
	return refuse(t, a->data, a->len,
	    "the device cannot do it; its log may say why", err);
}

/* An error that is not null. */
static enum dflow_status
check_error(const struct taking *t, const cJSON *tree, struct dflow_err *err)
{
	const cJSON *e = cJSON_GetObjectItemCaseSensitive(tree, "error");
	const char *text = n200_text(tree, "result");

	if (e != NULL && !cJSON_IsNull(e)) {
		if (cJSON_IsString(e))
			return refuse(t, e->valuestring, strlen(e->valuestring),
			    "the device says", err);
		return refuse(t, t->a->data, t->a->len, "the device says", err);
	}
	/*
	 * Words in place of a result. Without a blank they may be base64, in
	 * which letters mean nothing.
	 */
	if (text != NULL && strchr(text, ' ') != NULL &&
	    (has_denial(text, strlen(text)) || has_lock(text, strlen(text))))
		return refuse(t, text, strlen(text), "the device says", err);
	return DFLOW_OK;
}

/* Of two members of one name one program would take this, one that. */
static enum dflow_status
check_twice(const struct taking *t, const cJSON *tree, struct dflow_err *err)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, tree)
	{
		if (cJSON_GetObjectItemCaseSensitive(tree, item->string) !=
		    item)
			return refuse(t, t->a->data, t->a->len,
			    "a member of the answer is there twice", err);
	}
	return DFLOW_OK;
}

static enum dflow_status
check_command(const struct taking *t, const cJSON *tree, struct dflow_err *err)
{
	const cJSON *c = cJSON_GetObjectItemCaseSensitive(tree, "command");

	if (c == NULL || cJSON_IsNull(c) ||
	    (cJSON_IsString(c) && strcmp(c->valuestring, t->command) == 0))
		return DFLOW_OK;
	return refuse(t, t->a->data, t->a->len,
	    "an answer to another command; try again, and if it stays so, "
	    "what stands between us and the device?",
	    err);
}

enum dflow_status
n200_answer(const struct https_answer *a, const char *command,
    const struct redact *redact, struct cJSON **out, struct dflow_err *err)
{
	struct taking t = {a, command, redact};
	struct n200_json_fault fault = {0};
	enum dflow_status status;
	cJSON *tree = NULL;
	char why[128];

	status = check_status(&t, err);
	if (status != DFLOW_OK)
		return status;
	if (!n200_json_parse(a->data, a->len, &tree, &fault)) {
		(void)snprintf(why, sizeof(why),
		    "the answer is no JSON object, is this the device? "
		    "line %zu: %s",
		    fault.line, fault.why);
		return refuse(&t, a->data, a->len, why, err);
	}
	status = check_twice(&t, tree, err);
	if (status == DFLOW_OK)
		status = check_error(&t, tree, err);
	if (status == DFLOW_OK)
		status = check_command(&t, tree, err);
	if (status != DFLOW_OK) {
		cJSON_Delete(tree);
		return status;
	}
	*out = tree;
	return DFLOW_OK;
}

enum dflow_status
n200_answer_unfit(const struct cJSON *answer, const char *command,
    const struct redact *redact, const char *why, struct dflow_err *err)
{
	const struct https_answer a = {.status = 200};
	const struct taking t = {&a, command, redact};
	char *text = cJSON_PrintUnformatted(answer);
	enum dflow_status status;

	if (text == NULL)
		return err_memory(err);
	status = refuse(&t, text, strlen(text), why, err);
	cJSON_free(text);
	return status;
}

bool
n200_answer_locks(const struct dflow_err *err)
{
	return strstr(err->text, MARK_DENIED) != NULL ||
	       strstr(err->text, MARK_PIN) != NULL;
}

/* The element of an array that a part of a path counts, or NULL. */
static const cJSON *
element(const cJSON *array, const char *part)
{
	int index = 0;

	if (part[0] == '\0' || strlen(part) > 6)
		return NULL;
	for (; *part != '\0'; part++) {
		if (*part < '0' || *part > '9')
			return NULL;
		index = index * 10 + (*part - '0');
	}
	return cJSON_GetArrayItem(array, index);
}

const struct cJSON *
n200_at(const struct cJSON *object, const char *path)
{
	const cJSON *at = object;
	char part[128];
	size_t len;

	while (at != NULL) {
		len = strcspn(path, ".");
		if (len >= sizeof(part))
			return NULL;
		memcpy(part, path, len);
		part[len] = '\0';
		at = cJSON_IsArray(at)
			 ? element(at, part)
			 : cJSON_GetObjectItemCaseSensitive(at, part);
		if (path[len] == '\0')
			return at;
		path += len + 1;
	}
	return NULL;
}

const char *
n200_text(const struct cJSON *object, const char *name)
{
	return cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(object, name));
}

bool
n200_number(const struct cJSON *value, uint64_t *out)
{
	const uint64_t max = (uint64_t)1 << 53;
	uint64_t v = 0;

	if (cJSON_IsNumber(value)) {
		double d = value->valuedouble;

		if (!(d >= 0 && d <= (double)max))
			return false;
		v = (uint64_t)d;
		if ((double)v < d)
			return false;
		*out = v;
		return true;
	}
	if (!cJSON_IsString(value) || value->valuestring[0] == '\0')
		return false;
	for (const char *p = value->valuestring; *p != '\0'; p++) {
		if (*p < '0' || *p > '9')
			return false;
		v = v * 10 + (uint64_t)(*p - '0');
		if (v > max)
			return false;
	}
	*out = v;
	return true;
}

/* The first of two members that is there and not null, or NULL. */
static const cJSON *
either(const cJSON *entry, const char *a, const char *b)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(entry, a);

	if ((v == NULL || cJSON_IsNull(v)) && b != NULL)
		v = cJSON_GetObjectItemCaseSensitive(entry, b);
	return cJSON_IsNull(v) ? NULL : v;
}

/* Facts go to terminals and into key files: no control characters. */
static void
copy_fact(const char *text, char out[DFLOW_N200_TEXT])
{
	size_t len = text == NULL ? 0 : strlen(text);

	if (len > 0 && len < DFLOW_N200_TEXT && n200_json_visible(text))
		memcpy(out, text, len + 1);
}

static void
read_numbers(const cJSON *entry, struct dflow_n200_key *out)
{
	const cJSON *len = either(entry, "key_len", NULL);
	const cJSON *point = either(entry, "public_key", "publickey");
	uint64_t v = 0;

	if (len != NULL && n200_number(len, &v) && v <= UINT_MAX)
		out->key_len = (unsigned)v;
	/* Of other curves and of RSA it is something else: not told. */
	if (cJSON_IsString(point))
		out->public_len =
		    n200_point_read(point->valuestring, out->public_key);
}

bool
n200_key_read(
    const char *name, const struct cJSON *entry, struct dflow_n200_key *out)
{
	struct dflow_n200_key k = {0};
	const struct {
		const char *name;
		const char *other;
		char *to;
	} facts[] = {
	    {"key_id", NULL, k.key_id},
	    {"token_name", "slot", k.token_name},
	    {"id", NULL, k.id},
	    {"nice_name", NULL, k.nice_name},
	    {"key_type", NULL, k.key_type},
	    {"key_acl", NULL, k.key_acl},
	    {"key_owner", NULL, k.key_owner},
	    {"date_of_creation", NULL, k.created},
	    {"date_of_last_use", NULL, k.last_used},
	};

	if (!cJSON_IsObject(entry))
		return false;
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		const cJSON *v = either(entry, facts[i].name, facts[i].other);

		copy_fact(cJSON_GetStringValue(v), facts[i].to);
	}
	if (k.key_id[0] == '\0')
		copy_fact(name, k.key_id);
	read_numbers(entry, &k);
	*out = k;
	return true;
}

size_t
n200_point_read(const char *hex, uint8_t out[96])
{
	size_t len = strlen(hex), got = 0;
	uint8_t point[96];

	if ((len == 130 || len == 194) && hex[0] == '0' && hex[1] == '4') {
		hex += 2;
		len -= 2;
	}
	if ((len != 128 && len != 192) ||
	    !hex_decode(hex, len, point, sizeof(point), &got))
		return 0;
	memcpy(out, point, got);
	return got;
}
