/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns one step of the search for a sign object: it asks, reads, and when a
 * signature comes, finds the one object behind it. It is meant for an HSM at
 * work:
 * - it sends commands that can only sign (n200wish.c), for the one key that
 *   the user named, of fixed texts that are no DNS data, at most
 *   N200_SEEK_CEILING times, one after the other;
 * - it ends at the first answer about rights or a wrong PIN, as devices lock
 *   keys. An answer that no PIN came is another thing: nothing was tried. Then
 *   the PIN, which is else sent under its configured name alone, goes out
 *   under the names that devices may have for it;
 * - what it finds has signed at least two texts, asked for and read exactly as
 *   the signer does, and both verified.
 * Most devices ignore fields that they do not know: so all names of a field
 * can be tried at once, and when that signs, are halved until one is left.
 */
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "keys/n200answer.h"
#include "keys/n200seek.h"

static const char *const messages[N200_SEEK_MESSAGES] = {
    "This text is signed to find out how the device signs.",
    "This text is signed to be sure; it is not DNS data, as is the first.",
    "A third text, should two not have told all there is to tell.",
    "A fourth text, for signatures that can be read in two ways.",
    "A fifth text; that many are needed once in a thousand searches.",
    "A sixth text, which is the last: more do not tell more.",
};

const char *
n200_seek_message(unsigned i)
{
	return messages[i];
}

static struct n200_wish_bytes
message(unsigned i)
{
	const char *text = messages[i];

	return (struct n200_wish_bytes){(const uint8_t *)text, strlen(text)};
}

/* Keeps the nearest thing seen, of equals the first. */
static void
note(struct n200_seeker *k, enum n200_sight sight, const char *text)
{
	if (k->nearest_text[0] != '\0' && sight <= k->nearest)
		return;
	k->nearest = sight;
	(void)snprintf(k->nearest_text, sizeof(k->nearest_text), "%s", text);
}

enum dflow_status
n200_seek_end(const struct n200_seeker *k, struct dflow_err *err)
{
	return err_set(err, DFLOW_REFUSED,
	    "N200: %s; set command and fields of sign in n200.conf by the "
	    "device's manual, and probe again (%zu requests)",
	    k->nearest_text[0] == '\0' ? "no signature came" : k->nearest_text,
	    k->asked);
}

/* What is quoted of a device's words has these, in lower case. */
static bool
says(const char *text, const char *const *words, size_t count)
{
	char lower[DFLOW_ERR_TEXT];
	size_t i;

	for (i = 0; text[i] != '\0' && i < sizeof(lower) - 1; i++)
		lower[i] = text[i] >= 'A' && text[i] <= 'Z'
			       ? (char)(text[i] - 'A' + 'a')
			       : text[i];
	lower[i] = '\0';
	for (i = 0; i < count; i++)
		if (strstr(lower, words[i]) != NULL)
			return true;
	return false;
}

/* True if the device did not find a PIN, rather than find it wrong. */
static bool
pin_missing(const struct dflow_err *why)
{
	static const char *const missing[] = {"missing", "required", "needed",
	    "no pin", "without", "absent", "expected", "not given",
	    "unknown field", "unknown param", "unknown arg"};
	static const char *const wrong[] = {"wrong", "incorrect", "invalid",
	    "mismatch", "lock", "block", "tries", "attempt", "denied", "verif"};
	static const char *const pin[] = {"pin", "password", "passphrase"};
	const char *quote = strchr(why->text, '"');

	return quote != NULL &&
	       says(quote, pin, sizeof(pin) / sizeof(pin[0])) &&
	       says(quote, missing, sizeof(missing) / sizeof(missing[0])) &&
	       !says(quote, wrong, sizeof(wrong) / sizeof(wrong[0]));
}

/* An answer that is none; most let the search go on. */
static enum dflow_status
take_error(
    struct n200_seeker *k, const struct dflow_err *why, struct dflow_err *err)
{
	k->last = *why;
	k->pin_missed = false;
	if (n200_answer_locks(why)) {
		k->pin_missed = pin_missing(why);
		if (!k->pin_missed || k->prober->who->pin == NULL ||
		    ++k->pinless > N200_SEEK_PINLESS)
			return err_set(err, why->status,
			    "%s; the search ends here, as devices lock keys",
			    why->text);
	}
	note(k, N200_SIGHT_NOTHING,
	    why->text + (strncmp(why->text, "N200: ", 6) == 0 ? 6 : 0));
	return DFLOW_OK;
}

/* One request; out->count is 0 unless the answer fits. */
static enum dflow_status
ask(struct n200_seeker *k, const struct n200_wish *w, unsigned text,
    struct n200_reading *out, struct dflow_err *err)
{
	const struct n200_prober *p = k->prober;
	struct n200_wish_bytes data = message(text);
	struct n200_said said = {0};
	enum dflow_status status;

	memset(out, 0, sizeof(*out));
	if (k->asked == N200_SEEK_CEILING)
		return n200_seek_end(k, err);
	if (p->progress != NULL && p->progress->tell != NULL)
		p->progress->tell(
		    p->progress->ctx, "probe", k->asked, N200_SEEK_CEILING);
	k->asked++;
	k->form->len = 0;
	status = n200_wish_form(w, p->who, &data, k->form, err);
	if (status == DFLOW_OK)
		status = p->ask(p->ctx, &w->sign, k->form, &said, err);
	if (status != DFLOW_OK)
		return status;
	if (said.answer == NULL)
		return take_error(k, &said.why, err);
	n200_reader_read(k->reader, &w->sign, &data, said.answer, out);
	cJSON_Delete(said.answer);
	k->pin_missed = false;
	(void)snprintf(k->last.text, sizeof(k->last.text), "%s", out->note);
	if (out->count == 0)
		note(k, out->sight, out->note);
	return DFLOW_OK;
}

static bool
same_result(const struct n200_sign *a, const struct n200_sign *b)
{
	return a->apart == b->apart && a->format == b->format &&
	       a->result_encoding == b->result_encoding &&
	       strcmp(a->result[0], b->result[0]) == 0 &&
	       (!a->apart || strcmp(a->result[1], b->result[1]) == 0);
}

/* Leaves of a what is also in b. */
static void
common(struct n200_reading *a, const struct n200_reading *b)
{
	size_t n = 0;
	bool both;

	for (size_t i = 0; i < a->count; i++) {
		both = false;
		for (size_t j = 0; j < b->count; j++)
			both |= same_result(&a->fits[i], &b->fits[j]);
		if (both)
			a->fits[n++] = a->fits[i];
	}
	a->count = n;
}

/*
 * Signs the second text, and more as long as there are several ways to read
 * what comes, by what was found for the first.
 */
static enum dflow_status
confirm(
    struct n200_seeker *k, struct n200_reading *found, struct dflow_err *err)
{
	struct n200_reading again;
	enum dflow_status status;

	for (unsigned i = 1; i < N200_SEEK_MESSAGES; i++) {
		struct n200_wish w = {.sign = found->fits[0]};

		status = ask(k, &w, i, &again, err);
		if (status != DFLOW_OK)
			return status;
		common(found, &again);
		if (found->count == 0) {
			note(k, N200_SIGHT_ODD,
			    "the device signed one text, but another not, or "
			    "answered in another way");
			return DFLOW_OK;
		}
		if (found->count == 1)
			break;
	}
	k->found = found->fits[0];
	k->done = true;
	return DFLOW_OK;
}

/* Asks for the wish with these names of a field; *good if it signs. */
static enum dflow_status
ask_names(struct n200_seeker *k, const struct n200_wish *w, bool *good,
    struct dflow_err *err)
{
	struct n200_reading out;
	enum dflow_status status = ask(k, w, 0, &out, err);

	*good = status == DFLOW_OK && out.count > 0;
	return status;
}

/* The lower half of the bits that are set. */
static uint32_t
half(uint32_t names)
{
	uint32_t out = 0;
	int count = __builtin_popcount(names) / 2;

	for (; count > 0; count--) {
		out |= names & -names;
		names &= names - 1;
	}
	return out;
}

/*
 * Finds the one name of a field that the device goes by, the user's own if
 * that will do: w then has it, and no other.
 */
static enum dflow_status
narrow(struct n200_seeker *k, struct n200_wish *w, enum n200_field field,
    struct dflow_err *err)
{
	uint32_t names = w->names[field];
	const char *own = w->sign.fields[field], *name;
	enum dflow_status status;
	bool good;

	if (names >> N200_WISH_OWN != 0) {
		names &= ~(UINT32_C(1) << N200_WISH_OWN);
		w->names[field] = 0;
		status = ask_names(k, w, &good, err);
		if (status != DFLOW_OK || good)
			return status;
	}
	for (unsigned i = 0; (name = n200_wish_name(field, i)) != NULL; i++)
		if (strcmp(name, own) == 0)
			names &= ~(UINT32_C(1) << i);
	while ((names & (names - 1)) != 0) {
		w->names[field] = half(names);
		status = ask_names(k, w, &good, err);
		if (status != DFLOW_OK)
			return status;
		names = good ? w->names[field] : names & ~w->names[field];
	}
	w->names[field] = 0;
	if (names == 0)
		return DFLOW_OK;
	name = n200_wish_name(field, (unsigned)__builtin_ctz(names));
	(void)snprintf(
	    w->sign.fields[field], sizeof(w->sign.fields[field]), "%s", name);
	return DFLOW_OK;
}

/* From a wish that signed to the object, if the search was right. */
static enum dflow_status
finish(struct n200_seeker *k, struct n200_wish w, struct n200_reading *found,
    struct dflow_err *err)
{
	enum dflow_status status = DFLOW_OK;
	bool several = false;

	for (unsigned f = 0; f < N200_FIELDS && status == DFLOW_OK; f++) {
		if (w.names[f] == 0)
			continue;
		several = true;
		status = narrow(k, &w, f, err);
	}
	if (status == DFLOW_OK && several)
		status = ask(k, &w, 0, found, err);
	if (status != DFLOW_OK || found->count == 0)
		return status;
	return confirm(k, found, err);
}

enum dflow_status
n200_seek(
    struct n200_seeker *k, const struct n200_wish *w, struct dflow_err *err)
{
	struct n200_reading out;
	enum dflow_status status = ask(k, w, 0, &out, err);

	if (status == DFLOW_OK && out.count > 0)
		status = finish(k, *w, &out, err);
	return status;
}

enum dflow_status
n200_seek_shapes(
    struct n200_seeker *k, const struct n200_wish *w, struct dflow_err *err)
{
	enum dflow_status status = DFLOW_OK;
	struct n200_wish shape;

	for (unsigned i = 0; i < N200_WISH_SHAPES && !k->done; i++) {
		shape = *w;
		if (!n200_wish_shape(&shape.sign, k->prober->who->key, i))
			continue;
		status = n200_seek(k, &shape, err);
		if (status != DFLOW_OK)
			return status;
		/* What the PIN is called comes first then. */
		if (k->pin_missed && w->names[N200_FIELD_PIN] == 0)
			break;
	}
	return status;
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

uint64_t
n200_seek_heard(const struct n200_seeker *k, const char *word)
{
	const char *p = k->last.text;
	uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
	size_t len;

	while (*p != '\0') {
		for (len = 0; is_word(p[len]);)
			len++;
		if (len > 0 && len == strlen(word) &&
		    memcmp(p, word, len) == 0) {
			p += len;
			continue;
		}
		for (len = len == 0 ? 1 : len; len > 0; len--) {
			hash ^= (unsigned char)*p++;
			hash *= UINT64_C(1099511628211);
		}
	}
	return hash;
}

size_t
n200_seek_odd(const uint64_t *heard, size_t count, bool *odd)
{
	uint64_t usual = 0;
	size_t most = 0;

	for (size_t i = 0; i < count; i++) {
		size_t same = 0;

		for (size_t j = 0; j < count; j++)
			same += heard[j] == heard[i];
		if (same > most) {
			most = same;
			usual = heard[i];
		}
	}
	for (size_t i = 0; i < count; i++)
		odd[i] = heard[i] != usual && most * 2 > count;
	return most * 2 > count ? count - most : 0;
}
