/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who made a file: the same words on both sides. */
#include "page_maker.h"

#include <stdbool.h>

#include "page.h"

void
page_maker(FILE *f, const struct dflow_maker *m, int64_t now)
{
	if (m->container[0] == '\0') {
		page_field(f, 0, "Container", "none");
		return;
	}
	page_field(f, 0, "Container", m->container);
	page_field(f, 2, "by", m->who);
	if (m->at != INT64_MIN)
		page_when(f, 2, "on", m->at, now, NULL);
}

void
page_maker_json(struct json *j, const struct dflow_maker *m)
{
	bool none = m == NULL || m->container[0] == '\0';

	json_text(j, "container", none ? NULL : m->container);
	json_text(j, "made_by", none ? NULL : m->who);
	if (!none && m->at != INT64_MIN)
		json_int(j, "made_at", m->at);
}
