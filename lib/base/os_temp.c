/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns folders that go away again, with what another program made in them. */
#include "base/os_temp.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/os.h"
#include "base/os_link.h"
#include "base/os_pending.h"

struct os_temp {
	char path[PATH_MAX];
	int parent;
	int slot; /* of os_pending, or -1 */
	bool made;
};

static enum dflow_status
make(struct os_temp *t, const char *base, struct dflow_err *err)
{
	struct os_pending pending = {.is_folder = true};
	enum dflow_status st;
	uint64_t seed;
	int n;

	os_random(&seed, sizeof(seed));
	n = snprintf(
	    t->path, sizeof(t->path), "%s/dnssecflow.%016" PRIx64, base, seed);
	if (n < 0 || (size_t)n >= sizeof(t->path))
		return err_set(err, DFLOW_FAILED, "%s: name too long", base);
	t->parent = open(base, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (t->parent < 0)
		return err_errno(
		    err, "%s: cannot make a folder (see TMPDIR)", base);
	pending.dir = t->parent;
	pending.name = os_last_name(t->path);
	/* Before the folder is there, so that no signal comes in between. */
	st = os_pending_add(&pending, base, &t->slot, err);
	if (st != DFLOW_OK)
		return st;
	t->made = mkdirat(t->parent, pending.name, 0700) == 0;
	return t->made ? DFLOW_OK
		       : err_errno(err, "%s: cannot make a folder (see TMPDIR)",
			     base);
}

enum dflow_status
os_temp_new(struct os_temp **out, struct dflow_err *err)
{
	const char *base = getenv("TMPDIR");
	struct os_temp *t = calloc(1, sizeof(*t));
	enum dflow_status st;

	if (t == NULL)
		return err_memory(err);
	t->parent = -1;
	t->slot = -1;
	if (base == NULL || base[0] == '\0')
		base = "/tmp";
	st = make(t, base, err);
	if (st != DFLOW_OK) {
		os_temp_free(&t);
		return st;
	}
	*out = t;
	return DFLOW_OK;
}

const char *
os_temp_path(const struct os_temp *t)
{
	return t->path;
}

void
os_temp_free(struct os_temp **t)
{
	if (t == NULL || *t == NULL)
		return;
	if ((*t)->made)
		os_remove_folder((*t)->parent, os_last_name((*t)->path));
	os_pending_drop((*t)->slot);
	if ((*t)->parent >= 0)
		(void)close((*t)->parent);
	free(*t);
	*t = NULL;
}
