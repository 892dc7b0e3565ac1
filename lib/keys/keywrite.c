/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the files of a new key, as BIND and ldns read them. Refuses to
 * overwrite anything.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/encode.h"
#include "base/os.h"
#include "keys/keywrite.h"

enum {
	PUBLIC_FILE_MAX = 16384,
	MODE_PRIVATE = 0600,
	MODE_PUBLIC = 0644,
	DS_SHA256 = 2,
};

/* dir/K<zone>+<alg>+<tag> and an ending. */
static enum dflow_status
path_of(const struct keywrite *w, const char *ending,
    char out[KEYFILE_PATH_MAX], struct dflow_err *err)
{
	char name[KEYFILE_NAME_MAX];
	int n;

	keyfile_name(w->zone, w->key->algorithm, w->key->tag, name);
	n = snprintf(out, KEYFILE_PATH_MAX, "%s/%s%s", w->dir, name, ending);
	if (n < 0 || n >= KEYFILE_PATH_MAX)
		return err_set(err, DFLOW_FAILED,
		    "%s: the key's path would "
		    "be too long; use a shorter folder",
		    w->dir);
	return DFLOW_OK;
}

enum dflow_status
keywrite_taken(const struct keywrite *w, bool *taken, struct dflow_err *err)
{
	static const char *const endings[] = {
	    ".private", ".pem", ".key", ".ds"};
	char path[KEYFILE_PATH_MAX];
	enum dflow_status status;
	size_t i;

	*taken = false;
	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		status = path_of(w, endings[i], path, err);
		if (status != DFLOW_OK)
			return status;
		if (os_exists(path))
			*taken = true;
	}
	return DFLOW_OK;
}

static bool
is_ksk(const struct keywrite *w)
{
	return (w->key->flags & DNSKEY_FLAG_SEP) != 0;
}

static void
put_public(const struct keywrite *w, struct buf *out)
{
	const struct alg *alg = alg_find(w->key->algorithm);
	char zone[NAME_TEXT_SIZE];
	char b64[BASE64_LEN(DNSKEY_RDATA_MAX)];
	size_t len = base64_encode(w->key->key, w->key->key_len, b64);

	name_text(w->zone, zone);
	buf_printf(out, "; %s of %s tag %u, algorithm %u (%s)\n",
	    is_ksk(w) ? "Key-signing key" : "Zone-signing key", zone,
	    (unsigned)w->key->tag, (unsigned)w->key->algorithm, alg->mnemonic);
	keytimes_put_comments(out, w->times);
	buf_printf(out, "%s ", zone);
	if (w->ttl_s != 0)
		buf_printf(out, "%lu ", (unsigned long)w->ttl_s);
	buf_printf(out, "IN DNSKEY %u %u %u ", (unsigned)w->key->flags,
	    (unsigned)w->key->protocol, (unsigned)w->key->algorithm);
	buf_put(out, b64, len);
	buf_str(out, "\n");
}

static void
put_ds(const struct keywrite *w, struct buf *out)
{
	char zone[NAME_TEXT_SIZE], hex[HEX_LEN(DS_RDATA_MAX)];
	uint8_t ds[DS_RDATA_MAX];
	size_t len = dnskey_ds(w->zone, w->key, DS_SHA256, ds);

	if (len == 0) {
		out->failed = true;
		return;
	}
	name_text(w->zone, zone);
	buf_printf(out, "%s IN DS %u %u %u ", zone, (unsigned)w->key->tag,
	    (unsigned)w->key->algorithm, (unsigned)DS_SHA256);
	buf_put(out, hex, hex_encode(ds + 4, len - 4, hex));
	buf_str(out, "\n");
}

static enum dflow_status
write_public(const struct keywrite *w, const char *ending,
    void (*put)(const struct keywrite *w, struct buf *out),
    char path[KEYFILE_PATH_MAX], struct dflow_err *err)
{
	enum dflow_status status;
	struct buf text;

	buf_init(&text, PUBLIC_FILE_MAX);
	put(w, &text);
	status = buf_check(&text, "a key file", err);
	if (status == DFLOW_OK)
		status = path_of(w, ending, path, err);
	if (status == DFLOW_OK)
		status =
		    os_write_new(path, MODE_PUBLIC, text.data, text.len, err);
	buf_free(&text);
	return status;
}

enum dflow_status
keywrite(const struct keywrite *w, const struct keywrite_private *private,
    char base[KEYFILE_NAME_MAX], struct dflow_err *err)
{
	char secret[KEYFILE_PATH_MAX], public[KEYFILE_PATH_MAX];
	char ds[KEYFILE_PATH_MAX];
	enum dflow_status status;

	status = path_of(w, private->ending, secret, err);
	if (status == DFLOW_OK)
		status = os_write_new(
		    secret, MODE_PRIVATE, private->text, private->len, err);
	if (status != DFLOW_OK)
		return status;
	status = write_public(w, ".key", put_public, public, err);
	if (status != DFLOW_OK) {
		os_remove(secret);
		return status;
	}
	if (is_ksk(w))
		status = write_public(w, ".ds", put_ds, ds, err);
	if (status != DFLOW_OK) {
		os_remove(public);
		os_remove(secret);
		return status;
	}
	keyfile_name(w->zone, w->key->algorithm, w->key->tag, base);
	return DFLOW_OK;
}
