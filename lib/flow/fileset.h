/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files that cross the gap together: which they are, and one digest of all.
 * dnssecflow/ksk.h has the functions that list them.
 */
#ifndef FLOW_FILESET_H
#define FLOW_FILESET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "dnssecflow/ksk.h"

enum { FILESET_MAX = 10000 };

struct dflow_fileset {
	char **paths; /* as given; of a folder FOLDER/NAME, by name */
	size_t count; /* at least 1 */
	bool folder; /* an operand was one */
};

/*
 * The SHA-256 of the lines "HEX  NAME" that sha256sum(1) writes of the files
 * by their base names, in the byte order of these: in the folder, of "LC_ALL=C
 * sha256sum *". Lower case hex. It fails when memory ends.
 */
DFLOW_NODISCARD enum dflow_status fileset_sha256(
    const struct dflow_file_facts *files, size_t count,
    char out[DFLOW_DIGEST_TEXT], struct dflow_err *err);

#endif
