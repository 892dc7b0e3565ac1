/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zsk-sign: the right side, where the zone and its ZSKs are. */
#include <dnssecflow/host.h>

#include "keygen.h"
#include "zsk-sign.h"

static const struct cli_verb verbs[] = {
    {"keygen", "[-a ALG] [-b BITS] [-K DIR] [--n200] ZONE", "make a ZSK",
	keygen_options, "ZONE", 1, 1, keygen_zsk},
    {"request", "-K DIR [-o FILE] [--from TIME --to TIME] ZONE",
	"write the key request for the left", zsk_request_options, "ZONE", 1, 1,
	zsk_request},
    {"import", "[-d DIR] [-K DIR] RESPONSE...",
	"check and keep what came from the left", zsk_import_options,
	"RESPONSE", 1, 10000, zsk_import},
    {"sign",
	"[-o ORIGIN] (-K DIR | -k KEY ...) [-d KSK.data] [-f OUT] ZONEFILE",
	"sign a zone, verify it, publish it", zsk_sign_options, "ZONEFILE", 1,
	1, zsk_sign},
    {"splice", "-d KSK.data -f OUT SIGNED-ZONE",
	"put KSK.data into a zone that another program signed",
	zsk_splice_options, "SIGNED-ZONE", 1, 1, zsk_splice},
    {"verify", "[-o ORIGIN] [--ds FILE] [-z] ZONEFILE", "judge a signed zone",
	zsk_verify_options, "ZONEFILE", 1, 1, zsk_verify},
};

static const struct cli_tool tool = {
    .name = "zsk-sign",
    .summary = "sign zones whose KSK is kept offline",
    .verbs = verbs,
    .verb_count = sizeof(verbs) / sizeof(verbs[0]),
};

int
main(int argc, char **argv)
{
	dflow_harden();
	return cli_main(&tool, argc, argv);
}
