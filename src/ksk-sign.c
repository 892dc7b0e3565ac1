/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ksk-sign: the left side, where the KSK is. */
#include <dnssecflow/host.h>

#include "keygen.h"
#include "ksk.h"

static const struct cli_verb verbs[] = {
    {"keygen",
	"[-a ALG] [-b BITS] [-K DIR] [--encrypt] [--passphrase-fd N] ZONE",
	"make a KSK", keygen_options, "ZONE", 1, 1, keygen_ksk},
    {"sign",
	"-k KEY [-k KEY]... [-i TIME] [-e TIME] [--ttl SECONDS] [-o FILE] "
	"[--yes] [--cds] [--passphrase-fd N] REQUEST...",
	"sign the keys of key requests together with the KSKs and write "
	"KSK.data",
	ksk_sign_options, "REQUEST", 1, 64, ksk_sign},
    {"ds", "[-2|-4] [--cds] KEY",
	"print the DS of a KSK, which the parent zone needs", ksk_ds_options,
	"KEY", 1, 1, ksk_ds},
    {"show", "FILE", "explain a key request, a KSK.data, a .key or a .ds file",
	ksk_show_options, "FILE", 1, 1, ksk_show},
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
