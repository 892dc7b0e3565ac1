/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of BIND's private key files, which are read and written here. */
#ifndef KEYS_PRIVATE_FORM_H
#define KEYS_PRIVATE_FORM_H

#include "keys/pkey.h"

enum {
	PRIVATE_FORM_PRIVATEKEY = PKEY_PARTS,
	PRIVATE_FORM_KEYS,
};

/* In the order of struct pkey_part's array; the last is for the others. */
extern const char *const private_form_keys[PRIVATE_FORM_KEYS];
extern const char private_form_version[];
extern const char private_form_algorithm[];
/* Where a key in a device is, in base64, as dnssec-keyfromlabel has them. */
extern const char private_form_engine[];
extern const char private_form_label[];

#endif
