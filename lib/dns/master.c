/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns what makes a line of a master file (RFC 1035 section 5.1): comments,
 * quotation marks, parentheses, escapes, ends of lines. Refuses control
 * characters, NUL among them, and lines that never end.
 */
#include <string.h>

#include "dns/master.h"

void
master_init(struct master *m, const char *file, const char *text, size_t len)
{
	memset(m, 0, sizeof(*m));
	m->file = file;
	m->text = text;
	m->len = len;
	m->next_no = 1;
}

static enum dflow_status
bad(const struct master *m, const char *why, struct dflow_err *err)
{
	return err_at(err, m->file, m->line_no, "%s", why);
}

static bool
at_newline(const struct master *m)
{
	const char *p = m->text + m->at;

	if (*p == '\r')
		return m->at + 1 == m->len || p[1] == '\n';
	return *p == '\n';
}

static void
skip_newline(struct master *m)
{
	if (m->text[m->at] == '\r' && m->at + 1 < m->len)
		m->at++;
	m->at++;
	m->next_no++;
}

static void
skip_comment(struct master *m)
{
	while (m->at < m->len && m->text[m->at] != '\0' && !at_newline(m))
		m->at++;
}

/* A line without the blanks behind it, but an escaped one. */
static void
trim(struct master *m)
{
	while (m->line_len > 0 && m->line[m->line_len - 1] == ' ' &&
	       (m->line_len == 1 || m->line[m->line_len - 2] != '\\'))
		m->line_len--;
	m->line[m->line_len] = '\0';
}

/* An escape keeps the character behind the backslash from having a meaning. */
static enum dflow_status
take_escape(struct master *m, struct dflow_err *err)
{
	m->line[m->line_len++] = '\\';
	m->at++;
	if (m->at == m->len || (unsigned char)m->text[m->at] < 0x20)
		return bad(m, "a backslash ends the line", err);
	m->line[m->line_len++] = m->text[m->at++];
	return DFLOW_OK;
}

/* Takes one character that stands outside of comments. */
static enum dflow_status
take_char(struct master *m, struct dflow_err *err)
{
	char c = m->text[m->at];

	if (c == '\\')
		return take_escape(m, err);
	if (c == '"')
		m->quoted = !m->quoted;
	if (((unsigned char)c < 0x20 && c != '\t') || c == 0x7f)
		return err_at(err, m->file, m->next_no,
		    "a control character (byte %u); this is not a text file "
		    "of DNS records",
		    (unsigned)(unsigned char)c);
	if (!m->quoted && (c == '(' || c == ')')) {
		if (c == '(' ? m->depth > 0 && !m->nested : m->depth == 0)
			return err_at(
			    err, m->file, m->next_no, "a parenthesis too many");
		m->depth = c == '(' ? m->depth + 1 : m->depth - 1;
		c = ' ';
	}
	if (!m->quoted && c == '\t')
		c = ' ';
	m->line[m->line_len++] = c;
	m->at++;
	return DFLOW_OK;
}

/* At the end of a line of the file or of the text: may the RR end here? */
static enum dflow_status
check_end(const struct master *m, struct dflow_err *err)
{
	if (m->quoted)
		return bad(m, "a quotation mark is not closed", err);
	if (m->depth > 0 && m->at == m->len)
		return bad(m, "a parenthesis is not closed", err);
	return DFLOW_OK;
}

enum dflow_status
master_line(struct master *m, struct dflow_err *err)
{
	enum dflow_status status;

	m->line_len = 0;
	m->depth = 0;
	m->quoted = false;
	m->line_no = m->next_no;
	m->indented = m->text[m->at] == ' ' || m->text[m->at] == '\t';
	while (m->at < m->len) {
		/* An escape takes two. */
		if (m->line_len > MASTER_LINE_MAX - 2)
			return err_at(err, m->file, m->line_no,
			    "a record "
			    "exceeds %d characters; this is not a file of "
			    "DNS records",
			    MASTER_LINE_MAX);
		if (at_newline(m)) {
			status = check_end(m, err);
			skip_newline(m);
			if (status != DFLOW_OK || m->depth == 0)
				goto out;
			m->line[m->line_len++] = ' ';
		} else if (m->text[m->at] == ';' && !m->quoted) {
			skip_comment(m);
		} else {
			status = take_char(m, err);
			if (status != DFLOW_OK)
				return status;
		}
	}
	status = check_end(m, err);
out:
	trim(m);
	return status;
}

char *
master_word(char **p)
{
	char *word, *q = *p;

	while (*q == ' ')
		q++;
	word = q;
	for (; *q != '\0' && *q != ' '; q++)
		if (*q == '\\' && q[1] != '\0')
			q++;
	if (*q != '\0')
		*q++ = '\0';
	while (*q == ' ')
		q++;
	*p = q;
	return word;
}

bool
master_ttl(const char *text, uint32_t *ttl)
{
	static const char units[] = "smhdw";
	static const uint32_t seconds[] = {1, 60, 3600, 86400, 604800};
	uint64_t total = 0;

	do {
		uint64_t n = 0;
		const char *unit;

		if (*text < '0' || *text > '9')
			return false;
		for (; *text >= '0' && *text <= '9' && n <= MASTER_TTL_MAX;
		     text++)
			n = n * 10 + (uint64_t)(*text - '0');
		if (*text != '\0') {
			unit = strchr(units, *text++ | 0x20);
			if (unit == NULL)
				return false;
			n *= seconds[unit - units];
		}
		total += n;
		if (total > MASTER_TTL_MAX)
			return false;
	} while (*text != '\0');
	*ttl = (uint32_t)total;
	return true;
}

bool
master_is_absolute(const char *word)
{
	const char *p;

	for (p = word; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '.' && p[1] == '\0')
			return true;
	}
	return false;
}
