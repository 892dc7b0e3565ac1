/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Puts new proofs of possession into a KSR that was changed by hand, so that
 * nothing but the change is wrong with it:
 *
 *	prove KSR END BASE... >OUT
 *
 * END is when the last bundle does, of 14 digits; each BASE is a ZSK's files.
 * What stands behind records is left out; all else is as it was.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "dns/rrtext.h"
#include "dns/rrtype.h"
#include "exchange/bundle.h"
#include "flow/possession.h"
#include "keys/keyfile.h"
#include "keys/signer.h"

enum { LINE_MAX_LEN = 8192 };

static void
prove(struct bundles *b, const char *base, int64_t end)
{
	struct signer_access access = {.pass.fd = -1};
	struct dflow_err err = {0};
	struct keyfile *k = NULL;
	struct signer *s = NULL;

	if (signer_key_read(base, &access, NULL, &k, &err) != DFLOW_OK ||
	    signer_open(k, &access, &s, &err) != DFLOW_OK ||
	    possession_prove(b, s, end, &err) != DFLOW_OK)
		errx(1, "%s", err.text);
	signer_free(&s);
	keyfile_free(&k);
	signer_access_end(&access);
}

/* The proof of the record on that line, or NULL. */
static const struct bundle_rr *
proven(const struct bundles *b, size_t line)
{
	for (size_t i = 0; i < b->count; i++)
		for (size_t k = 0; k < b->list[i].count; k++)
			if (b->list[i].rrs[k].line == line &&
			    b->list[i].rrs[k].proof != NULL)
				return &b->list[i].rrs[k];
	return NULL;
}

static void
put_line(const struct bundle_rr *rr, char *line)
{
	struct buf text;

	if (rr == NULL) {
		(void)fputs(line, stdout);
		return;
	}
	line[strcspn(line, ";\n")] = '\0';
	buf_init(&text, LINE_MAX_LEN);
	rrtext_put_rdata(&text, RRTYPE_RRSIG,
	    (struct rdata){rr->proof, (uint16_t)rr->proof_len});
	if (text.failed)
		errx(1, "a proof of over %d characters", LINE_MAX_LEN);
	(void)printf("%s ; pop RRSIG %.*s\n", line, (int)text.len,
	    (const char *)text.data);
	buf_free(&text);
}

int
main(int argc, char **argv)
{
	struct bundles *b = NULL;
	struct dflow_err error = {0};
	char line[LINE_MAX_LEN];
	size_t number = 0;
	int64_t end;
	FILE *f;

	if (argc < 4)
		errx(2, "usage: prove KSR END BASE...");
	if (bundles_read(argv[1], &b, &error) != DFLOW_OK ||
	    dflow_when_parse(argv[2], 0, &end, &error) != DFLOW_OK)
		errx(1, "%s", error.text);
	for (int i = 3; i < argc; i++)
		prove(b, argv[i], end);
	f = fopen(argv[1], "r");
	if (f == NULL)
		err(1, "%s", argv[1]);
	while (fgets(line, sizeof(line), f) != NULL)
		put_line(proven(b, ++number), line);
	(void)fclose(f);
	bundles_free(&b);
	return fflush(stdout) == 0 ? 0 : 1;
}
