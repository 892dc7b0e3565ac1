/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the search for names of fields in devices that refuse those they do not
 * know. Of such a device's answers most are alike, one fault named in all; the
 * one name that is right brings it to the next fault, or to sign. So a name is
 * found by the answer that is unlike the others, whatever its words are.
 */
#include <stdio.h>
#include <string.h>

#include "keys/n200seek.h"

enum {
	NAMES_MAX = 20,
	ODD_PAIRS_MAX = 3, /* pairs of names that are looked into */
};

/* The names that a field may have: w's own first, "" for none last. */
static size_t
names_of(const struct n200_seeker *k, const struct n200_wish *w,
    enum n200_field field, const char *out[NAMES_MAX])
{
	const char *own = w->sign.fields[field], *name;
	size_t n = 0;

	if (field == N200_FIELD_PIN && k->prober->who->pin == NULL)
		return 0;
	out[n++] = own;
	for (unsigned i = 0; n < NAMES_MAX - 1; i++) {
		bool taken = false;

		name = n200_wish_name(field, i);
		if (name == NULL)
			break;
		for (unsigned f = 0; f < N200_FIELDS; f++)
			taken |= strcmp(name, w->sign.fields[f]) == 0;
		if (!taken)
			out[n++] = name;
	}
	if ((field == N200_FIELD_CORE || field == N200_FIELD_PIN) &&
	    own[0] != '\0')
		out[n++] = "";
	return n;
}

static void
set_name(struct n200_wish *w, enum n200_field field, const char *name)
{
	char copy[N200_WORD_MAX];

	(void)snprintf(copy, sizeof(copy), "%s", name);
	memcpy(w->sign.fields[field], copy, sizeof(copy));
}

/* Tries all names of a field; *found if w has a better one by now. */
static enum dflow_status
strict_field(struct n200_seeker *k, struct n200_wish *w, enum n200_field field,
    bool *found, struct dflow_err *err)
{
	const char *names[NAMES_MAX];
	size_t count = names_of(k, w, field, names);
	uint64_t heard[NAMES_MAX];
	bool odd[NAMES_MAX] = {false};
	struct n200_wish with = *w;
	enum dflow_status status;

	for (size_t i = 0; i < count; i++) {
		set_name(&with, field, names[i]);
		status = n200_seek(k, &with, err);
		if (status != DFLOW_OK || k->done)
			return status;
		heard[i] = n200_seek_heard(k, names[i]);
	}
	*found = count > 0 && n200_seek_odd(heard, count, odd) > 0;
	for (size_t i = 0; *found && i < count; i++) {
		if (!odd[i])
			continue;
		set_name(&with, field, names[i]);
		*w = with;
		break;
	}
	return DFLOW_OK;
}

enum dflow_status
n200_strict(
    struct n200_seeker *k, const struct n200_wish *from, struct dflow_err *err)
{
	static const enum n200_field order[N200_FIELDS] = {
	    N200_FIELD_KEY, N200_FIELD_DATA, N200_FIELD_CORE, N200_FIELD_PIN};
	struct n200_wish w = *from;
	bool known[N200_FIELDS] = {false}, more = true, any = false;
	enum dflow_status status = DFLOW_OK;

	/* Each round finds a name, or is the last. */
	while (more) {
		more = false;
		for (size_t i = 0; i < N200_FIELDS; i++) {
			if (known[i])
				continue;
			status = strict_field(k, &w, order[i], &known[i], err);
			if (status != DFLOW_OK || k->done)
				return status;
			more |= known[i];
		}
		any |= more;
	}
	return any ? n200_seek_shapes(k, &w, err) : status;
}

/* The first of each are w's own names: all that has one was tried. */
enum dflow_status
n200_strict_pairs(
    struct n200_seeker *k, const struct n200_wish *from, struct dflow_err *err)
{
	const char *keys[NAMES_MAX], *data[NAMES_MAX];
	size_t key_count = names_of(k, from, N200_FIELD_KEY, keys);
	size_t data_count = names_of(k, from, N200_FIELD_DATA, data);
	struct n200_wish w = *from;
	enum dflow_status status = n200_seek(k, &w, err);
	uint64_t usual = n200_seek_heard(k, "");
	unsigned odd = 0;

	for (size_t i = 1; i < key_count; i++)
		for (size_t j = 1; j < data_count; j++) {
			if (status != DFLOW_OK || k->done)
				return status;
			set_name(&w, N200_FIELD_KEY, keys[i]);
			set_name(&w, N200_FIELD_DATA, data[j]);
			status = n200_seek(k, &w, err);
			if (status != DFLOW_OK || k->done ||
			    n200_seek_heard(k, "") == usual ||
			    odd++ >= ODD_PAIRS_MAX)
				continue;
			status = n200_seek_shapes(k, &w, err);
		}
	return status;
}
