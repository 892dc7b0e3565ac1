/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads the last line of a KSR or SKR of ours. Others' footers are for people:
 * in them nothing is understood, and nothing refused but words of ours.
 */
#include "exchange/bundle_footer.h"

#include <stdbool.h>
#include <string.h>

#include "keys/keytimes.h"

enum {
	ID_DIGITS = BUNDLE_ID_SIZE - 1,
	DIGEST_DIGITS = BUNDLE_ANSWERS_SIZE - 1,
	COUNT_DIGITS = 4,
};

/* A word, or what is left of the line. */
struct piece {
	const char *at;
	size_t len;
};

void
bundle_footer_clear(struct bundle_footer *f)
{
	*f = (struct bundle_footer){
	    .clock = BUNDLE_CLOCK_UNSET, .until = BUNDLE_CLOCK_UNSET};
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The next word, of length 0 at the end. */
static struct piece
take_word(struct piece *rest)
{
	struct piece word;

	while (rest->len > 0 && is_blank(*rest->at)) {
		rest->at++;
		rest->len--;
	}
	word = *rest;
	while (rest->len > 0 && !is_blank(*rest->at)) {
		rest->at++;
		rest->len--;
	}
	word.len -= rest->len;
	return word;
}

static bool
is_word(struct piece word, const char *text)
{
	return word.len == strlen(text) && memcmp(word.at, text, word.len) == 0;
}

/* The value of "name=value". */
static bool
has_name(struct piece word, const char *name, struct piece *value)
{
	size_t n = strlen(name);

	if (word.len < n || memcmp(word.at, name, n) != 0)
		return false;
	value->at = word.at + n;
	value->len = word.len - n;
	return true;
}

/* Copies exactly so many digits of lower case hex. */
static bool
take_hex(struct piece value, size_t digits, char *out)
{
	if (value.len != digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		char c = value.at[i];

		if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
			return false;
	}
	memcpy(out, value.at, digits);
	out[digits] = '\0';
	return true;
}

static bool
take_answers(struct piece value, char *out)
{
	if (!is_word(value, "none"))
		return take_hex(value, DIGEST_DIGITS, out);
	memcpy(out, "none", sizeof("none"));
	return true;
}

/* 1 to 9,999, without a zero before it. */
static bool
take_count(struct piece value, size_t *out)
{
	size_t count = 0;

	if (value.len == 0 || value.len > COUNT_DIGITS || value.at[0] == '0')
		return false;
	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] < '0' || value.at[i] > '9')
			return false;
		count = 10 * count + (size_t)(value.at[i] - '0');
	}
	*out = count;
	return true;
}

static const char *
take_field(struct piece word, struct bundle_footer *f)
{
	struct piece value;

	if (has_name(word, "clock=", &value))
		return f->clock == BUNDLE_CLOCK_UNSET &&
			       keytimes_parse(value.at, value.len, &f->clock)
			   ? NULL
			   : "clock= in the footer is not one time";
	if (has_name(word, "id=", &value))
		return f->id[0] == '\0' && take_hex(value, ID_DIGITS, f->id)
			   ? NULL
			   : "id= in the footer is not one of 32 hex digits";
	if (has_name(word, "answers=", &value))
		return f->answers[0] == '\0' && take_answers(value, f->answers)
			   ? NULL
			   : "answers= in the footer is not one SHA-256";
	if (has_name(word, "response=", &value))
		return f->response[0] == '\0' &&
			       take_hex(value, DIGEST_DIGITS, f->response)
			   ? NULL
			   : "response= in the footer is not one SHA-256";
	if (has_name(word, "until=", &value))
		return f->until == BUNDLE_CLOCK_UNSET &&
			       keytimes_parse(value.at, value.len, &f->until)
			   ? NULL
			   : "until= in the footer is not one time";
	if (has_name(word, "bundles=", &value))
		return f->count == 0 && take_count(value, &f->count)
			   ? NULL
			   : "bundles= in the footer is not one number";
	return "a word in the footer that we do not know";
}

/* Others have no such words: who took our name out kept them. */
static const char *
check_others(struct piece rest)
{
	static const char *const names[] = {
	    "answers=", "bundles=", "clock=", "id=", "response=", "until="};
	struct piece word, value;

	for (word = take_word(&rest); word.len > 0; word = take_word(&rest))
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (has_name(word, names[i], &value))
				return "a footer of ours that was changed; "
				       "bring the file anew";
	return NULL;
}

const char *
bundle_footer_read(const char *text, size_t len, struct bundle_footer *out)
{
	struct piece rest = {text, len};
	struct piece word = take_word(&rest);
	const char *fault = NULL;

	while (word.len > 0 && !is_word(word, "by"))
		word = take_word(&rest);
	if (word.len == 0 || !is_word(take_word(&rest), "dnssecflow"))
		return check_others((struct piece){text, len});
	if (take_word(&rest).len == 0)
		return "a footer of ours without its version";
	for (word = take_word(&rest); word.len > 0 && fault == NULL;
	     word = take_word(&rest))
		fault = take_field(word, out);
	return fault;
}
