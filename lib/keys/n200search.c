/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the order of the search for a sign object; n200seek.c says what makes
 * it safe. What the user has comes first, then what is nearest to it: the
 * shape of what is sent, names of fields, the command. Of commands that the
 * device answers alike it knows none; the one that is answered otherwise is
 * looked into. Devices that refuse fields they do not know come last, as that
 * takes most requests.
 */
#include <stdio.h>
#include <string.h>

#include "keys/n200seek.h"

enum { COMMANDS_MAX = 16 };

/* The PIN goes out under more names than its own only if it must. */
enum pins { PINS_OWN, PINS_ALL };

/* A wish with all names of the fields. */
static struct n200_wish
wide(const struct n200_sign *s, enum pins pins)
{
	struct n200_wish w = {.sign = *s};

	for (unsigned f = 0; f < N200_FIELDS; f++)
		if (f != N200_FIELD_PIN || pins == PINS_ALL)
			w.names[f] = n200_wish_names(s, f);
	return w;
}

/* All names, in all shapes. */
static enum dflow_status
seek_wide(
    struct n200_seeker *k, const struct n200_sign *s, struct dflow_err *err)
{
	struct n200_wish w = wide(s, PINS_OWN);
	enum dflow_status status = n200_seek_shapes(k, &w, err);

	if (status != DFLOW_OK || k->done || k->prober->who->pin == NULL)
		return status;
	w = wide(s, PINS_ALL);
	return n200_seek_shapes(k, &w, err);
}

/* A command, once with its own names and once with all. */
static enum dflow_status
seek_once(
    struct n200_seeker *k, const struct n200_sign *s, struct dflow_err *err)
{
	struct n200_wish own = {.sign = *s}, all;
	enum dflow_status status;

	all = wide(s, k->prober->who->pin == NULL ? PINS_OWN : PINS_ALL);
	status = n200_seek(k, &all, err);
	if (status == DFLOW_OK && !k->done)
		status = n200_seek(k, &own, err);
	return status;
}

/* The commands, the user's own first; which of them the device may know. */
struct known {
	struct n200_sign signs[COMMANDS_MAX];
	size_t count;
	bool odd[COMMANDS_MAX];
};

static void
known_all(struct known *c, const struct n200_sign *s)
{
	const char *name;

	c->signs[0] = *s;
	c->count = 1;
	for (unsigned i = 0; c->count < COMMANDS_MAX; i++) {
		name = n200_wish_command(i);
		if (name == NULL)
			break;
		if (strcmp(name, s->command) == 0)
			continue;
		c->signs[c->count] = *s;
		(void)snprintf(
		    c->signs[c->count].command, N200_WORD_MAX, "%s", name);
		c->count++;
	}
}

/* Asks by each command, and hears which it knows. */
static enum dflow_status
seek_commands(struct n200_seeker *k, struct known *c, struct dflow_err *err)
{
	uint64_t heard[COMMANDS_MAX];
	enum dflow_status status;

	for (size_t i = 0; i < c->count; i++) {
		status = seek_once(k, &c->signs[i], err);
		if (status != DFLOW_OK || k->done)
			return status;
		heard[i] = n200_seek_heard(k, c->signs[i].command);
	}
	(void)n200_seek_odd(heard, c->count, c->odd);
	for (size_t i = 1; i < c->count; i++) {
		if (!c->odd[i])
			continue;
		status = seek_wide(k, &c->signs[i], err);
		if (status != DFLOW_OK || k->done)
			return status;
	}
	return DFLOW_OK;
}

/* One name at a time, of the commands that the device may know. */
static enum dflow_status
seek_strict(struct n200_seeker *k, const struct known *c, struct dflow_err *err)
{
	enum dflow_status status = DFLOW_OK;
	bool any = false;

	for (size_t i = 0; i < c->count; i++)
		any |= c->odd[i];
	for (size_t i = 0; i < c->count; i++) {
		struct n200_wish w = {.sign = c->signs[i]};

		if (any ? !c->odd[i] : i > 0)
			continue;
		status = i == 0 ? DFLOW_OK : n200_seek_shapes(k, &w, err);
		if (status == DFLOW_OK && !k->done)
			status = n200_strict(k, &w, err);
		if (status == DFLOW_OK && !k->done)
			status = n200_strict_pairs(k, &w, err);
		if (status != DFLOW_OK || k->done)
			return status;
	}
	return status;
}

/* What is left, up to the ceiling. */
static enum dflow_status
seek_rest(struct n200_seeker *k, const struct known *c, struct dflow_err *err)
{
	enum dflow_status status = DFLOW_OK;

	for (size_t i = 1; i < c->count && status == DFLOW_OK && !k->done; i++)
		if (!c->odd[i])
			status = seek_wide(k, &c->signs[i], err);
	return status;
}

static enum dflow_status
search(struct n200_seeker *k, const struct n200_sign *s, struct dflow_err *err)
{
	struct n200_wish own = {.sign = *s};
	struct known c = {0};
	enum dflow_status status;

	known_all(&c, s);
	status = n200_seek_shapes(k, &own, err);
	/* If it signs what it is sent, its names are right. */
	if (status == DFLOW_OK && !k->done && k->nearest < N200_SIGHT_ODD)
		status = seek_wide(k, s, err);
	if (status == DFLOW_OK && !k->done)
		status = seek_commands(k, &c, err);
	if (status != DFLOW_OK || k->done || k->nearest > N200_SIGHT_NOTHING)
		return status;
	status = seek_strict(k, &c, err);
	if (status == DFLOW_OK && !k->done)
		status = seek_rest(k, &c, err);
	return status;
}

enum dflow_status
n200_search(
    const struct n200_prober *p, struct n200_sign *s, struct dflow_err *err)
{
	struct n200_seeker k = {.prober = p};
	enum dflow_status status;

	status = n200_reader_new(p->who, p->keys, p->key_count, &k.reader, err);
	if (status == DFLOW_OK)
		status = secret_new(N200_WISH_FORM, &k.form, err);
	if (status == DFLOW_OK)
		status = search(&k, s, err);
	if (status == DFLOW_OK && !k.done)
		status = n200_seek_end(&k, err);
	if (status == DFLOW_OK)
		*s = k.found;
	n200_reader_free(&k.reader);
	secret_free(&k.form);
	return status;
}
