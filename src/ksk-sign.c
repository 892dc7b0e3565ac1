/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ksk-sign: the left side, where the KSK is. */
#include <dnssecflow/host.h>

#include "keygen.h"
#include "ksk.h"

static const struct cli_verb verbs[] = {
    {"keygen",
	"[-a ALG] [-b BITS] [-K DIR] [--encrypt] [--passphrase-fd N] [--n200] "
	"ZONE",
	"make a KSK", keygen_options, "ZONE", 1, 1, keygen_ksk},
    {"sign",
	"(-k KEY... | -K DIR) [-i TIME] [-e TIME] [--ttl SECONDS] [-o FILE] "
	"[--yes] [--cds] [--allow CHECK]... [--ledger FILE] [option]... "
	"REQUEST...",
	"sign the keys of key requests together with the KSKs and write the "
	"response",
	ksk_sign_options, "REQUEST", 1, 10000, ksk_sign},
    {"ds", "[-2|-4] [--cds] KEY",
	"print the DS of a KSK, which the parent zone needs", ksk_ds_options,
	"KEY", 1, 1, ksk_ds},
    {"settime",
	"[-P TIME] [-A TIME] [-R TIME] [-I TIME] [-D TIME] "
	"[--sync-publish TIME] [--sync-delete TIME] KEY",
	"set the times of a key, so that its rollover is planned",
	ksk_settime_options, "KEY", 1, 1, ksk_settime},
    {"show", "[--records] FILE...",
	"explain key requests, responses, .key and .ds files; of many, a line "
	"each and one digest",
	ksk_show_options, "FILE", 1, 10000, ksk_show},
    {"ledger", "[--expect DIGEST] FILE",
	"show the ledger of what was signed, and verify it", ksk_ledger_options,
	"FILE", 1, 1, ksk_ledger},
    {"n200", "ACTION [option]... [word]...",
	"keys that are kept in an N200, a network HSM", NULL, "ACTION", 0, 0,
	NULL},
    {"n200 list", "[--n200-conf FILE] [--json]", "show the EC keys in the N200",
	n200_list_options, "word", 0, 0, n200_list},
    {"n200 genkey", "[-a ALG] [-K DIR] [--name NICE] [--existing] ZONE",
	"make a KSK in the N200, and files here that name it",
	keygen_n200_options, "ZONE", 1, 1, keygen_n200},
    {"n200 import", "[-K DIR] [--name NICE] [--passphrase-fd N] KEY",
	"put a KSK of ours into the N200, and make files that name it there",
	n200_import_options, "KEY", 1, 1, n200_import},
    {"n200 attributes", "[--n200-conf FILE] [--json] NAME",
	"show what the N200 tells of a key", n200_list_options, "NAME", 1, 1,
	n200_attributes},
    {"n200 random", "[--n200-conf FILE] N",
	"print N random bytes from the N200, in hex", n200_random_options, "N",
	1, 1, n200_random},
    {"n200 time", "[--n200-conf FILE] [--now TIME] [--json]",
	"compare the N200's clock with ours", n200_time_options, "word", 0, 0,
	n200_time},
    {"n200 probe", "[--n200-conf FILE] --key NAME",
	"find out how the N200 wants to be asked for signatures",
	n200_probe_options, "word", 0, 0, n200_probe},
};

static const struct cli_tool tool = {
    .name = "ksk-sign",
    .summary = "sign the keys of a zone with a KSK that is kept offline",
    .verbs = verbs,
    .verb_count = sizeof(verbs) / sizeof(verbs[0]),
};

int
main(int argc, char **argv)
{
	dflow_harden();
	return cli_main(&tool, argc, argv);
}
