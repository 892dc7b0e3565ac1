/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plain key request from its file. */
#ifndef TESTS_REQUESTS_H
#define TESTS_REQUESTS_H

#include <check.h>

#include "base/os.h"
#include "exchange/request.h"

static inline struct request *
requests_read(const char *path)
{
	struct request *r = NULL;
	struct dflow_err err;
	struct buf text;

	buf_init(&text, REQUEST_BYTES_MAX);
	ck_assert_msg(os_read(path, REQUEST_BYTES_MAX, &text, &err) == DFLOW_OK,
	    "%s", err.text);
	ck_assert_msg(request_parse(path, (const char *)text.data, text.len, &r,
			  &err) == DFLOW_OK,
	    "%s", err.text);
	buf_free(&text);
	return r;
}

#endif
