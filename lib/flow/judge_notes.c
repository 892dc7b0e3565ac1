/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The judge's notes: what is wrong, where and why. Each part of the judge
 * fills its own list, which keeps the first few and counts them all; at the
 * end they become one report in zone order, whatever the threads did.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/judge_parts.h"

void
notes_init(struct notes *n, size_t max)
{
	memset(n, 0, sizeof(*n));
	n->max = max;
}

void
notes_free(struct notes *n)
{
	for (size_t i = 0; i < n->kept; i++) {
		free(n->list[i].owner);
		free(n->list[i].reason);
	}
	free(n->list);
	notes_init(n, n->max);
}

static bool
notes_grow(struct notes *n)
{
	if (n->kept < n->cap)
		return true;
	size_t cap = n->cap == 0 ? 4 : n->cap * 2;
	struct note *list = realloc(n->list, cap * sizeof(*list));
	if (list == NULL)
		return false;
	n->list = list;
	n->cap = cap;
	return true;
}

void
notes_add(
    struct notes *n, const uint8_t *owner, uint16_t type, const char *fmt, ...)
{
	char reason[JUDGE_REASON];
	va_list ap;

	n->count++;
	if (n->kept >= n->max || n->failed)
		return;
	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);

	uint8_t *owner_copy = malloc(name_len(owner));
	char *reason_copy = strdup(reason);
	if (owner_copy == NULL || reason_copy == NULL || !notes_grow(n)) {
		free(owner_copy);
		free(reason_copy);
		n->failed = true;
		return;
	}
	name_copy(owner_copy, owner);
	n->list[n->kept].owner = owner_copy;
	n->list[n->kept].reason = reason_copy;
	n->list[n->kept].type = type;
	n->kept++;
}

const char *
note_name(const uint8_t *name, char out[JUDGE_NAME])
{
	char text[NAME_TEXT_SIZE] = "";

	size_t len = name_text(name, text);
	if (len >= JUDGE_NAME)
		memcpy(text + JUDGE_NAME - 4, "...", 4);
	memcpy(out, text, JUDGE_NAME);
	return out;
}

/* A note and its turn among those of the same owner. */
struct turn {
	const struct note *note;
	size_t seq;
};

static int
turn_cmp(const void *va, const void *vb)
{
	const struct turn *a = va, *b = vb;

	int c = name_cmp(a->note->owner, b->note->owner);
	if (c != 0)
		return c;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

static void
finding_fill(struct finding *f, const struct note *n)
{
	char type[RRTYPE_TEXT_SIZE];

	name_text(n->owner, f->owner);
	snprintf(f->type, sizeof(f->type), "%s", rrtype_text(n->type, type));
	snprintf(f->reason, sizeof(f->reason), "%s", n->reason);
}

enum dflow_status
notes_report(const struct notes *const *lists, size_t count, size_t max,
    struct judge_report *r, struct dflow_err *err)
{
	struct turn *turns = NULL;
	size_t kept = 0, all = 0;

	for (size_t i = 0; i < count; i++) {
		if (lists[i]->failed)
			return err_memory(err);
		kept += lists[i]->kept;
		all += lists[i]->count;
	}
	r->count = all;
	if (kept == 0)
		return DFLOW_OK;
	turns = calloc(kept, sizeof(*turns));
	if (turns == NULL)
		return err_memory(err);
	size_t n = 0;
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < lists[i]->kept; k++) {
			turns[n].note = &lists[i]->list[k];
			turns[n].seq = n;
			n++;
		}
	}
	assert(n == kept);
	qsort(turns, kept, sizeof(*turns), turn_cmp);
	if (kept > max)
		kept = max;
	r->findings = calloc(kept, sizeof(*r->findings));
	if (r->findings == NULL) {
		free(turns);
		return err_memory(err);
	}
	for (size_t i = 0; i < kept; i++)
		finding_fill(&r->findings[i], turns[i].note);
	r->kept = kept;
	free(turns);
	return DFLOW_OK;
}
