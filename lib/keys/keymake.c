/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the making of a key: its pair, a tag of its own, and its files as BIND
 * and ldns read them. Refuses times that contradict each other, a clock that
 * was never set, and to overwrite anything. The private file comes first, so
 * that a public key never stands without its private half.
 */
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/encode.h"
#include "base/os.h"
#include "base/when.h"
#include "keys/keymake.h"
#include "keys/pem.h"
#include "keys/pkey.h"
#include "keys/private.h"

enum {
	TRIES_MAX = 200,
	PUBLIC_FILE_MAX = 16384,
	MODE_PRIVATE = 0600,
	MODE_PUBLIC = 0644,
	DS_SHA256 = 2,
};

/* A key in the making. */
struct making {
	const struct keymake *p;
	struct keytimes times;
	unsigned bits;
	struct keylist list; /* the keys that are there already */
	struct secret *pass; /* NULL: not encrypted */
	EVP_PKEY *pkey;
	uint8_t rdata[4 + PKEY_FIELD_MAX];
	struct dnskey key; /* a view of rdata */
	char name[KEYFILE_NAME_MAX];
};

static enum dflow_status
check_bits(struct making *m, struct dflow_err *err)
{
	const struct alg *alg = m->p->alg;

	if (!alg->signs)
		return err_set(err, DFLOW_USAGE,
		    "algorithm %u is for "
		    "verifying only; use 8, 10, 13, 14, 15 or 16",
		    (unsigned)alg->number);
	m->bits = m->p->bits != 0 ? m->p->bits : alg->bits_default;
	if (m->bits >= alg->bits_min && m->bits <= alg->bits_max)
		return DFLOW_OK;
	if (alg->bits_min == alg->bits_max)
		return err_set(err, DFLOW_USAGE,
		    "a key of algorithm %u has "
		    "%u bits, not %u; leave the size out",
		    (unsigned)alg->number, alg->bits_min, m->bits);
	return err_set(err, DFLOW_USAGE,
	    "a key of algorithm %u has %u to %u "
	    "bits, not %u",
	    (unsigned)alg->number, alg->bits_min, alg->bits_max, m->bits);
}

static void
fill_times(struct making *m)
{
	const struct keymake *p = m->p;
	struct keytimes *t = &m->times;

	keytimes_clear(t);
	t->created = p->now;
	t->publish = p->publish;
	t->activate = p->activate;
	t->inactive = p->inactive;
	t->remove = p->remove;
	if (t->publish == KEYTIME_UNSET)
		t->publish =
		    t->activate != KEYTIME_UNSET && t->activate < p->now
			? t->activate
			: p->now;
	if (t->activate == KEYTIME_UNSET)
		t->activate = t->publish > p->now ? t->publish : p->now;
}

static bool
in_range(int64_t when)
{
	return when == KEYTIME_UNSET || (when >= 0 && when <= KEYTIME_MAX);
}

static enum dflow_status
check_times(const struct keytimes *t, struct dflow_err *err)
{
	if (!in_range(t->created) || !in_range(t->publish) ||
	    !in_range(t->activate) || !in_range(t->inactive) ||
	    !in_range(t->remove))
		return err_set(err, DFLOW_USAGE,
		    "a key's times end in the "
		    "year 2106; use earlier ones");
	if (t->created < WHEN_SANE_MIN)
		return err_set(err, DFLOW_REFUSED,
		    "the clock is before "
		    "2020-09-13, so it was never set; set it");
	if (t->publish > t->activate)
		return err_set(err, DFLOW_USAGE,
		    "the key would sign before "
		    "it is published; let publish come first");
	if (t->inactive != KEYTIME_UNSET && t->inactive <= t->activate)
		return err_set(err, DFLOW_USAGE,
		    "the key would be inactive "
		    "before it is active; let activate come first");
	if (t->remove != KEYTIME_UNSET &&
	    (t->remove <= t->activate ||
		(t->inactive != KEYTIME_UNSET && t->remove < t->inactive)))
		return err_set(err, DFLOW_USAGE,
		    "the key would be deleted "
		    "while it signs; let inactive come first");
	return DFLOW_OK;
}

bool
keymake_collides(const struct keylist *list, const struct dnskey *key)
{
	uint16_t revoked = dnskey_tag_revoked(key->rdata, key->rdata_len);
	size_t i;

	for (i = 0; i < list->count; i++) {
		const struct dnskey *k = &list->keys[i]->key;
		uint16_t other = dnskey_tag_revoked(k->rdata, k->rdata_len);

		if (k->tag == key->tag || k->tag == revoked ||
		    other == key->tag || other == revoked)
			return true;
	}
	return false;
}

/* dir/name and an ending. */
static enum dflow_status
path_of(const struct making *m, const char *ending, char out[KEYFILE_PATH_MAX],
    struct dflow_err *err)
{
	int n = snprintf(
	    out, KEYFILE_PATH_MAX, "%s/%s%s", m->p->dir, m->name, ending);

	if (n < 0 || n >= KEYFILE_PATH_MAX)
		return err_set(err, DFLOW_FAILED,
		    "%s: the key's path would "
		    "be too long; use a shorter folder",
		    m->p->dir);
	return DFLOW_OK;
}

/* True if a file of the key's name is there, whole pair or not. */
static enum dflow_status
name_taken(const struct making *m, bool *taken, struct dflow_err *err)
{
	static const char *const endings[] = {
	    ".private", ".pem", ".key", ".ds"};
	char path[KEYFILE_PATH_MAX];
	enum dflow_status status;
	size_t i;

	*taken = false;
	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		status = path_of(m, endings[i], path, err);
		if (status != DFLOW_OK)
			return status;
		if (os_exists(path))
			*taken = true;
	}
	return DFLOW_OK;
}

/* Makes one pair and its DNSKEY. */
static enum dflow_status
make_pair(struct making *m, struct dflow_err *err)
{
	const struct pkey_alg *alg = pkey_alg(m->p->alg->number);
	uint16_t flags = DNSKEY_FLAG_ZONE;
	enum dflow_status status;
	size_t len = 0;

	EVP_PKEY_free(m->pkey);
	m->pkey = NULL;
	status = pkey_make(alg, m->bits, &m->pkey, err);
	if (status == DFLOW_OK)
		status = pkey_field(m->pkey, alg, m->rdata + 4, &len, err);
	if (status != DFLOW_OK)
		return status;
	if (m->p->ksk)
		flags |= DNSKEY_FLAG_SEP;
	m->rdata[0] = (uint8_t)(flags >> 8);
	m->rdata[1] = (uint8_t)flags;
	m->rdata[2] = DNSKEY_PROTOCOL;
	m->rdata[3] = alg->number;
	if (!dnskey_view(m->rdata, 4 + len, &m->key))
		return err_set(err, DFLOW_FAILED, "the new key has no bytes");
	status = dnskey_check(&m->key, err);
	if (status == DFLOW_OK)
		keyfile_name(m->p->zone, alg->number, m->key.tag, m->name);
	return status;
}

static enum dflow_status
make_unique(struct making *m, struct dflow_err *err)
{
	enum dflow_status status;
	bool taken;
	int i;

	for (i = 0; i < TRIES_MAX; i++) {
		status = make_pair(m, err);
		if (status == DFLOW_OK)
			status = name_taken(m, &taken, err);
		if (status != DFLOW_OK)
			return status;
		if (!taken && !keymake_collides(&m->list, &m->key))
			return DFLOW_OK;
	}
	return err_set(err, DFLOW_FAILED,
	    "%s: %d new keys in turn had the tag "
	    "of one that is there; move old keys out of the folder",
	    m->p->dir, TRIES_MAX);
}

static enum dflow_status
write_private(
    const struct making *m, char path[KEYFILE_PATH_MAX], struct dflow_err *err)
{
	struct secret *text = NULL;
	enum dflow_status status;

	status = path_of(m, ".private", path, err);
	if (status == DFLOW_OK)
		status =
		    private_write(m->pkey, m->p->alg, &m->times, &text, err);
	if (status == DFLOW_OK)
		status = os_write_new(
		    path, MODE_PRIVATE, text->data, text->len, err);
	secret_free(&text);
	return status;
}

static enum dflow_status
write_pem(
    const struct making *m, char path[KEYFILE_PATH_MAX], struct dflow_err *err)
{
	enum dflow_status status;
	struct buf text;

	buf_init(&text, PRIVATE_FILE_MAX);
	status = path_of(m, ".pem", path, err);
	if (status == DFLOW_OK)
		status = pem_write(m->pkey, m->pass, &text, err);
	if (status == DFLOW_OK)
		status =
		    os_write_new(path, MODE_PRIVATE, text.data, text.len, err);
	buf_free(&text);
	return status;
}

static void
put_public(const struct making *m, struct buf *out)
{
	char zone[NAME_TEXT_SIZE];
	char b64[BASE64_LEN(PKEY_FIELD_MAX)];
	size_t len = base64_encode(m->key.key, m->key.key_len, b64);

	name_text(m->p->zone, zone);
	buf_printf(out, "; %s of %s tag %u, algorithm %u (%s)\n",
	    m->p->ksk ? "Key-signing key" : "Zone-signing key", zone,
	    (unsigned)m->key.tag, (unsigned)m->key.algorithm,
	    m->p->alg->mnemonic);
	keytimes_put_comments(out, &m->times);
	buf_printf(out, "%s ", zone);
	if (m->p->ttl != 0)
		buf_printf(out, "%lu ", (unsigned long)m->p->ttl);
	buf_printf(out, "IN DNSKEY %u %u %u ", (unsigned)m->key.flags,
	    (unsigned)m->key.protocol, (unsigned)m->key.algorithm);
	buf_put(out, b64, len);
	buf_str(out, "\n");
}

static void
put_ds(const struct making *m, struct buf *out)
{
	char zone[NAME_TEXT_SIZE], hex[HEX_LEN(DS_RDATA_MAX)];
	uint8_t ds[DS_RDATA_MAX];
	size_t len = dnskey_ds(m->p->zone, &m->key, DS_SHA256, ds);

	if (len == 0) {
		out->failed = true;
		return;
	}
	name_text(m->p->zone, zone);
	buf_printf(out, "%s IN DS %u %u %u ", zone, (unsigned)m->key.tag,
	    (unsigned)m->key.algorithm, (unsigned)DS_SHA256);
	buf_put(out, hex, hex_encode(ds + 4, len - 4, hex));
	buf_str(out, "\n");
}

static enum dflow_status
write_public(const struct making *m, const char *ending,
    void (*put)(const struct making *m, struct buf *out),
    char path[KEYFILE_PATH_MAX], struct dflow_err *err)
{
	enum dflow_status status;
	struct buf text;

	buf_init(&text, PUBLIC_FILE_MAX);
	put(m, &text);
	status = buf_check(&text, "a key file", err);
	if (status == DFLOW_OK)
		status = path_of(m, ending, path, err);
	if (status == DFLOW_OK)
		status =
		    os_write_new(path, MODE_PUBLIC, text.data, text.len, err);
	buf_free(&text);
	return status;
}

/* All files or none; those of others are not touched. */
static enum dflow_status
write_files(const struct making *m, struct dflow_err *err)
{
	char private[KEYFILE_PATH_MAX], public[KEYFILE_PATH_MAX];
	char ds[KEYFILE_PATH_MAX];
	enum dflow_status status;

	if (m->pass != NULL)
		status = write_pem(m, private, err);
	else
		status = write_private(m, private, err);
	if (status != DFLOW_OK)
		return status;
	status = write_public(m, ".key", put_public, public, err);
	if (status != DFLOW_OK) {
		os_remove(private);
		return status;
	}
	if (!m->p->ksk)
		return DFLOW_OK;
	status = write_public(m, ".ds", put_ds, ds, err);
	if (status != DFLOW_OK) {
		os_remove(public);
		os_remove(private);
	}
	return status;
}

static enum dflow_status
ask_passphrase(struct making *m, struct dflow_err *err)
{
	char prompt[NAME_TEXT_SIZE + 64], zone[NAME_TEXT_SIZE];

	name_text(m->p->zone, zone);
	snprintf(
	    prompt, sizeof(prompt), "Passphrase for the new key of %s: ", zone);
	return os_passphrase(prompt, m->p->pass.fd, true, &m->pass, err);
}

enum dflow_status
keymake(
    const struct keymake *p, char base[KEYFILE_NAME_MAX], struct dflow_err *err)
{
	struct making m = {.p = p};
	enum dflow_status status;

	status = check_bits(&m, err);
	if (status != DFLOW_OK)
		return status;
	fill_times(&m);
	status = check_times(&m.times, err);
	if (status == DFLOW_OK)
		status = keylist_read(p->dir, p->zone, &m.list, err);
	if (status == DFLOW_OK && p->encrypt)
		status = ask_passphrase(&m, err);
	if (status == DFLOW_OK)
		status = make_unique(&m, err);
	if (status == DFLOW_OK)
		status = write_files(&m, err);
	if (status == DFLOW_OK)
		memcpy(base, m.name, sizeof(m.name));
	EVP_PKEY_free(m.pkey);
	secret_free(&m.pass);
	keylist_free(&m.list);
	return status;
}
