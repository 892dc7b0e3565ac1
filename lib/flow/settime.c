/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dflow_settime: what a key's times will be, whether they make sense together,
 * and then its files. Refuses a key that has no files, and a run beside one
 * that plans with the keys of the folder.
 */
#include <stdlib.h>
#include <string.h>

#include "base/os_link.h"
#include "base/os_lock.h"
#include "dnssecflow/keygen.h"
#include "keys/keyfile.h"
#include "keys/n200.h"
#include "keys/retime.h"

static const enum keytime places[DFLOW_KEYTIMES] = {
    [DFLOW_KEYTIME_PUBLISH] = KEYTIME_PUBLISH,
    [DFLOW_KEYTIME_ACTIVATE] = KEYTIME_ACTIVATE,
    [DFLOW_KEYTIME_REVOKE] = KEYTIME_REVOKE,
    [DFLOW_KEYTIME_INACTIVE] = KEYTIME_INACTIVE,
    [DFLOW_KEYTIME_DELETE] = KEYTIME_REMOVE,
    [DFLOW_KEYTIME_SYNC_PUBLISH] = KEYTIME_SYNC_PUBLISH,
    [DFLOW_KEYTIME_SYNC_DELETE] = KEYTIME_SYNC_DELETE,
};

/* Two runs on one key would each take back what the other did. */
static enum dflow_status
lock_folder(const char *key, struct os_lock **out, struct dflow_err *err)
{
	char *dir = os_beside(key, ".");
	enum dflow_status st;

	if (dir == NULL)
		return err_memory(err);
	st = os_lock_new(dir, out, err);
	free(dir);
	return st;
}

static enum dflow_status
set_times(const struct dflow_settime *p, const struct keyfile *k,
    struct dflow_err *err)
{
	struct keytimes times = k->times;
	struct dflow_err why = {0};
	uint32_t which = 0;

	for (size_t i = 0; i < DFLOW_KEYTIMES; i++) {
		if (!p->set[i])
			continue;
		keytimes_set(&times, places[i], p->times[i]);
		which |= UINT32_C(1) << places[i];
	}
	if (which == 0)
		return err_set(err, DFLOW_USAGE,
		    "%s: no time to set; give at least one", p->key);
	if (keytimes_check(&times, &why) != DFLOW_OK)
		return err_set(err, DFLOW_USAGE, "%s: %s", k->from, why.text);
	return retime(k, &times, which, err);
}

enum dflow_status
dflow_settime(const struct dflow_settime *params, struct dflow_err *err)
{
	struct os_lock *lock = NULL;
	struct keyfile *k = NULL;
	enum dflow_status st;

	if (strncmp(params->key, N200_PREFIX, strlen(N200_PREFIX)) == 0)
		return err_set(err, DFLOW_USAGE,
		    "%s: a key in the device has its times in its files; name "
		    "these, as Kexample.com.+013+11238",
		    params->key);
	st = lock_folder(params->key, &lock, err);
	if (st == DFLOW_OK)
		st = keyfile_read(params->key, &k, err);
	if (st == DFLOW_OK)
		st = set_times(params, k, err);
	keyfile_free(&k);
	os_lock_free(&lock);
	return st;
}
