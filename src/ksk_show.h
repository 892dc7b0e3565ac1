/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of ksk-sign show share. */
#ifndef SRC_KSK_SHOW_H
#define SRC_KSK_SHOW_H

#include <stdbool.h>
#include <stdint.h>

#include <dnssecflow/container.h>
#include <dnssecflow/ksk.h>

#include "cli.h"
#include "json.h"

/* The verdicts in words for people. */
const char *show_check_text(enum dflow_check check);
const char *show_force_text(enum dflow_force force);
/* NULL if there is nothing to tell. */
const char *show_proof_text(enum dflow_proof proof);

/* The file as members of the object that is open. */
void show_json(
    struct json *j, const struct dflow_show *s, int64_t now, bool records);

/* Whose files are shown, and who made the last one. */
struct show_by {
	struct dflow_trust *trust; /* NULL: nobody is asked */
	struct dflow_maker maker;
};

/* dflow_show, of the file that by->maker made, if a trust is given. */
DFLOW_NODISCARD enum dflow_status show_open(const char *path, int64_t now,
    struct show_by *by, struct dflow_show **out, struct dflow_err *err);

/* A line a file, and one digest of all. */
DFLOW_NODISCARD enum dflow_status show_files(const struct cli *c,
    const struct dflow_fileset *files, struct show_by *by,
    struct dflow_err *err);

#endif
