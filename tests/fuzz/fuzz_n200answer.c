/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An answer of the N200 to anything: a signature, a list of keys, an error. */
#include <cjson/cJSON.h>

#include "keys/n200answer.h"
#include "keys/n200sign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The first byte is the status and the reading. */
static size_t
read_as(const struct cJSON *tree, uint8_t how)
{
	struct dflow_n200_key k;
	struct n200_sign s;
	const cJSON *entry;
	uint8_t sig[96];
	uint64_t number;
	size_t taken = 0;

	n200_sign_defaults(&s);
	s.format = (enum n200_format)(how % N200_FORMATS);
	s.apart = (how & 4) != 0;
	s.result[1][0] = 's';
	s.result_encoding = (enum n200_encoding)(1 + how / 8 % 3);
	taken += n200_sign_answer(&s, tree, how & 32 ? 32 : 48, sig, NULL) ==
		 DFLOW_OK;
	taken += n200_number(n200_at(tree, "result"), &number);
	cJSON_ArrayForEach(entry, n200_at(tree, "result")) taken +=
	    entry->string != NULL && n200_key_read(entry->string, entry, &k);
	return taken;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct redact none = {.count = 0};
	struct dflow_err err = {0};
	struct cJSON *tree = NULL;
	struct https_answer a;
	size_t taken = 0;

	if (len == 0 || len > HTTPS_ANSWER_MAX)
		return 0;
	a.status = (data[0] & 0xc0) == 0xc0 ? 500 : 200;
	a.data = data + 1;
	a.len = len - 1;
	if (n200_answer(&a, "sign", &none, &tree, &err) == DFLOW_OK)
		taken = read_as(tree, data[0]);
	else
		taken = n200_answer_locks(&err);
	(void)taken; /* any word of it is fine */
	cJSON_Delete(tree);
	return 0;
}
