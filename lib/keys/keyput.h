/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Putting a private key that is in a file into a device. */
#ifndef KEYS_KEYPUT_H
#define KEYS_KEYPUT_H

#include "base/err.h"
#include "keys/keyfile.h"
#include "keys/signer.h"

struct keyput {
	const char *key; /* base name of the pair of files */
	const char *dir; /* for the files of the device's key */
	struct passphrase_source pass;
	struct dflow_n200 *n200;
	const char *n200_name; /* NULL: the zone's */
};

/* As dflow_keyput (dnssecflow/keygen.h), whose words these are. */
DFLOW_NODISCARD enum dflow_status keyput(
    const struct keyput *p, char base[KEYFILE_NAME_MAX], struct dflow_err *err);

#endif
