/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dflow_sign: load, order, chain, sign, write, verify, rename. The KSK's
 * signatures come from KSK.data; no key here signs DNSKEY, CDS or CDNSKEY
 * (RFC 7344 section 4.1) unless it is a combined one.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/os.h"
#include "base/os_lock.h"
#include "base/when.h"
#include "dns/rrtype.h"
#include "flow/handover.h"
#include "flow/keep.h"
#include "flow/output.h"
#include "flow/previous.h"
#include "flow/publish.h"
#include "flow/serial.h"
#include "flow/signing.h"
#include "flow/source.h"
#include "zone/zonemd.h"

enum { THREADS_MAX = 256 };

/* Further than any 32-bit time can be ahead. */
#define SPAN_MAX_S ((int64_t)1 << 32)

static enum dflow_status
check_times(const struct dflow_sign *p, struct dflow_err *err)
{
	char when[DFLOW_WHEN_LONG];

	if (p->now < WHEN_SANE_MIN)
		return err_set(err, DFLOW_REFUSED,
		    "the clock says a time before 2020; set it right");
	dflow_when_long(p->expiration, when);
	if (p->expiration <= p->now)
		return err_set(err, DFLOW_REFUSED,
		    "the signatures would expire on %s, which is past; give "
		    "a later --expiration",
		    when);
	if (p->expiration - p->inception >= INT32_MAX)
		return err_set(err, DFLOW_USAGE,
		    "an expiration on %s is more than 68 years after the "
		    "inception; give a nearer one",
		    when);
	if (p->spread_s < 0 || p->spread_s >= p->expiration - p->now)
		return err_set(err, DFLOW_USAGE,
		    "signatures that are spread over %" PRId64 " seconds would "
		    "be expired when they are made; give a shorter --spread",
		    p->spread_s);
	if (p->refresh_s < 0 || p->refresh_s > SPAN_MAX_S)
		return err_set(err, DFLOW_USAGE,
		    "signatures cannot be renewed %" PRId64
		    " seconds before their end; give another --refresh",
		    p->refresh_s);
	dflow_when_long(p->inception, when);
	if (p->inception > p->now)
		return err_set(err, DFLOW_REFUSED,
		    "the signatures would not be valid before %s; give an "
		    "earlier --inception",
		    when);
	return DFLOW_OK;
}

static enum dflow_status
check(const struct dflow_sign *p, struct dflow_err *err)
{
	const char *inputs[] = {p->kskdata, p->n200_conf};
	const struct output output = {
	    .path = p->out,
	    .kind = OUTPUT_ZONE,
	    .inputs = inputs,
	    .input_count = sizeof(inputs) / sizeof(inputs[0]),
	    .keys = p->keys,
	    .key_count = p->key_count,
	};
	enum dflow_status st;

	if (p->path == NULL || p->out == NULL)
		return err_set(
		    err, DFLOW_USAGE, "a zone file and an output are needed");
	if ((p->key_dir == NULL) == (p->key_count == 0))
		return err_set(err, DFLOW_USAGE,
		    "give either the keys' folder (-K) or keys (-k)");
	if (p->kskdata == NULL && !p->combined)
		return err_set(err, DFLOW_USAGE,
		    "no KSK.data; give it with -d, or -z for a combined "
		    "key");
	if (p->kskdata != NULL && p->combined)
		return err_set(err, DFLOW_USAGE,
		    "-z signs DNSKEY with the combined key; it needs no "
		    "KSK.data");
	if (p->opt_out && !p->nsec3)
		return err_set(
		    err, DFLOW_USAGE, "opt-out is for NSEC3; give -3 too");
	if (p->iterations > 0 && !p->nsec3)
		return err_set(
		    err, DFLOW_USAGE, "iterations are for NSEC3; give -3 too");
	st = output_check(&output, err);
	return st == DFLOW_OK ? check_times(p, err) : st;
}

/* One signing on its way through the steps. */
struct work {
	const struct dflow_sign *p;
	struct source src;
	struct zone *previous; /* NULL: there is none to build upon */
	struct chain *chain;
	struct keep keep;
	struct proofs *proofs;
	struct signing signing;
	struct publish publish;
	struct signing_count count;
	struct os_save *save;
	struct meter meter;
};

/* The digest of what is on the disk by now, signed, as the last RRset. */
static enum dflow_status
append_zonemd(struct work *w, struct dflow_err *err)
{
	uint8_t packed[2 + 6 + DIGEST_MAX] = {0};
	uint16_t len = (uint16_t)(6 + digest_len(DIGEST_SHA384));
	struct rrset set = {
	    .owner = w->src.apex,
	    .rdata = packed,
	    .ttl = w->src.soa_ttl,
	    .count = 1,
	    .type = RRTYPE_ZONEMD,
	};
	struct zone *z = NULL;
	uint32_t serial;
	enum dflow_status st =
	    publish_read_back(&w->publish, w->save, NULL, &z, err);

	if (st != DFLOW_OK)
		return st;
	serial = serial_of_zone(z);
	memcpy(packed, &len, sizeof(len));
	for (int i = 0; i < 4; i++)
		packed[2 + i] = (uint8_t)(serial >> (24 - 8 * i));
	packed[6] = ZONEMD_SIMPLE;
	packed[7] = ZONEMD_SHA384;
	st = zonemd_digest(z, DIGEST_SHA384, packed + 8, err);
	zone_free(&z);
	if (st != DFLOW_OK)
		return st;
	return signing_write_rrset(&w->signing, &set, w->save, &w->count, err);
}

static enum dflow_status
make_chain(struct work *w, struct dflow_err *err)
{
	static const uint16_t zonemd[] = {RRTYPE_ZONEMD};
	struct chain_params params = {
	    .nsec3 = w->p->nsec3,
	    .opt_out = w->p->opt_out,
	    .hash = w->src.hash,
	    .ttl = w->src.negative_ttl,
	    .apex_types = zonemd,
	    .apex_type_count = w->p->zonemd ? 1 : 0,
	};
	enum dflow_status st =
	    chain_build(w->src.zone, &params, w->p->threads, &w->chain, err);

	meter_phase(&w->meter, DFLOW_PHASE_CHAIN,
	    w->chain == NULL ? 0 : w->chain->count, 0);
	return st;
}

/* Writes everything; the zones are gone afterwards. */
static enum dflow_status
write_signed(struct work *w, struct dflow_err *err)
{
	enum dflow_status st;

	w->signing.chain = w->chain;
	st = signing_write(&w->signing, w->save, &w->count, &w->proofs, err);
	w->signing.chain = NULL;
	w->publish.proofs = w->proofs;
	chain_free(&w->chain);
	zone_free(&w->src.zone); /* memory for what is read back */
	zone_free(&w->previous);
	w->keep.zone = NULL;
	meter_phase(&w->meter, DFLOW_PHASE_SIGN, w->count.rrs, w->count.made);
	return st;
}

static void
prepare(struct work *w)
{
	const struct dflow_sign *p = w->p;

	w->keep = (struct keep){
	    .zone = w->previous,
	    .signers = w->src.keys->signers,
	    .signer_count = w->src.keys->signer_count,
	    .apex = w->src.apex,
	    .now = p->now,
	    .after = p->now + p->refresh_s,
	    .latest = p->expiration,
	};
	w->signing = (struct signing){
	    .keep = &w->keep,
	    .inception = (uint32_t)p->inception,
	    .expiration = (uint32_t)p->expiration,
	    .spread_s = (uint32_t)p->spread_s,
	    .threads = p->threads,
	    .progress = p->progress,
	};
	w->publish = (struct publish){
	    .out = p->out,
	    .apex = w->src.apex,
	    .any_key = p->combined,
	    .threads = p->threads,
	    .max_memory = p->max_memory,
	    .now = p->now,
	    .progress = p->progress,
	    .meter = &w->meter,
	};
}

/* Looks at what was published before, to keep signatures of it. */
static void
read_previous(struct work *w, struct dflow_published *done)
{
	struct previous previous = {
	    .out = w->p->out,
	    .apex = w->src.apex,
	    .threads = w->p->threads,
	    .max_memory = w->p->max_memory,
	    .taken = zone_bytes(w->src.zone),
	};
	struct dflow_err cause;

	previous_read(&previous, &w->previous, &cause);
	prepare(w);
	if (cause.status == DFLOW_OK && w->previous != NULL &&
	    !keep_init(&w->keep) &&
	    !previous_rolled(w->previous, w->src.apex, w->src.keys,
		w->p->key_dir, w->p->now))
		(void)err_set(&cause, DFLOW_REFUSED,
		    "%s was signed by other keys, or by one whose tag "
		    "another key has, too",
		    w->p->out);
	if (cause.status != DFLOW_OK)
		(void)snprintf(done->note, sizeof(done->note),
		    "%s; everything was signed anew", cause.text);
	meter_phase(&w->meter, DFLOW_PHASE_PREVIOUS,
	    w->previous == NULL ? 0 : w->previous->rr_count, 0);
}

/*
 * A rollover was missed: the zone is signed by the keys and the bundle of a
 * moment that caches can follow to, which are good yet, and the next run goes
 * on from there.
 */
static enum dflow_status
catch_up(struct work *w, const struct handover_found *found,
    struct dflow_published *done, struct dflow_err *err)
{
	char when[DFLOW_WHEN_LONG];
	enum dflow_status st;

	source_free(&w->src);
	st = source_read(w->p, found->step, &w->src, &w->meter, err);
	if (st != DFLOW_OK)
		return st;
	prepare(w);
	(void)keep_init(&w->keep);
	dflow_when_long(found->step, when);
	(void)snprintf(done->note, sizeof(done->note),
	    "%s, so caches could not verify the zone: it was signed as of %s, "
	    "which they can follow; the next run goes on",
	    found->text, when);
	return DFLOW_OK;
}

/* Where one key is all there is, its change is a change of the DS. */
static enum dflow_status
check_previous(
    struct work *w, struct dflow_published *done, struct dflow_err *err)
{
	const struct handover h = {
	    .p = w->p,
	    .out = w->p->out,
	    .apex = w->src.apex,
	    .now = w->p->now,
	    .previous = w->previous,
	    .keys = w->src.keys,
	    .kskdata = w->src.kskdata,
	};
	struct handover_found found;
	enum dflow_status st;

	if (w->p->combined)
		return DFLOW_OK;
	st = handover_check(&h, &found, err);
	if (st != DFLOW_OK || found.fault == HANDOVER_GOOD)
		return st;
	if (found.has_step)
		return catch_up(w, &found, done, err);
	if (found.fault == HANDOVER_UNKNOWN && found.ours)
		return err_set(err, DFLOW_REFUSED,
		    "%s, so caches that hold it could not verify the new one; "
		    "if that is meant, move %s.sha256 away",
		    found.text, w->p->out);
	/* Of keys that were never here, or are named, nothing was missed. */
	(void)snprintf(done->note, sizeof(done->note), "%s, so caches that %s",
	    found.text,
	    found.fault == HANDOVER_UNKNOWN
		? "hold it cannot verify this one until its TTLs are over"
		: "hold its signatures may not verify them until these are "
		  "over: a part of a rollover was missed");
	return DFLOW_OK;
}

/*
 * Gives the zone its serial, unless it would be the published one again but
 * for that: then the serial stands, and nothing is to be written.
 */
static enum dflow_status
settle_serial(struct work *w, struct keep_verdict *v, struct dflow_err *err)
{
	enum dflow_serial how = w->p->serial;
	uint32_t old = serial_of_zone(w->src.zone);
	uint32_t published = old;
	enum dflow_status st = DFLOW_OK;

	v->unchanged = false;
	if (w->previous != NULL)
		published = serial_of_zone(w->previous);
	else if (how != DFLOW_SERIAL_KEEP && strcmp(w->p->out, "-") != 0)
		(void)serial_read(w->p->out, w->src.apex, &published);
	if (how != DFLOW_SERIAL_KEEP && when_serial_gt(published, old))
		st = serial_put_zone(w->src.zone, published, err);
	if (st == DFLOW_OK)
		st = keep_all(&w->keep, w->chain, w->p->threads, v, err);
	if (st != DFLOW_OK || v->unchanged)
		return st;
	return serial_put_zone(
	    w->src.zone, serial_next(how, old, published, w->p->now), err);
}

/* The published file stays as it is. */
static void
tell_unchanged(const struct work *w, const struct keep_verdict *v,
    struct dflow_published *done)
{
	done->serial = serial_of_zone(w->previous);
	done->rrs = w->previous->rr_count;
	done->first_expiration = v->first_expiration;
	done->signatures_kept = v->kept;
}

static enum dflow_status
publish(struct work *w, struct dflow_published *done, struct dflow_err *err)
{
	enum dflow_status st = publish_open(w->p->out, &w->save, err);

	if (st == DFLOW_OK)
		st = write_signed(w, err);
	if (st == DFLOW_OK && w->p->zonemd)
		st = append_zonemd(w, err);
	done->signatures_made = w->count.made;
	done->signatures_kept = w->count.kept;
	w->publish.rrs = w->count.rrs;
	if (st == DFLOW_OK)
		st = publish_finish(&w->publish, &w->save, done, err);
	os_save_abort(&w->save);
	return st;
}

static enum dflow_status
sign(struct work *w, struct dflow_published *done, struct dflow_err *err)
{
	struct keep_verdict verdict;
	enum dflow_status st;

	(void)name_text(w->src.apex, done->zone);
	read_previous(w, done);
	st = check_previous(w, done, err);
	done->ksk_expiration = w->src.ksk_expiration;
	publish_tell(done, w->p->kskdata, &w->src.force, w->p->now);
	if (st == DFLOW_OK)
		st = make_chain(w, err);
	if (st == DFLOW_OK)
		st = settle_serial(w, &verdict, err);
	meter_phase(&w->meter, DFLOW_PHASE_PREVIOUS, 0, 0);
	if (st != DFLOW_OK)
		return st;
	if (!verdict.unchanged)
		return publish(w, done, err);
	tell_unchanged(w, &verdict, done);
	return DFLOW_OK;
}

static void
work_free(struct work *w)
{
	chain_free(&w->chain);
	zone_free(&w->previous);
	source_free(&w->src);
	proofs_free(&w->proofs);
}

enum dflow_status
dflow_sign(const struct dflow_sign *params, struct dflow_published *done,
    struct dflow_err *err)
{
	struct dflow_sign p = *params;
	struct dflow_published result = {0};
	struct work w = {.p = &p};
	struct os_lock *lock = NULL;
	enum dflow_status st = check(&p, err);

	/* Two runs at once could publish one serial with two contents. */
	if (st == DFLOW_OK)
		st = os_lock_new(p.out, &lock, err);
	if (st != DFLOW_OK)
		return st;
	if (p.threads == 0)
		p.threads = os_cores();
	if (p.threads > THREADS_MAX)
		p.threads = THREADS_MAX;
	if (p.max_memory == 0)
		p.max_memory = os_memory_ceiling();
	meter_start(&w.meter, &result.stats);
	st = source_read(&p, p.now, &w.src, &w.meter, err);
	if (st == DFLOW_OK)
		st = sign(&w, &result, err);
	work_free(&w);
	os_lock_free(&lock);
	meter_end(&w.meter);
	if (st == DFLOW_OK && done != NULL)
		*done = result;
	return st;
}
