/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who made a file, on a page and in JSON. */
#ifndef SRC_PAGE_MAKER_H
#define SRC_PAGE_MAKER_H

#include <stdint.h>
#include <stdio.h>

#include <dnssecflow/container.h>

#include "cli.h"
#include "json.h"

/* Rows for verbs that make a container, and for those that believe one. */
#define MAKER_OPTION_SIGN_AS                                           \
	{                                                              \
		0, "sign-as", "KEY",                                   \
		    "sign a container beside FILE: a PEM file with a " \
		    "certificate and its key, or pgp:USER"             \
	}
#define MAKER_OPTIONS_TRUST                                              \
	{0, "trust", "FILE",                                             \
	    "certificates or OpenPGP keys of who may have made a file"}, \
	{                                                                \
		0, "require-container", NULL,                            \
		    "refuse a file that has no container beside it"      \
	}

/* "Container none", or its path, by whom it is, and when it was made. */
void page_maker(FILE *f, const struct dflow_maker *m, int64_t now);
/* Members of the object that is open; NULL or an empty one: null. */
void page_maker_json(struct json *j, const struct dflow_maker *m);

#endif
