/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a build without GPGME has for OpenPGP: a line that says so. */
#include "exchange/container_pgp.h"

static enum dflow_status
none(struct dflow_err *err)
{
	return err_set(err, DFLOW_USAGE,
	    "this build is without OpenPGP; use a certificate, or configure "
	    "it anew, --with-gpgme");
}

enum dflow_status
pgp_signer_open(const char *user, int pass_fd, struct pgp_signer **out,
    struct dflow_err *err)
{
	(void)user;
	(void)pass_fd;
	(void)out;
	return none(err);
}

enum dflow_status
pgp_trust_read(const char *path, const struct buf *text, struct pgp_trust **out,
    struct dflow_err *err)
{
	(void)path;
	(void)text;
	(void)out;
	return none(err);
}

/* Nothing below can be reached with a signer or a trust: there is none. */
enum dflow_status
pgp_sign(struct pgp_signer *s, const struct buf *data, struct buf *out,
    struct dflow_err *err)
{
	(void)s;
	(void)data;
	(void)out;
	return none(err);
}

void
pgp_signer_free(struct pgp_signer **s)
{
	(void)s;
}

enum dflow_status
pgp_check(const struct pgp_trust *t, const struct container_job *job,
    struct container_facts *facts, struct dflow_err *err)
{
	(void)t;
	(void)job;
	(void)facts;
	return none(err);
}

void
pgp_trust_free(struct pgp_trust **t)
{
	(void)t;
}
