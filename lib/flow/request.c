/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dflow_request: the ZSKs of now, as the left wants to see them. */
#include <string.h>

#include "base/buf.h"
#include "base/os.h"
#include "dns/rrtext.h"
#include "dns/rrtype.h"
#include "dnssecflow/exchange.h"
#include "exchange/request.h"
#include "flow/contained.h"
#include "flow/keyfacts.h"
#include "flow/output.h"
#include "flow/zsks.h"
#include "keys/keyfile.h"

/* One RRset has one TTL: the first file's, or the default. */
static void
put_keys(struct buf *text, const uint8_t *zone, const struct zsks *keys,
    uint32_t ttl_s)
{
	if (keys->files[0]->ttl != 0)
		ttl_s = keys->files[0]->ttl;
	for (size_t i = 0; i < keys->published_count; i++) {
		struct rdata rdata = {keys->published[i].rdata,
		    (uint16_t)keys->published[i].rdata_len};

		rrtext_put(text, zone, ttl_s, RRTYPE_DNSKEY, rdata);
	}
}

/* The container is ready before the request takes its place. */
static enum dflow_status
save(const struct dflow_request *params, struct container_signer *signer,
    const struct buf *text, struct dflow_err *err)
{
	struct contained *container = NULL;
	struct os_save *file = NULL;
	enum dflow_status st;

	if (signer == NULL)
		return os_write(params->out, 0644, text->data, text->len, err);
	st = contained_open(
	    signer, params->out, text, params->now, &container, err);
	if (st == DFLOW_OK)
		st = os_save_open(params->out, 0644, &file, err);
	if (st == DFLOW_OK)
		st = os_save_write(file, text->data, text->len, err);
	if (st == DFLOW_OK)
		st = contained_commit(&container, &file, err);
	contained_abort(&container);
	os_save_abort(&file);
	return st;
}

enum dflow_status
dflow_request(const struct dflow_request *params, struct dflow_requested *done,
    struct dflow_err *err)
{
	uint8_t zone[NAME_MAX_LEN];
	struct zsks_choice choice = {
	    .zone = zone,
	    .dir = params->key_dir,
	    .now = params->now,
	};
	const struct contained_wish wish = {
	    .sign_as = params->sign_as,
	    .path = params->out,
	    .now = params->now,
	    .pass_fd = params->passphrase_fd,
	};
	const struct output output = {
	    .path = params->out,
	    .kind = OUTPUT_REQUEST,
	    .inputs = &params->sign_as,
	    .input_count = 1,
	};
	struct container_signer *signer = NULL;
	struct zsks *keys = NULL;
	struct dflow_err why = {0};
	struct buf text;
	enum dflow_status st;

	if (name_parse(params->zone, zone, &why) != DFLOW_OK)
		return err_set(err, DFLOW_USAGE, "%s", why.text);
	st = output_check(&output, err);
	if (st == DFLOW_OK)
		st = contained_signer(&wish, &signer, err);
	if (st == DFLOW_OK)
		st = zsks_choose(&choice, &keys, err);
	if (st != DFLOW_OK) {
		container_signer_free(&signer);
		return st;
	}
	buf_init(&text, REQUEST_BYTES_MAX);
	put_keys(&text, zone, keys, params->ttl_s);
	st = buf_check(&text, "the key request", err);
	if (st == DFLOW_OK)
		st = save(params, signer, &text, err);
	if (st == DFLOW_OK && done != NULL) {
		(void)name_text(zone, done->zone);
		done->key_count = keys->published_count;
		keyfacts_sha256(text.data, text.len, done->sha256);
	}
	buf_free(&text);
	zsks_free(&keys);
	container_signer_free(&signer);
	return st;
}
