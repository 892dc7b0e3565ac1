/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Write, flush, read back, judge, rename. Nothing here can leave a step out:
 * there is no option for it.
 */
#include "flow/publish.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/when.h"
#include "dns/rrtype.h"
#include "flow/judge.h"
#include "flow/seal.h"
#include "zone/load.h"

/* Long enough for a ceremony that has to be held sooner than was meant. */
#define WARN_S ((int64_t)14 * 86400)

static bool
is_stdout(const char *out)
{
	return strcmp(out, "-") == 0;
}

void
publish_tell(struct dflow_published *done, const char *path,
    const struct response_force *f, int64_t now)
{
	bool last = f->number == f->count;
	char end[DFLOW_WHEN_LONG];

	if (f->number == 0)
		return;
	done->bundle = f->number;
	done->bundle_count = f->count;
	done->bundle_until = f->until;
	if (!last && f->end - now >= WARN_S)
		return;
	dflow_when_long(f->end, end);
	(void)snprintf(done->warning, sizeof(done->warning),
	    "%s: its last bundle %s on %s; fetch a new response from the left "
	    "before that",
	    path, last ? "is in force, and ends" : "ends", end);
}

enum dflow_status
publish_open(const char *out, struct os_save **save, struct dflow_err *err)
{
	char path[64];
	uint64_t tail;

	if (!is_stdout(out))
		return os_save_open(out, 0644, save, err);
	/* Standard output, too, gets only what was verified in a file. */
	os_random(&tail, sizeof(tail));
	(void)snprintf(path, sizeof(path), "/tmp/dnssecflow.%016" PRIx64, tail);
	return os_save_open(path, 0600, save, err);
}

enum dflow_status
publish_read_back(const struct publish *p, struct os_save *save,
    struct digest *digest, struct zone **out, struct dflow_err *err)
{
	struct zone_load load = {
	    .path = os_save_name(save),
	    .origin = p->apex,
	    .max_memory = p->max_memory,
	    .threads = p->threads,
	    .alone = true,
	    .digest = digest,
	};
	struct dflow_err cause = {DFLOW_OK, ""};
	enum dflow_status st = os_save_sync(save, err);

	if (st != DFLOW_OK)
		return st;
	st = zone_load(&load, out, &cause);
	if (st != DFLOW_OK)
		return err_set(
		    err, st, "reading back what was written: %s", cause.text);
	return DFLOW_OK;
}

static void
fill(struct dflow_published *done, const struct judge_report *r)
{
	done->serial = r->serial;
	done->rrs = r->rrs;
	done->signatures_checked = r->signatures;
	done->first_expiration = r->first_expiration;
}

static enum dflow_status
judge(const struct publish *p, const struct zone *z,
    struct dflow_published *done, struct dflow_err *err)
{
	struct judge_params params = {
	    .now = p->now,
	    .any_key = p->any_key,
	    .threads = p->threads,
	    .findings_max = 20,
	    .proofs = p->proofs,
	    .progress = p->progress,
	};
	struct judge_report *report = NULL;
	struct dflow_err cause = {DFLOW_OK, ""};
	enum dflow_status st;

	if (z->rr_count != p->rrs)
		return err_set(err, DFLOW_FAILED,
		    "%zu records were written but %zu read back; is the disk "
		    "sound?",
		    p->rrs, z->rr_count);
	st = judge_zone(z, &params, &report, &cause);
	if (st == DFLOW_OK)
		fill(done, report);
	else
		(void)err_set(err, st, "%s; nothing was published", cause.text);
	judge_report_free(&report);
	return st;
}

/* Loads what the disk has and judges it. */
static enum dflow_status
verify(const struct publish *p, struct os_save *save, uint8_t seal[DIGEST_MAX],
    struct dflow_published *done, struct dflow_err *err)
{
	struct digest *digest = NULL;
	struct zone *z = NULL;
	enum dflow_status st = digest_new(DIGEST_SHA256, &digest, err);

	if (st == DFLOW_OK)
		st = publish_read_back(p, save, digest, &z, err);
	if (st == DFLOW_OK) {
		digest_end(digest, seal);
		st = judge(p, z, done, err);
	}
	zone_free(&z);
	digest_free(&digest);
	return st;
}

static enum dflow_status
put_in_place(const struct publish *p, struct os_save **save,
    const uint8_t *seal, struct dflow_published *done, struct dflow_err *err)
{
	struct dflow_err why;
	enum dflow_status st;

	if (is_stdout(p->out))
		return os_cat(os_save_name(*save), err);
	st = os_save_commit(save, err);
	if (st == DFLOW_OK && seal_write(p->out, seal, &why) != DFLOW_OK)
		(void)snprintf(done->note, sizeof(done->note),
		    "%s; the next run will sign everything anew", why.text);
	return st;
}

enum dflow_status
publish_finish(const struct publish *p, struct os_save **save,
    struct dflow_published *done, struct dflow_err *err)
{
	uint8_t seal[DIGEST_MAX] = {0};
	enum dflow_status st = os_save_sync(*save, err);

	meter_phase(p->meter, DFLOW_PHASE_WRITE, p->rrs, 0);
	if (st == DFLOW_OK)
		st = verify(p, *save, seal, done, err);
	if (st == DFLOW_OK)
		st = put_in_place(p, save, seal, done, err);
	done->written = st == DFLOW_OK;
	meter_phase(
	    p->meter, DFLOW_PHASE_VERIFY, p->rrs, done->signatures_checked);
	os_save_abort(save);
	return st;
}
