/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the url's parts (RFC 3986). Refuses what is not encrypted, what would
 * carry a password to where urls are logged, and all spellings that another
 * reader might take for another place.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "keys/n200conf.h"
#include "keys/n200url.h"

enum { PORT_MAX = 65535 };

static const char scheme[] = "https://";
static const char post[] = "/web/postv1";

/* 1 to 65535 in digits. */
static bool
is_port(const char *text, size_t len)
{
	unsigned v = 0;

	if (len == 0 || len > 5)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		v = v * 10 + (unsigned)(text[i] - '0');
	}
	return v >= 1 && v <= PORT_MAX;
}

static bool
is_made_of(const char *text, size_t len, const char *fine)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\0' || strchr(fine, text[i]) == NULL)
			return false;
	return len > 0;
}

bool
n200_url_host(const char *text, size_t len)
{
	static const char name[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz0123456789.-_";
	static const char v6[] = "0123456789abcdefABCDEF:.";
	const char *end = text + len, *p;
	size_t host;

	if (len > 0 && text[0] == '[') {
		p = memchr(text, ']', len);
		if (p == NULL ||
		    !is_made_of(text + 1, (size_t)(p - text - 1), v6))
			return false;
		p++;
	} else {
		p = memchr(text, ':', len);
		if (p == NULL)
			p = end;
		host = (size_t)(p - text);
		if (!is_made_of(text, host, name) || text[0] == '-')
			return false;
	}
	return p == end || (*p == ':' && is_port(p + 1, (size_t)(end - p - 1)));
}

/* "/n200": no empty part and none of dots alone; "" is fine too. */
static bool
is_base(const char *text, size_t len)
{
	static const char fine[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz0123456789-._~";

	while (len > 0) {
		const char *next;
		size_t part;

		text++; /* the slash */
		len--;
		next = memchr(text, '/', len);
		part = next == NULL ? len : (size_t)(next - text);
		if (!is_made_of(text, part, fine) || strspn(text, ".") >= part)
			return false;
		text += part;
		len -= part;
	}
	return true;
}

/* Behind the scheme; NULL, or why not. */
static const char *
check_rest(const char *rest, size_t host)
{
	const char *path = rest + host;
	size_t len = strlen(path), end = sizeof(post) - 1;

	if (memchr(rest, '@', host) != NULL)
		return "name the user as user and the password as pass or "
		       "pass_file, not in the url";
	if (strpbrk(rest, "?#") != NULL)
		return "give it without '?' and '#'";
	if (!n200_url_host(rest, host))
		return "its host is not HOST, HOST:PORT or [v6]:PORT";
	if (len < end || strcmp(path + len - end, post) != 0)
		return "give https://HOST/n200/web/postv1, which ends in "
		       "/web/postv1";
	if (!is_base(path, len - end))
		return "its path has more than letters, digits, '-', '.', '_' "
		       "and '~' between single slashes";
	return NULL;
}

const char *
n200_url_split(
    const char *url, char server[N200_CONF_TEXT], char base[N200_CONF_TEXT])
{
	const char *rest = url + sizeof(scheme) - 1, *why;
	size_t host, len;

	if (strncasecmp(url, "http://", 7) == 0)
		return "http would send the password and PINs in clear; use "
		       "https";
	if (strncasecmp(url, scheme, sizeof(scheme) - 1) != 0)
		return "give https://HOST/n200/web/postv1";
	host = strcspn(rest, "/?#");
	why = check_rest(rest, host);
	if (why != NULL)
		return why;
	(void)snprintf(
	    server, N200_CONF_TEXT, "%s%.*s", scheme, (int)host, rest);
	len = strlen(rest + host) - (sizeof(post) - 1);
	memcpy(base, rest + host, len);
	base[len] = '\0';
	return NULL;
}
