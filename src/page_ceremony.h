/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an officer sees before yes is said, and when it is done: one zone in
 * full, many in a table, and the same as JSON. The pages are for stderr, and
 * are drawn as that allows.
 */
#ifndef SRC_PAGE_CEREMONY_H
#define SRC_PAGE_CEREMONY_H

#include <stdio.h>

#include <dnssecflow/ceremony.h>

#include "json.h"

/* Each takes a struct dflow_ceremony_view, for page_say. */
void page_ceremony(FILE *f, const void *view);
/* What is asked below it: for the terminal, on more lines if names are long. */
void page_question(FILE *f, const void *view);
/* What was written, once it is saved; nothing of what went to stdout. */
void page_responses(FILE *f, const void *view);
/* The ledger as it is by now; nothing if none is kept. */
void page_ledger(FILE *f, const void *view);

/* Members of the object that is open. */
void page_ceremony_json(struct json *j, const struct dflow_ceremony_view *v);

#endif
