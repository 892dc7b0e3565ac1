/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs of zsk-sign and their tables of options. */
#ifndef SRC_ZSK_SIGN_H
#define SRC_ZSK_SIGN_H

#include <dnssecflow/zone.h>

#include "cli.h"
#include "json.h"

enum dflow_status zsk_request(const struct cli *c, struct dflow_err *err);
/* The same for a time to come: with any of the options of a plan. */
bool zsk_is_plan(const struct cli *c);
enum dflow_status zsk_plan(const struct cli *c, struct dflow_err *err);
enum dflow_status zsk_import(const struct cli *c, struct dflow_err *err);
enum dflow_status zsk_sign(const struct cli *c, struct dflow_err *err);
enum dflow_status zsk_splice(const struct cli *c, struct dflow_err *err);
enum dflow_status zsk_verify(const struct cli *c, struct dflow_err *err);

extern const struct cli_option zsk_request_options[];
extern const struct cli_option zsk_import_options[];
extern const struct cli_option zsk_sign_options[];
extern const struct cli_option zsk_splice_options[];
extern const struct cli_option zsk_verify_options[];

/* Options that several verbs read in the same way. */
enum { ZSK_MIN_VALIDITY_S = 3 * 86400 };

/* Rows of request, for a time to come. */
#define ZSK_OPTIONS_PLAN                                                    \
	{0, "from", "TIME", "plan the ZSKs from TIME on, and make them"},   \
	    {0, "to", "TIME", "the end of the plan"},                       \
	    {'d', "ksk-data", "KSK.data",                                   \
		"the last response (default: KSK.data in the key folder)"}, \
	    {'a', "algorithm", "ALG",                                       \
		"of the ZSKs (default: that of those there are, or 13)"},   \
	    {'b', "bits", "BITS", "size of an RSA key (default: 2048)"},    \
	    {0, "zsk-lifetime", "SPAN",                                     \
		"how long a ZSK signs (default: 90d)"},                     \
	    {0, "max-zone-ttl", "SPAN",                                     \
		"the longest TTL in the zone (default: 1d)"},               \
	    {0, "propagation", "SPAN",                                      \
		"until every server has a new zone (default: 1h)"},         \
	    {0, "safety", "SPAN", "added to both intervals (default: 1h)"}, \
	    {0, "horizon", "SPAN",                                          \
		"how far ahead it may reach (default: 400d)"},              \
	    {0, "format", "FORM", "bind (the default) or knot"},            \
	{                                                                   \
		0, "passphrase-fd", "N",                                    \
		    "read the keys' passphrase from descriptor N"           \
	}

/*
 * Rows of the verbs that work on a whole zone, and what is done with them:
 * the limits are 0 where nothing was given.
 */
#define ZSK_OPTION_THREADS                                          \
	{                                                           \
		'n', "threads", "N",                                \
		    "threads to use, 1 to 256 (default: all cores)" \
	}
#define ZSK_OPTION_MAX_MEMORY                                          \
	{                                                              \
		0, "max-memory", "SIZE",                               \
		    "use no more for a zone, as 500M or 4G (default: " \
		    "3/4 of the machine's)"                            \
	}
#define ZSK_OPTION_STATS                                            \
	{                                                           \
		0, "stats", NULL,                                   \
		    "tell how long each phase took, and the memory" \
	}
DFLOW_NODISCARD enum dflow_status zsk_limits(const struct cli *c,
    unsigned *threads, size_t *max_memory, struct dflow_err *err);
/* If --stats is given: into the JSON report that is open, or on stderr. */
void zsk_figures(
    const struct cli *c, struct json *j, const struct dflow_stats *s);

#endif
