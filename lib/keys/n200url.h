/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the N200 is. */
#ifndef KEYS_N200URL_H
#define KEYS_N200URL_H

#include <stdbool.h>
#include <stddef.h>

#include "keys/n200conf.h"

/*
 * Splits https://HOST[:PORT]/PATH/web/postv1, shorter than N200_CONF_TEXT, to
 * https://HOST[:PORT] and /PATH. Returns NULL, or why not, without a word of
 * the url: there may be a password in it.
 */
const char *n200_url_split(
    const char *url, char server[N200_CONF_TEXT], char base[N200_CONF_TEXT]);

/* True for HOST, HOST:PORT, [v6] and [v6]:PORT. */
bool n200_url_host(const char *text, size_t len);

#endif
