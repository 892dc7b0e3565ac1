/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes BIND's private key files, v1.3: with the key in them, or with the
 * name of one that is in a device.
 */
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/encode.h"
#include "keys/pkey.h"
#include "keys/private.h"
#include "keys/private_form.h"

/* Appends "Name: base64\n". */
static enum dflow_status
put_part(struct secret *out, const char *name, const struct secret *part,
    struct dflow_err *err)
{
	size_t len = BASE64_LEN(part->len);
	enum dflow_status status;

	status = secret_put(out, name, strlen(name), err);
	if (status == DFLOW_OK)
		status = secret_put(out, ": ", 2, err);
	if (status != DFLOW_OK)
		return status;
	if (out->cap - out->len < len)
		return err_set(err, DFLOW_FAILED,
		    "a private key is too long "
		    "for its file");
	out->len +=
	    base64_encode(part->data, part->len, (char *)out->data + out->len);
	return secret_put(out, "\n", 1, err);
}

/* The version and the algorithm; or the times: nothing secret. */
static enum dflow_status
put_public(struct secret *out, const struct alg *alg,
    const struct keytimes *times, struct dflow_err *err)
{
	enum dflow_status status;
	struct buf b;

	buf_init(&b, PRIVATE_FILE_MAX);
	if (alg != NULL)
		buf_printf(&b, "%s: v1.3\n%s: %u (%s)\n", private_form_version,
		    private_form_algorithm, (unsigned)alg->number,
		    alg->mnemonic);
	if (times != NULL)
		keytimes_put_fields(&b, times);
	status = buf_check(&b, "a private key file", err);
	if (status == DFLOW_OK)
		status = secret_put(out, b.data, b.len, err);
	buf_free(&b);
	return status;
}

static enum dflow_status
put_key(struct secret *out, EVP_PKEY *pkey, const struct alg *alg,
    struct dflow_err *err)
{
	const struct pkey_alg *pa = pkey_alg(alg->number);
	bool rsa = pa->kind == PKEY_RSA;
	size_t i, count = rsa ? PKEY_PARTS : 1;
	struct secret *part = NULL;
	enum dflow_status status;

	for (i = 0; i < count; i++) {
		status = pkey_part_get(pkey, pa, i, &part, err);
		if (status == DFLOW_OK)
			status = put_part(out,
			    private_form_keys[rsa ? i
						  : PRIVATE_FORM_PRIVATEKEY],
			    part, err);
		secret_free(&part);
		if (status != DFLOW_OK)
			return status;
	}
	return DFLOW_OK;
}

/* Appends "Name: base64\n" of a text and its NUL, as BIND does. */
static enum dflow_status
put_text(struct secret *out, const char *name, const char *text,
    struct dflow_err *err)
{
	struct secret *part = NULL;
	size_t size = strlen(text) + 1;
	enum dflow_status status = secret_new(size, &part, err);

	if (status == DFLOW_OK)
		status = secret_put(part, text, size, err);
	if (status == DFLOW_OK)
		status = put_part(out, name, part, err);
	secret_free(&part);
	return status;
}

/* Where the key is: "DEVICE:..." */
static enum dflow_status
put_label(struct secret *out, const char *label, struct dflow_err *err)
{
	size_t engine_len = strcspn(label, ":");
	char engine[KEYFILE_LABEL_MAX];
	enum dflow_status status;

	if (strlen(label) >= KEYFILE_LABEL_MAX)
		return err_set(err, DFLOW_FAILED,
		    "a device's name for a key exceeds %d bytes",
		    KEYFILE_LABEL_MAX - 1);
	memcpy(engine, label, engine_len);
	engine[engine_len] = '\0';
	status = put_text(out, private_form_engine, engine, err);
	if (status == DFLOW_OK)
		status = put_text(out, private_form_label, label, err);
	return status;
}

static enum dflow_status
begin(const struct alg *alg, struct secret **out, struct dflow_err *err)
{
	enum dflow_status status = secret_new(PRIVATE_FILE_MAX, out, err);

	return status == DFLOW_OK ? put_public(*out, alg, NULL, err) : status;
}

/* Hands the text over, or, if status says that it is not whole, drops it. */
static enum dflow_status
end(enum dflow_status status, const struct keytimes *times,
    struct secret **text, struct secret **out, struct dflow_err *err)
{
	if (status == DFLOW_OK)
		status = put_public(*text, NULL, times, err);
	if (status == DFLOW_OK)
		*out = *text; /* transferred */
	else
		secret_free(text);
	return status;
}

enum dflow_status
private_write(EVP_PKEY *pkey, const struct alg *alg,
    const struct keytimes *times, struct secret **out, struct dflow_err *err)
{
	struct secret *text = NULL;
	enum dflow_status status = begin(alg, &text, err);

	if (status == DFLOW_OK)
		status = put_key(text, pkey, alg, err);
	return end(status, times, &text, out, err);
}

enum dflow_status
private_write_label(const char *label, const struct alg *alg,
    const struct keytimes *times, struct secret **out, struct dflow_err *err)
{
	struct secret *text = NULL;
	enum dflow_status status = begin(alg, &text, err);

	if (status == DFLOW_OK)
		status = put_label(text, label, err);
	return end(status, times, &text, out, err);
}
