/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes the KSK.data of a ceremony. What leaves has been read back as the
 * right side will read it, and every signature in it has been verified.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "dns/rrsig.h"
#include "dns/rrtext.h"
#include "dns/rrtype.h"
#include "exchange/kskdata.h"
#include "flow/ceremony.h"
#include "flow/keyfacts.h"
#include "flow/kskcheck.h"
#include "flow/rrpack.h"

enum { SIGNED_MAX = 1 << 20, PATH_TEXT_MAX = 4096, KEPT_MAX = 99 };

/* Appends the KSK's RRSIG over set to the text. */
static enum dflow_status
put_rrsig(struct dflow_ceremony *c, size_t ksk, const struct rrset *set,
    struct dflow_err *err)
{
	struct rrsig sig = {.signer = c->zone,
	    .original_ttl = set->ttl,
	    .expiration = (uint32_t)c->view.expiration,
	    .inception = (uint32_t)c->view.inception,
	    .covered = set->type,
	    .tag = c->ksks[ksk]->key.tag,
	    .algorithm = c->ksks[ksk]->key.algorithm,
	    .labels = rrsig_labels(c->zone)};
	struct signer_worker *worker = NULL;
	struct sign_job job = {0};
	struct buf data;
	struct buf rdata;
	enum dflow_status st;

	buf_init(&data, SIGNED_MAX);
	buf_init(&rdata, UINT16_MAX);
	rrsig_put_signed(&data, &sig, set);
	st = buf_check(&data, "DNSKEY RRset", err);
	if (st != DFLOW_OK)
		goto out;
	st = signer_worker_new(c->signers[ksk], &worker, err);
	if (st != DFLOW_OK)
		goto out;
	job.data = data.data;
	job.len = data.len;
	st = signer_sign(worker, &job, 1, err);
	if (st != DFLOW_OK)
		goto out;
	rrsig_put_head(&rdata, &sig);
	buf_put(&rdata, job.sig, job.sig_len);
	st = buf_check(&rdata, "RRSIG", err);
	if (st == DFLOW_OK)
		rrtext_put(&c->text, c->zone, set->ttl, RRTYPE_RRSIG,
		    (struct rdata){rdata.data, (uint16_t)rdata.len});
out:
	signer_worker_free(&worker);
	buf_free(&data);
	buf_free(&rdata);
	return st;
}

static enum dflow_status
put_rrsigs(
    struct dflow_ceremony *c, const struct rrset *set, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; i < c->ksk_count && st == DFLOW_OK; i++)
		st = put_rrsig(c, i, set, err);
	return st;
}

/* The KSKs' lines, and the signatures over them and the ZSKs. */
static enum dflow_status
put_dnskey(struct dflow_ceremony *c, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;
	struct rrpack pack;
	struct rrset set;

	rrpack_init(&pack, RRTYPE_DNSKEY);
	for (size_t i = 0; i < c->ksk_count && st == DFLOW_OK; i++) {
		const struct dnskey *k = &c->ksks[i]->key;

		rrtext_put(&c->text, c->zone, c->view.ttl_s, RRTYPE_DNSKEY,
		    (struct rdata){k->rdata, (uint16_t)k->rdata_len});
		st = rrpack_add(&pack, k->rdata, k->rdata_len, err);
	}
	for (size_t i = 0; i < c->request->count && st == DFLOW_OK; i++) {
		const struct dnskey *k = &c->request->keys[i].key;

		st = rrpack_add(&pack, k->rdata, k->rdata_len, err);
	}
	if (st == DFLOW_OK)
		st = rrpack_set(&pack, c->zone, c->view.ttl_s, &set, err);
	if (st == DFLOW_OK)
		st = put_rrsigs(c, &set, err);
	rrpack_free(&pack);
	return st;
}

/* CDS (SHA-256) or CDNSKEY of every KSK, RFC 7344 section 3, and RRSIGs. */
static enum dflow_status
put_child(struct dflow_ceremony *c, uint16_t type, struct dflow_err *err)
{
	uint8_t ds[DFLOW_CEREMONY_KEYS_MAX][DS_RDATA_MAX];
	enum dflow_status st = DFLOW_OK;
	struct rrpack pack;
	struct rrset set;

	rrpack_init(&pack, type);
	for (size_t i = 0; i < c->ksk_count && st == DFLOW_OK; i++) {
		const struct dnskey *k = &c->ksks[i]->key;
		size_t len;

		if (type == RRTYPE_CDNSKEY) {
			st = rrpack_add(&pack, k->rdata, k->rdata_len, err);
			continue;
		}
		len = dnskey_ds(c->zone, k, 2, ds[i]);
		st = rrpack_add(&pack, ds[i], len, err);
	}
	if (st == DFLOW_OK)
		st = rrpack_set(&pack, c->zone, c->view.ttl_s, &set, err);
	if (st == DFLOW_OK) {
		rrtext_put_rrset(&c->text, &set);
		st = put_rrsigs(c, &set, err);
	}
	rrpack_free(&pack);
	return st;
}

/*
 * Reads the text as the right side will, and verifies it as of its first
 * second, with the ZSKs of the request.
 */
static enum dflow_status
check_text(const struct dflow_ceremony *c, struct dflow_err *err)
{
	size_t count = c->request->count;
	struct dnskey *zsks = calloc(count, sizeof(*zsks));
	struct dflow_err why = {.status = DFLOW_OK};
	struct kskdata *data = NULL;
	struct kskcheck_window window;
	struct kskcheck check;
	enum dflow_status st;

	if (zsks == NULL)
		return err_memory(err);
	for (size_t i = 0; i < count; i++)
		zsks[i] = c->request->keys[i].key;
	st = kskdata_parse("what was signed", (const char *)c->text.data,
	    c->text.len, &data, err);
	if (st != DFLOW_OK)
		goto out;
	check = (struct kskcheck){.data = data,
	    .zsks = {zsks, count},
	    .now = c->view.inception,
	    .min_validity_s = 0};
	if (kskcheck(&check, &window, &why) != DFLOW_OK)
		st = err_set(err, DFLOW_REFUSED,
		    "a signature that was just made does not verify; nothing "
		    "was written (%s)",
		    why.text);
	else if (window.inception != c->view.inception ||
		 window.expiration != c->view.expiration)
		st = err_set(err, DFLOW_REFUSED,
		    "a signature that was just made has other times than it "
		    "should; nothing was written");
out:
	kskdata_free(&data);
	free(zsks);
	return st;
}

/* Last of all, so that nobody types a passphrase for what is refused. */
static enum dflow_status
open_signers(struct dflow_ceremony *c, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; st == DFLOW_OK && i < c->ksk_count; i++)
		if (c->signers[i] == NULL)
			st = signer_open(
			    c->ksks[i], &c->access, &c->signers[i], err);
	return st;
}

enum dflow_status
dflow_ceremony_sign(struct dflow_ceremony *c, struct dflow_err *err)
{
	enum dflow_status st;

	c->done = false;
	c->view.sha256[0] = '\0';
	buf_reset(&c->text);
	st = open_signers(c, err);
	if (st == DFLOW_OK)
		st = put_dnskey(c, err);
	if (st == DFLOW_OK && c->view.cds)
		st = put_child(c, RRTYPE_CDS, err);
	if (st == DFLOW_OK && c->view.cds)
		st = put_child(c, RRTYPE_CDNSKEY, err);
	if (st == DFLOW_OK)
		st = buf_check(&c->text, "KSK.data", err);
	if (st == DFLOW_OK)
		st = check_text(c, err);
	if (st != DFLOW_OK)
		return st;
	keyfacts_sha256(c->text.data, c->text.len, c->view.sha256);
	buf_u8(&c->text, 0);
	st = buf_check(&c->text, "KSK.data", err);
	if (st == DFLOW_OK)
		st = ceremony_ledger_record(c, err);
	c->done = st == DFLOW_OK;
	return st;
}

const char *
dflow_ceremony_text(const struct dflow_ceremony *c)
{
	return c->done ? (const char *)c->text.data : NULL;
}

/*
 * Copies old to the first free one of path~, path~2, path~3 and so on: what a
 * ceremony of last year made must outlive two attempts today.
 */
static enum dflow_status
keep_copy(const char *path, const struct buf *old, struct dflow_err *err)
{
	char kept[PATH_TEXT_MAX];
	char number[16] = "";
	int n;

	for (int i = 1; i <= KEPT_MAX; i++) {
		if (i > 1)
			(void)snprintf(number, sizeof(number), "%d", i);
		n = snprintf(kept, sizeof(kept), "%s~%s", path, number);
		if (n < 0 || (size_t)n >= sizeof(kept))
			return err_set(err, DFLOW_FAILED,
			    "%.200s...: name too long", path);
		if (!os_exists(kept))
			return os_write_new(
			    kept, 0644, old->data, old->len, err);
	}
	return err_set(err, DFLOW_REFUSED,
	    "%s~ to %s~%d are there already; move them away", path, path,
	    KEPT_MAX);
}

/* Keeps what stands at path, if it is a KSK.data of this zone. */
static enum dflow_status
keep_previous(
    const struct dflow_ceremony *c, const char *path, struct dflow_err *err)
{
	struct dflow_err why = {.status = DFLOW_OK};
	struct kskdata *data = NULL;
	enum dflow_status st;
	struct buf old;

	buf_init(&old, KSKDATA_BYTES_MAX);
	/* A pipe would be read for ever, as nobody writes to it. */
	if (!os_is_file(path) ||
	    os_read(path, KSKDATA_BYTES_MAX, &old, &why) != DFLOW_OK ||
	    kskdata_parse(path, (const char *)old.data, old.len, &data, &why) !=
		DFLOW_OK ||
	    !name_equal(data->zone, c->zone)) {
		st = err_set(err, DFLOW_REFUSED,
		    "%s is there already and is "
		    "no KSK.data of %s; give another name",
		    path, c->zone_text);
		goto out;
	}
	st = keep_copy(path, &old, err);
out:
	kskdata_free(&data);
	buf_free(&old);
	return st;
}

enum dflow_status
dflow_ceremony_save(
    const struct dflow_ceremony *c, const char *path, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	if (!c->done)
		return err_set(err, DFLOW_USAGE, "nothing is signed yet");
	if (strcmp(path, "-") != 0 && os_exists(path))
		st = keep_previous(c, path, err);
	if (st == DFLOW_OK)
		st = os_write(path, 0644, c->text.data, c->text.len - 1, err);
	return st;
}
