/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the names and the form of timing metadata. Only full times of 14
 * digits are taken: what a cut-off file leaves of one is not a time.
 */
#include <string.h>
#include <strings.h>

#include "dnssecflow/when.h"
#include "keys/keytimes.h"

enum { TIME_DIGITS = 14 }; /* YYYYMMDDHHMMSS */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *name;
	size_t offset;
} fields[] = {
    {"Created", offsetof(struct keytimes, created)},
    {"Publish", offsetof(struct keytimes, publish)},
    {"Activate", offsetof(struct keytimes, activate)},
    {"Revoke", offsetof(struct keytimes, revoke)},
    {"Inactive", offsetof(struct keytimes, inactive)},
    {"Delete", offsetof(struct keytimes, remove)},
    {"SyncPublish", offsetof(struct keytimes, sync_publish)},
    {"SyncDelete", offsetof(struct keytimes, sync_delete)},
};

static int64_t *
field_at(struct keytimes *t, size_t i)
{
	/* By way of void: every member is an int64_t, so it is aligned. */
	return (void *)((char *)t + fields[i].offset);
}

static int64_t
field_get(const struct keytimes *t, size_t i)
{
	int64_t when;

	memcpy(&when, (const char *)t + fields[i].offset, sizeof(when));
	return when;
}

void
keytimes_clear(struct keytimes *t)
{
	*t = (struct keytimes){
	    .created = KEYTIME_UNSET,
	    .publish = KEYTIME_UNSET,
	    .activate = KEYTIME_UNSET,
	    .revoke = KEYTIME_UNSET,
	    .inactive = KEYTIME_UNSET,
	    .remove = KEYTIME_UNSET,
	    .sync_publish = KEYTIME_UNSET,
	    .sync_delete = KEYTIME_UNSET,
	};
}

bool
keytimes_none(const struct keytimes *t)
{
	size_t i;

	for (i = 0; i < COUNT(fields); i++)
		if (field_get(t, i) != KEYTIME_UNSET)
			return false;
	return true;
}

int64_t *
keytimes_at(struct keytimes *t, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < COUNT(fields); i++)
		if (strlen(fields[i].name) == len &&
		    strncasecmp(fields[i].name, name, len) == 0)
			return field_at(t, i);
	return NULL;
}

bool
keytimes_parse(const char *text, size_t len, int64_t *when)
{
	char digits[TIME_DIGITS + 1];
	size_t i;

	if (len != TIME_DIGITS)
		return false;
	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		digits[i] = text[i];
	}
	digits[len] = '\0';
	return dflow_when_parse(digits, 0, when, NULL) == DFLOW_OK;
}

void
keytimes_put_comments(struct buf *out, const struct keytimes *t)
{
	char digits[DFLOW_WHEN_TEXT], date[DFLOW_WHEN_LONG];
	size_t i;

	for (i = 0; i < COUNT(fields); i++) {
		int64_t when = field_get(t, i);

		if (when == KEYTIME_UNSET)
			continue;
		dflow_when_text(when, digits);
		dflow_when_long(when, date);
		buf_printf(
		    out, "; %s: %s (%s)\n", fields[i].name, digits, date);
	}
}

void
keytimes_put_fields(struct buf *out, const struct keytimes *t)
{
	char digits[DFLOW_WHEN_TEXT];
	size_t i;

	for (i = 0; i < COUNT(fields); i++) {
		int64_t when = field_get(t, i);

		if (when == KEYTIME_UNSET)
			continue;
		dflow_when_text(when, digits);
		buf_printf(out, "%s: %s\n", fields[i].name, digits);
	}
}
