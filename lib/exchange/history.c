/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was signed before, from the ledger's entries of signed KSRs, which are
 * those of the act "sign" with from= (doc/ledger.5). Zones are found by a
 * balanced tree, so that a long ledger of many zones costs no more than its
 * reading; memory is what the entries themselves have, and they are bounded.
 * Refuses an entry that lacks what such a one has: then nobody knows what was
 * signed.
 */
#include "exchange/history.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "keys/keytimes.h"

enum { DIGEST_DIGITS = DFLOW_LEDGER_DIGEST - 1 };

struct past {
	char *name;
	struct history_act *acts;
	size_t count;
	struct past *next; /* of all zones, in no order */
	/* The newest response to plain requests since the last act; or "". */
	char plain[DFLOW_LEDGER_DIGEST];
};

struct history {
	void *tree; /* of struct past */
	struct past *zones;
	struct dflow_err err; /* what went wrong first, if status says so */
	int64_t newest; /* of what was signed; INT64_MIN: nothing was */
};

static int
compare(const void *a, const void *b)
{
	const struct past *x = a, *y = b;

	return strcasecmp(x->name, y->name);
}

enum dflow_status
history_new(struct history **out, struct dflow_err *err)
{
	struct history *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return err_memory(err);
	h->newest = INT64_MIN;
	*out = h;
	return DFLOW_OK;
}

static void
act_clear(struct history_act *act)
{
	free(act->last);
	free(act->zsks);
	free(act->ksks);
	act->last = act->zsks = act->ksks = NULL;
}

static void
zone_free(struct past *z)
{
	for (size_t i = 0; i < z->count; i++)
		act_clear(&z->acts[i]);
	free(z->acts);
	free(z->name);
	free(z);
}

/* The zone of that name, a new one if need be; NULL: no memory. */
static struct past *
add_zone(struct history *h, const char *name)
{
	struct past *z = calloc(1, sizeof(*z));
	void *at = NULL;

	if (z == NULL)
		return NULL;
	z->name = strdup(name);
	if (z->name != NULL)
		at = tsearch(z, &h->tree, compare);
	if (at == NULL) {
		zone_free(z);
		return NULL;
	}
	if (*(struct past **)at != z) {
		zone_free(z);
		return *(struct past **)at;
	}
	z->next = h->zones;
	h->zones = z;
	return z;
}

static bool
copy_hex(const char *value, size_t digits, char *out)
{
	if (strlen(value) != digits ||
	    strspn(value, "0123456789abcdef") != digits || out[0] != '\0')
		return false;
	memcpy(out, value, digits + 1);
	return true;
}

static bool
read_time(const char *value, int64_t *out)
{
	return *out == KEYTIME_UNSET &&
	       keytimes_parse(value, strlen(value), out);
}

/* "tag/digest" of a key; there is room. */
static bool
take_key(const char *value, struct history_key *keys, size_t *count)
{
	size_t len = strspn(value, "0123456789");
	struct history_key *k = &keys[*count];

	if (len == 0 || len >= HISTORY_TAG_SIZE || value[len] != '/')
		return false;
	memcpy(k->tag, value, len);
	(*count)++;
	return copy_hex(value + len + 1, DIGEST_DIGITS, k->digest);
}

static bool
take_word(const struct dflow_ledger_word *w, struct history_act *act)
{
	if (strcmp(w->name, "id") == 0)
		return copy_hex(w->value, HISTORY_ID_SIZE - 1, act->id);
	if (strcmp(w->name, "request") == 0)
		return copy_hex(w->value, DIGEST_DIGITS, act->request);
	if (strcmp(w->name, "response") == 0)
		return copy_hex(w->value, DIGEST_DIGITS, act->response);
	if (strcmp(w->name, "emergency") == 0)
		return copy_hex(w->value, DIGEST_DIGITS, act->emergency);
	if (strcmp(w->name, "from") == 0)
		return read_time(w->value, &act->from);
	if (strcmp(w->name, "until") == 0)
		return read_time(w->value, &act->until);
	if (strcmp(w->name, "last") == 0)
		return take_key(w->value, act->last, &act->last_count);
	if (strcmp(w->name, "ksk") == 0)
		return take_key(w->value, act->ksks, &act->ksk_count);
	if (strcmp(w->name, "zsk") == 0)
		return take_key(w->value, act->zsks, &act->zsk_count);
	return true;
}

static const char *
find_word(const struct dflow_ledger_entry *e, const char *name)
{
	for (size_t i = 0; i < e->word_count; i++)
		if (strcmp(e->words[i].name, name) == 0)
			return e->words[i].value;
	return NULL;
}

static size_t
count_words(const struct dflow_ledger_entry *e, const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < e->word_count; i++)
		count += strcmp(e->words[i].name, name) == 0;
	return count;
}

/* Room for the entry's keys of that name; false: more than max. */
static bool
make_room(const struct dflow_ledger_entry *e, const char *name, size_t max,
    struct history_key **out)
{
	size_t count = count_words(e, name);

	if (count > max)
		return false;
	*out = calloc(count + 1, sizeof(**out));
	return true;
}

/* Fills act, which the caller clears in any case. */
static enum dflow_status
read_act(const struct dflow_ledger_entry *e, struct history_act *act,
    struct dflow_err *err)
{
	bool good;

	*act = (struct history_act){.entry = e->number,
	    .time = e->time,
	    .from = KEYTIME_UNSET,
	    .until = KEYTIME_UNSET};
	good = make_room(e, "last", HISTORY_LAST_MAX, &act->last) &&
	       make_room(e, "zsk", HISTORY_ZSKS_MAX, &act->zsks) &&
	       make_room(e, "ksk", HISTORY_KSKS_MAX, &act->ksks);
	if (good &&
	    (act->last == NULL || act->zsks == NULL || act->ksks == NULL))
		return err_memory(err);
	for (size_t i = 0; i < e->word_count && good; i++)
		good = take_word(&e->words[i], act);
	if (good && act->request[0] != '\0' && act->response[0] != '\0' &&
	    act->from < act->until)
		return DFLOW_OK;
	return err_set(err, DFLOW_REFUSED,
	    "the ledger's entry %zu does not tell what was signed as our tools "
	    "tell it; use those that wrote it",
	    e->number);
}

/* Appends the act; its keys are the zone's then. */
static bool
add_act(struct past *z, const struct history_act *act)
{
	/* The room doubles whenever the count is a power of two. */
	if ((z->count & (z->count - 1)) == 0) {
		size_t room = z->count == 0 ? 1 : 2 * z->count;
		struct history_act *more =
		    realloc(z->acts, room * sizeof(*more));

		if (more == NULL)
			return false;
		z->acts = more;
	}
	z->acts[z->count++] = *act;
	return true;
}

/* All that a KSR can refer to of a plain response is its digest. */
static void
take_plain(
    struct history *h, const struct dflow_ledger_entry *e, const char *name)
{
	const char *response = find_word(e, "response");
	struct past *z;

	if (name == NULL || response == NULL)
		return;
	z = add_zone(h, name);
	if (z == NULL)
		(void)err_memory(&h->err);
	else
		(void)snprintf(z->plain, sizeof(z->plain), "%s", response);
}

void
history_take(const struct dflow_ledger_entry *e, void *ctx)
{
	struct history *h = ctx;
	const char *name = find_word(e, "zone");
	struct history_act act = {.last = NULL};
	struct past *z = NULL;

	if (h->err.status != DFLOW_OK || strcmp(e->act, "sign") != 0)
		return;
	if (e->time > h->newest)
		h->newest = e->time;
	if (find_word(e, "from") == NULL) {
		take_plain(h, e, name);
		return;
	}
	if (read_act(e, &act, &h->err) == DFLOW_OK && name != NULL)
		z = add_zone(h, name);
	if (z != NULL) {
		memcpy(act.plain, z->plain, sizeof(act.plain));
		z->plain[0] = '\0';
	}
	if (z != NULL && add_act(z, &act))
		act = (struct history_act){.last = NULL}; /* transferred */
	else if (h->err.status == DFLOW_OK && name == NULL)
		(void)err_set(&h->err, DFLOW_REFUSED,
		    "the ledger's entry %zu does not name its zone; use the "
		    "tools that wrote it",
		    e->number);
	else if (h->err.status == DFLOW_OK)
		(void)err_memory(&h->err);
	act_clear(&act);
}

enum dflow_status
history_check(const struct history *h, struct dflow_err *err)
{
	if (h->err.status == DFLOW_OK)
		return DFLOW_OK;
	return err_set(err, h->err.status, "%s", h->err.text);
}

const struct history_act *
history_zone(const struct history *h, const char *zone, size_t *count)
{
	static const struct history_act none;
	const struct past key = {.name = (char *)(uintptr_t)zone};
	void *const *at = tfind(&key, &h->tree, compare);
	const struct past *z = at == NULL ? NULL : *at;

	*count = z == NULL ? 0 : z->count;
	return z == NULL || z->acts == NULL ? &none : z->acts;
}

const char *
history_plain(const struct history *h, const char *zone)
{
	const struct past key = {.name = (char *)(uintptr_t)zone};
	void *const *at = tfind(&key, &h->tree, compare);

	return at == NULL ? "" : ((const struct past *)*at)->plain;
}

int64_t
history_newest(const struct history *h)
{
	return h->newest;
}

void
history_free(struct history **h)
{
	struct past *next;

	if (*h == NULL)
		return;
	for (struct past *z = (*h)->zones; z != NULL; z = next) {
		next = z->next;
		(void)tdelete(z, &(*h)->tree, compare);
		zone_free(z);
	}
	free(*h);
	*h = NULL;
}
