/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON of tests, read as n200.conf and answers are. */
#ifndef TESTS_N200TREE_H
#define TESTS_N200TREE_H

#include <check.h>
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "keys/n200json.h"

/* From a block of just its size: an overread is then seen. */
static inline cJSON *
tree_of(const char *text)
{
	struct n200_json_fault fault = {0};
	size_t len = strlen(text);
	char *block = malloc(len == 0 ? 1 : len);
	cJSON *tree = NULL;

	ck_assert_ptr_nonnull(block);
	memcpy(block, text, len);
	ck_assert_msg(n200_json_parse(block, len, &tree, &fault), "%s: %zu: %s",
	    text, fault.line, fault.why);
	free(block);
	return tree;
}

#endif
