/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ksk-sign show --trust: a file, and who made those very bytes. */
#include <string.h>

#include "ksk_show.h"

static enum dflow_status
check_maker(const struct dflow_show_facts *f, int64_t now, struct show_by *by,
    struct dflow_err *err)
{
	enum dflow_status st;

	if (strcmp(f->path, "-") == 0)
		return cli_error(err, DFLOW_USAGE,
		    "--trust wants a file: a container stands beside one");
	st = dflow_trust_check(by->trust, f->path, now, &by->maker, err);
	if (st == DFLOW_OK && strcmp(by->maker.sha256, f->sha256) != 0)
		st = cli_error(err, DFLOW_FAILED,
		    "%s: changed while it was read; try again", f->path);
	return st;
}

enum dflow_status
show_open(const char *path, int64_t now, struct show_by *by,
    struct dflow_show **out, struct dflow_err *err)
{
	struct dflow_show *s = NULL;
	enum dflow_status st = dflow_show(path, now, &s, err);

	if (st == DFLOW_OK && by->trust != NULL)
		st = check_maker(dflow_show_facts(s), now, by, err);
	if (st == DFLOW_OK) {
		*out = s;
		s = NULL; /* transferred */
	}
	dflow_show_free(&s);
	return st;
}
