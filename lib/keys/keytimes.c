/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the names, the form and the order of timing metadata. Only full times of
 * 14 digits are taken: what a cut-off file leaves of one is not a time.
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
} fields[KEYTIMES] = {
    [KEYTIME_CREATED] = {"Created", offsetof(struct keytimes, created)},
    [KEYTIME_PUBLISH] = {"Publish", offsetof(struct keytimes, publish)},
    [KEYTIME_ACTIVATE] = {"Activate", offsetof(struct keytimes, activate)},
    [KEYTIME_REVOKE] = {"Revoke", offsetof(struct keytimes, revoke)},
    [KEYTIME_INACTIVE] = {"Inactive", offsetof(struct keytimes, inactive)},
    [KEYTIME_REMOVE] = {"Delete", offsetof(struct keytimes, remove)},
    [KEYTIME_SYNC_PUBLISH] = {"SyncPublish",
	offsetof(struct keytimes, sync_publish)},
    [KEYTIME_SYNC_DELETE] = {"SyncDelete",
	offsetof(struct keytimes, sync_delete)},
};

/* One comes before the other, or at the same moment if it may. */
static const struct {
	enum keytime first;
	enum keytime then;
	bool may_meet;
	const char *why; /* what the wrong order means */
} orders[] = {
    {KEYTIME_PUBLISH, KEYTIME_ACTIVATE, true,
	"the key would sign before it is published; let publish come first"},
    {KEYTIME_ACTIVATE, KEYTIME_INACTIVE, false,
	"the key would be inactive before it is active; let activate come "
	"first"},
    {KEYTIME_ACTIVATE, KEYTIME_REMOVE, false,
	"the key would be deleted before it is active; let activate come "
	"first"},
    {KEYTIME_INACTIVE, KEYTIME_REMOVE, true,
	"the key would be deleted while it signs; let inactive come first"},
    {KEYTIME_PUBLISH, KEYTIME_INACTIVE, false,
	"the key would be inactive before it is published; let publish come "
	"first"},
    {KEYTIME_PUBLISH, KEYTIME_REMOVE, false,
	"the key would be deleted before it is published; let publish come "
	"first"},
    {KEYTIME_PUBLISH, KEYTIME_REVOKE, false,
	"the key would be revoked before it is published; let publish come "
	"first"},
    {KEYTIME_REVOKE, KEYTIME_REMOVE, false,
	"the key would be deleted before it is revoked, so nobody would see "
	"that; let revoke come first"},
    {KEYTIME_SYNC_PUBLISH, KEYTIME_SYNC_DELETE, false,
	"the key's CDS would be deleted before it is published; let "
	"sync-publish come first"},
};

int64_t
keytimes_get(const struct keytimes *t, enum keytime which)
{
	int64_t when;

	memcpy(&when, (const char *)t + fields[which].offset, sizeof(when));
	return when;
}

void
keytimes_set(struct keytimes *t, enum keytime which, int64_t when)
{
	memcpy((char *)t + fields[which].offset, &when, sizeof(when));
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
	for (enum keytime i = 0; i < KEYTIMES; i++)
		if (keytimes_get(t, i) != KEYTIME_UNSET)
			return false;
	return true;
}

enum keytime
keytimes_find(const char *name, size_t len)
{
	enum keytime i;

	for (i = 0; i < KEYTIMES; i++)
		if (strlen(fields[i].name) == len &&
		    strncasecmp(fields[i].name, name, len) == 0)
			break;
	return i;
}

int64_t *
keytimes_at(struct keytimes *t, const char *name, size_t len)
{
	enum keytime i = keytimes_find(name, len);

	/* By way of void: every member is an int64_t, so it is aligned. */
	return i == KEYTIMES ? NULL : (void *)((char *)t + fields[i].offset);
}

enum dflow_status
keytimes_check(const struct keytimes *t, struct dflow_err *err)
{
	for (enum keytime i = 0; i < KEYTIMES; i++) {
		int64_t when = keytimes_get(t, i);

		if (when != KEYTIME_UNSET && (when < 0 || when > KEYTIME_MAX))
			return err_set(err, DFLOW_USAGE,
			    "a key's times end in the year 2106; use earlier "
			    "ones");
	}
	for (size_t i = 0; i < COUNT(orders); i++) {
		int64_t first = keytimes_get(t, orders[i].first);
		int64_t then = keytimes_get(t, orders[i].then);

		if (first == KEYTIME_UNSET || then == KEYTIME_UNSET ||
		    first < then || (first == then && orders[i].may_meet))
			continue;
		return err_set(err, DFLOW_USAGE, "%s", orders[i].why);
	}
	return DFLOW_OK;
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
keytimes_put_comment(
    struct buf *out, const struct keytimes *t, enum keytime which)
{
	char digits[DFLOW_WHEN_TEXT], date[DFLOW_WHEN_LONG];
	int64_t when = keytimes_get(t, which);

	if (when == KEYTIME_UNSET)
		return;
	dflow_when_text(when, digits);
	dflow_when_long(when, date);
	buf_printf(out, "; %s: %s (%s)\n", fields[which].name, digits, date);
}

void
keytimes_put_comments(struct buf *out, const struct keytimes *t)
{
	for (enum keytime i = 0; i < KEYTIMES; i++)
		keytimes_put_comment(out, t, i);
}

void
keytimes_put_field(
    struct buf *out, const struct keytimes *t, enum keytime which)
{
	char digits[DFLOW_WHEN_TEXT];
	int64_t when = keytimes_get(t, which);

	if (when == KEYTIME_UNSET)
		return;
	dflow_when_text(when, digits);
	buf_printf(out, "%s: %s\n", fields[which].name, digits);
}

void
keytimes_put_fields(struct buf *out, const struct keytimes *t)
{
	for (enum keytime i = 0; i < KEYTIMES; i++)
		keytimes_put_field(out, t, i);
}
