/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the making of a key: its pair, made here or in a device, and a tag of
 * its own; keys/keywrite has its files. Refuses times that contradict each
 * other and a clock that was never set.
 */
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/os.h"
#include "base/when.h"
#include "keys/keymake.h"
#include "keys/keywrite.h"
#include "keys/n200.h"
#include "keys/pem.h"
#include "keys/pkey.h"
#include "keys/private.h"

enum { TRIES_MAX = 200 };

/* A key in the making. */
struct making {
	const struct keymake *p;
	struct keytimes times;
	unsigned bits;
	struct keylist list; /* the keys that are there already */
	struct secret *pass; /* NULL: not encrypted */
	EVP_PKEY *pkey; /* NULL: in the device, by the name of */
	char label[KEYFILE_LABEL_MAX];
	uint8_t rdata[4 + PKEY_FIELD_MAX];
	struct dnskey key; /* a view of rdata */
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

static enum dflow_status
check_times(const struct keytimes *t, struct dflow_err *err)
{
	enum dflow_status st = keytimes_check(t, err);

	if (st == DFLOW_OK && t->created < WHEN_SANE_MIN)
		return err_set(err, DFLOW_REFUSED,
		    "the clock is before "
		    "2020-09-13, so it was never set; set it");
	return st;
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

/* The DNSKEY of a public key field that stands behind its first 4 bytes. */
static enum dflow_status
fill_key(struct making *m, uint8_t algorithm, size_t len, struct dflow_err *err)
{
	uint16_t flags = DNSKEY_FLAG_ZONE;

	if (m->p->ksk)
		flags |= DNSKEY_FLAG_SEP;
	m->rdata[0] = (uint8_t)(flags >> 8);
	m->rdata[1] = (uint8_t)flags;
	m->rdata[2] = DNSKEY_PROTOCOL;
	m->rdata[3] = algorithm;
	if (!dnskey_view(m->rdata, 4 + len, &m->key))
		return err_set(err, DFLOW_FAILED, "the new key has no bytes");
	return dnskey_check(&m->key, err);
}

static struct keywrite
files_of(const struct making *m)
{
	return (struct keywrite){.dir = m->p->dir,
	    .zone = m->p->zone,
	    .key = &m->key,
	    .times = &m->times,
	    .ttl_s = m->p->ttl};
}

/* Makes one pair and its DNSKEY. */
static enum dflow_status
make_pair(struct making *m, struct dflow_err *err)
{
	const struct pkey_alg *alg = pkey_alg(m->p->alg->number);
	enum dflow_status status;
	size_t len = 0;

	EVP_PKEY_free(m->pkey);
	m->pkey = NULL;
	status = pkey_make(alg, m->bits, &m->pkey, err);
	if (status == DFLOW_OK)
		status = pkey_field(m->pkey, alg, m->rdata + 4, &len, err);
	if (status == DFLOW_OK)
		status = fill_key(m, alg->number, len, err);
	return status;
}

static enum dflow_status
make_unique(struct making *m, struct dflow_err *err)
{
	struct keywrite files = files_of(m);
	enum dflow_status status;
	bool taken;
	int i;

	for (i = 0; i < TRIES_MAX; i++) {
		status = make_pair(m, err);
		if (status == DFLOW_OK)
			status = keywrite_taken(&files, &taken, err);
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

/* A key in the device stays there: one that will not do is not made again. */
static enum dflow_status
check_device_key(struct making *m, struct dflow_err *err)
{
	struct keywrite files = files_of(m);
	enum dflow_status status;
	bool taken;

	status = keywrite_taken(&files, &taken, err);
	if (status != DFLOW_OK)
		return status;
	if (taken)
		return err_set(err, DFLOW_REFUSED,
		    "%s: the files of key %u of algorithm %u are there "
		    "already; give another folder",
		    m->p->dir, m->key.tag, m->key.algorithm);
	if (keymake_collides(&m->list, &m->key))
		return err_set(err, DFLOW_REFUSED,
		    "%s: the device's key \"%s\" has the tag %u of a key that "
		    "is there; make another one, of another name",
		    m->p->dir, m->p->n200_name, m->key.tag);
	return DFLOW_OK;
}

static enum dflow_status
make_in_device(struct making *m, struct dflow_err *err)
{
	const struct keymake *p = m->p;
	const struct dflow_n200_key *key = NULL;
	enum dflow_status status;
	uint8_t algorithm;

	if (p->n200_existing)
		status = n200_find(p->n200, p->n200_name, &key, err);
	else
		status = n200_make(p->n200, p->n200_name, m->bits, &key, err);
	if (status != DFLOW_OK)
		return status;
	algorithm = n200_algorithm(key);
	if (algorithm == 0 || (p->alg != NULL && algorithm != p->alg->number))
		return err_set(err, DFLOW_REFUSED,
		    "the device's key \"%s\" is %s; name another", p->n200_name,
		    algorithm == 0 ? "not one of P-256 or P-384"
				   : "of another algorithm than is asked for");
	snprintf(m->label, sizeof(m->label), N200_PREFIX "%s", key->key_id);
	memcpy(m->rdata + 4, key->public_key, key->public_len);
	status = fill_key(m, algorithm, key->public_len, err);
	if (status == DFLOW_OK)
		status = check_device_key(m, err);
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

static enum dflow_status
write_pem(
    const struct making *m, char base[KEYFILE_NAME_MAX], struct dflow_err *err)
{
	struct keywrite files = files_of(m);
	enum dflow_status status;
	struct buf text;

	buf_init(&text, PRIVATE_FILE_MAX);
	status = pem_write(m->pkey, m->pass, &text, err);
	if (status == DFLOW_OK)
		status = keywrite(&files,
		    &(struct keywrite_private){".pem", text.data, text.len},
		    base, err);
	buf_free(&text);
	return status;
}

static enum dflow_status
write_private(
    const struct making *m, char base[KEYFILE_NAME_MAX], struct dflow_err *err)
{
	const struct alg *alg = alg_find(m->key.algorithm);
	struct keywrite files = files_of(m);
	struct secret *text = NULL;
	enum dflow_status status;

	if (m->pkey == NULL)
		status =
		    private_write_label(m->label, alg, &m->times, &text, err);
	else
		status = private_write(m->pkey, alg, &m->times, &text, err);
	if (status == DFLOW_OK)
		status = keywrite(&files,
		    &(struct keywrite_private){
			".private", text->data, text->len},
		    base, err);
	secret_free(&text);
	return status;
}

/* Files for a key that is in the device by now, whatever comes. */
static enum dflow_status
write_device(
    const struct making *m, char base[KEYFILE_NAME_MAX], struct dflow_err *err)
{
	struct dflow_err why = {0};
	enum dflow_status status = write_private(m, base, &why);

	if (status == DFLOW_OK)
		return status;
	return err_set(err, status,
	    "%s; the key is in the device as \"%s\": mend this, then have its "
	    "files written by keygen --n200 --n200-existing",
	    why.text, m->p->n200_name);
}

static enum dflow_status
make_and_write(
    struct making *m, char base[KEYFILE_NAME_MAX], struct dflow_err *err)
{
	enum dflow_status status;

	if (m->p->n200 != NULL) {
		status = make_in_device(m, err);
		return status == DFLOW_OK ? write_device(m, base, err) : status;
	}
	if (m->p->encrypt) {
		status = ask_passphrase(m, err);
		if (status != DFLOW_OK)
			return status;
	}
	status = make_unique(m, err);
	if (status != DFLOW_OK)
		return status;
	return m->pass != NULL ? write_pem(m, base, err)
			       : write_private(m, base, err);
}

enum dflow_status
keymake(
    const struct keymake *p, char base[KEYFILE_NAME_MAX], struct dflow_err *err)
{
	struct making m = {.p = p};
	enum dflow_status status = DFLOW_OK;

	if (p->alg != NULL)
		status = check_bits(&m, err);
	if (status != DFLOW_OK)
		return status;
	fill_times(&m);
	status = check_times(&m.times, err);
	if (status == DFLOW_OK)
		status = keylist_read(p->dir, p->zone, &m.list, err);
	if (status == DFLOW_OK)
		status = make_and_write(&m, base, err);
	EVP_PKEY_free(m.pkey);
	secret_free(&m.pass);
	keylist_free(&m.list);
	return status;
}
