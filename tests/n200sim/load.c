/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --load: private keys from files, as if they had been made in the device. */
#include <stdio.h>
#include <string.h>

#include "sim.h"

/* One NAME=VALUE or NAME. */
static bool
set_fact(struct devkey *k, const char *fact)
{
	const struct {
		const char *name;
		char *to;
	} texts[] = {
	    {"nice_name=", k->nice_name},
	    {"key_id=", k->key_id},
	    {"token_name=", k->token_name},
	    {"id=", k->id},
	    {"owner=", k->owner},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t len = strlen(texts[i].name);

		if (strncmp(fact, texts[i].name, len) == 0) {
			snprintf(texts[i].to, DEVICE_TEXT, "%s", fact + len);
			return true;
		}
	}
	if (strcmp(fact, "core=1") == 0 || strcmp(fact, "core=2") == 0) {
		k->core = (unsigned)(fact[5] - '0');
		return true;
	}
	if (strcmp(fact, "nopin") == 0) {
		k->pin[0] = '\0';
		return true;
	}
	return false;
}

bool
sim_load(struct sim *s, const char *text)
{
	struct devkey k = {
	    .acl = "FFFF",
	    .owner = "pkmaster",
	    .pin = DEVICE_TEST_PIN,
	    .type = "NIST",
	    .core = 1,
	    .created = sim_now(s),
	};
	char copy[4096];
	char *save = NULL;
	char *file = NULL;

	if (strlen(text) >= sizeof(copy))
		return false;
	memcpy(copy, text, strlen(text) + 1);
	file = strtok_r(copy, ",", &save);
	if (file == NULL)
		return false;
	for (char *fact = strtok_r(NULL, ",", &save); fact != NULL;
	     fact = strtok_r(NULL, ",", &save))
		if (!set_fact(&k, fact))
			return false;
	/* A key id of one's own is its label too, unless that is told. */
	if (k.key_id[0] != '\0' && k.token_name[0] == '\0')
		memcpy(k.token_name, k.key_id, sizeof(k.token_name));
	k.pkey = eckey_read(file);
	if (k.pkey == NULL)
		return false;
	k.bits = (unsigned)EVP_PKEY_get_bits(k.pkey);
	return device_add(&s->device, &k) != NULL;
}
