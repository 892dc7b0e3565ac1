/* SPDX-License-Identifier: GPL-3.0-or-later */
/* n200.conf: the vendor's keys, and ours beside them (n200.conf(5)). */
#ifndef KEYS_N200CONF_H
#define KEYS_N200CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/secret.h"
#include "keys/n200sign.h"

enum {
	N200_CONF_FILE_MAX = 65536, /* bytes */
	N200_CONF_TEXT = 1024, /* a path or host, and a NUL */
	N200_CONNECTIONS = 4, /* the defaults */
	N200_TIMEOUT_S = 30,
	N200_RETRIES = 3,
	N200_LOG_CONNECTIONS = 10, /* from this log_level on */
};

struct n200_conf {
	char file[N200_CONF_TEXT]; /* its own path, for messages */
	char server[N200_CONF_TEXT]; /* of url: https://HOST[:PORT] */
	char base[N200_CONF_TEXT]; /* of url: the path before /web/postv1 */
	char address[N200_CONF_TEXT]; /* HOST[:PORT]; "" */
	char tlscert[N200_CONF_TEXT];
	char user[N200_CONF_TEXT];
	struct secret *pass;
	struct secret *pin; /* NULL: the device has it */
	unsigned core;
	unsigned log_level; /* 0: no log */
	char log_output[N200_CONF_TEXT];
	unsigned timeout_s;
	unsigned connections;
	unsigned retries;
	struct n200_sign sign;
};

/*
 * Reads it. DFLOW_REFUSED if others can read it, or a file of a secret that
 * it names. DFLOW_FAILED "file:line: ..." or "file: KEY: ..." for JSON that is
 * broken, keys that are unknown, twice there or missing, values out of range,
 * a url that is not https://HOST[:PORT]/.../web/postv1 or holds a password.
 * No message quotes a secret. Asks on the terminal where the file says so.
 */
DFLOW_NODISCARD enum dflow_status n200_conf_read(
    const char *path, struct n200_conf **out, struct dflow_err *err);
/* The same for text at hand; file is for messages. */
DFLOW_NODISCARD enum dflow_status n200_conf_parse(const char *file,
    const struct secret *text, struct n200_conf **out, struct dflow_err *err);
void n200_conf_free(struct n200_conf **c);

#endif
