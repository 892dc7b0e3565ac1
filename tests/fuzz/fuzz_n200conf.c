/* SPDX-License-Identifier: GPL-3.0-or-later */
/* n200.conf; a sign object that is taken comes back from its own text. */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "keys/n200conf.h"
#include "keys/n200json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Neither the terminal nor a file is asked for a secret. */
static int
is_quiet(const uint8_t *data, size_t len)
{
	struct n200_json_fault fault;
	cJSON *tree = NULL;
	int quiet = 1;

	if (n200_json_parse(data, len, &tree, &fault))
		quiet = cJSON_GetObjectItem(tree, "pass") != NULL &&
			cJSON_GetObjectItem(tree, "pass_file") == NULL &&
			cJSON_GetObjectItem(tree, "keygen_pin_file") == NULL;
	n200_json_wipe(&tree);
	return quiet;
}

static void
check(const struct n200_conf *c)
{
	char text[DFLOW_N200_SIGN], again[DFLOW_N200_SIGN];
	struct n200_json_fault fault;
	struct n200_sign s;
	cJSON *tree = NULL;

	if (strncmp(c->server, "https://", 8) != 0 || c->pass->len == 0)
		abort();
	if (n200_sign_write(&c->sign, text, NULL) != DFLOW_OK)
		return;
	if (!n200_json_parse(text, strlen(text), &tree, &fault) ||
	    n200_sign_read("fuzz", tree, &s, NULL) != DFLOW_OK ||
	    n200_sign_write(&s, again, NULL) != DFLOW_OK ||
	    strcmp(text, again) != 0)
		abort();
	cJSON_Delete(tree);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct n200_conf *c = NULL;
	struct secret *s = NULL;

	if (len == 0 || len > N200_CONF_FILE_MAX || !is_quiet(data, len))
		return 0;
	if (secret_new(len, &s, NULL) == DFLOW_OK &&
	    secret_put(s, data, len, NULL) == DFLOW_OK &&
	    n200_conf_parse("fuzz", s, &c, NULL) == DFLOW_OK)
		check(c);
	n200_conf_free(&c);
	secret_free(&s);
	return 0;
}
