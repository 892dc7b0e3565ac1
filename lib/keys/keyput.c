/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the way of a private key from its file into a device. Nothing is sent
 * before it is clear that the files, which name the device's key, can be
 * written; the device must then tell the public key that is the file's.
 */
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/os.h"
#include "keys/file.h"
#include "keys/keyput.h"
#include "keys/keywrite.h"
#include "keys/n200.h"
#include "keys/pkey.h"
#include "keys/private.h"

struct putting {
	const struct keyput *p;
	struct keyfile *k;
	struct secret *scalar;
	const char *name; /* in the device */
	char zone[NAME_TEXT_SIZE]; /* without its last dot */
};

static enum dflow_status
read_scalar(struct putting *u, struct dflow_err *err)
{
	const struct pkey_alg *alg = pkey_alg(u->k->key.algorithm);
	EVP_PKEY *pkey = NULL;
	enum dflow_status status;

	if (u->k->label[0] != '\0')
		return err_set(err, DFLOW_REFUSED,
		    "%s: its private key is in a device already (%s); name "
		    "the pair whose private key is in a file",
		    u->k->from, u->k->label);
	if (alg == NULL || alg->kind != PKEY_EC)
		return err_set(err, DFLOW_REFUSED,
		    "%s: algorithm %u; the device takes keys of 13 and 14, "
		    "ECDSA, alone",
		    u->k->from, u->k->key.algorithm);
	status = file_private(u->k, &u->p->pass, &pkey, err);
	if (status == DFLOW_OK)
		status = pkey_part_get(pkey, alg, 0, &u->scalar, err);
	EVP_PKEY_free(pkey);
	return status;
}

static struct keywrite
files_of(const struct putting *u)
{
	return (struct keywrite){.dir = u->p->dir,
	    .zone = u->k->owner,
	    .key = &u->k->key,
	    .times = &u->k->times,
	    .ttl_s = u->k->ttl};
}

static enum dflow_status
check_folder(const struct putting *u, struct dflow_err *err)
{
	struct keywrite files = files_of(u);
	enum dflow_status status;
	bool taken;

	status = keywrite_taken(&files, &taken, err);
	if (status == DFLOW_OK && taken)
		status = err_set(err, DFLOW_REFUSED,
		    "%s has files of this key already, and the private key "
		    "may be one of them; give another folder by -K for those "
		    "that name it in the device",
		    u->p->dir);
	return status;
}

static enum dflow_status
write_files(const struct putting *u, const struct dflow_n200_key *key,
    char base[KEYFILE_NAME_MAX], struct dflow_err *err)
{
	const struct alg *alg = alg_find(u->k->key.algorithm);
	struct keywrite files = files_of(u);
	char label[KEYFILE_LABEL_MAX];
	struct dflow_err why = {0};
	struct secret *text = NULL;
	enum dflow_status status;

	snprintf(label, sizeof(label), N200_PREFIX "%s", key->key_id);
	status = private_write_label(label, alg, &u->k->times, &text, &why);
	if (status == DFLOW_OK)
		status = keywrite(&files,
		    &(struct keywrite_private){
			".private", text->data, text->len},
		    base, &why);
	secret_free(&text);
	if (status == DFLOW_OK)
		return status;
	return err_set(err, status,
	    "%s; the key is in the device as \"%s\": mend this, then have its "
	    "files written by keygen --n200 --n200-existing",
	    why.text, u->name);
}

static enum dflow_status
put(struct putting *u, char base[KEYFILE_NAME_MAX], struct dflow_err *err)
{
	const struct dnskey *pub = &u->k->key;
	const struct dflow_n200_key *key = NULL;
	enum dflow_status status;

	status = n200_import(u->p->n200, u->name, u->scalar, &key, err);
	if (status != DFLOW_OK)
		return status;
	if (n200_algorithm(key) != pub->algorithm ||
	    key->public_len != pub->key_len ||
	    memcmp(key->public_key, pub->key, pub->key_len) != 0)
		return err_set(err, DFLOW_REFUSED,
		    "\"%s\" in the device has another public key than %s; do "
		    "not use it, and have the device's key deleted",
		    u->name, u->k->from);
	return write_files(u, key, base, err);
}

enum dflow_status
keyput(
    const struct keyput *p, char base[KEYFILE_NAME_MAX], struct dflow_err *err)
{
	struct putting u = {.p = p};
	enum dflow_status status = keyfile_read(p->key, &u.k, err);

	if (status != DFLOW_OK)
		return status;
	name_text(u.k->owner, u.zone);
	if (strlen(u.zone) > 1)
		u.zone[strlen(u.zone) - 1] = '\0';
	u.name = p->n200_name != NULL ? p->n200_name : u.zone;
	status = check_folder(&u, err);
	if (status == DFLOW_OK)
		status = read_scalar(&u, err);
	if (status == DFLOW_OK)
		status = put(&u, base, err);
	secret_free(&u.scalar);
	keyfile_free(&u.k);
	return status;
}
