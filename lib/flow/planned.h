/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of a planned request share. */
#ifndef FLOW_PLANNED_H
#define FLOW_PLANNED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/dnskey.h"
#include "dns/name.h"
#include "dnssecflow/plan.h"
#include "exchange/bundle.h"
#include "exchange/container.h"
#include "exchange/plan.h"
#include "flow/response.h"
#include "keys/keyfile.h"

/* A key of the plan, and what this run did to it. */
struct planned_key {
	struct keyfile *file; /* NULL until it is made */
	bool made;
	bool retimed;
};

/* What is published before the plan begins, as the last response has it. */
struct planned_served {
	size_t count; /* ZSKs in it; 0: not known */
	bool here[KEYLIST_MAX]; /* by place in the list of keys */
	uint32_t ttl; /* of the DNSKEY RRset; 0: not known */
};

struct dflow_plan {
	const struct dflow_plan_params *p; /* during the call alone */
	uint8_t zone[NAME_MAX_LEN];
	const struct alg *alg;
	struct plan *plan;
	struct planned_key *keys; /* PLAN_KEYS_MAX; as plan->keys */
	struct bundles *bundles; /* as they are to be written */
	struct container_signer *signer; /* NULL: none is asked for */
	struct response *response; /* the last one; NULL: there is none */
	struct planned_served served;
	struct dflow_plan_facts facts;
	struct dflow_plan_key *told; /* told_count of them */
	size_t told_count;
	bool placed; /* the request is there: its keys have to stay */
	char zone_text[NAME_TEXT_SIZE];
	char sha256[DFLOW_DIGEST_TEXT];
};

/*
 * The ZSKs in the folder that are not gone by then, into keys, and the plan.
 */
DFLOW_NODISCARD enum dflow_status planned_read(
    struct dflow_plan *d, struct dflow_err *err);
/* Makes the keys that the plan adds, and their files. */
DFLOW_NODISCARD enum dflow_status planned_make(
    struct dflow_plan *d, struct dflow_err *err);
/* Writes the times that the plan sets into the files of keys that were there.
 */
DFLOW_NODISCARD enum dflow_status planned_retime(
    struct dflow_plan *d, struct dflow_err *err);
/* Removes what planned_make made, takes back what planned_retime set. */
void planned_undo(struct dflow_plan *d);

/* Reads the last response into d, if there is one. */
DFLOW_NODISCARD enum dflow_status planned_response(
    struct dflow_plan *d, struct dflow_err *err);
/* The last response's SHA-256 in hex, or "none". */
void planned_answers(const struct dflow_plan *d, char out[BUNDLE_ANSWERS_SIZE]);
/*
 * Which of the keys in the list are served then. DFLOW_REFUSED if a plain
 * response is in force, and signs none of them.
 */
DFLOW_NODISCARD enum dflow_status planned_find_served(
    struct dflow_plan *d, const struct keylist *list, struct dflow_err *err);

/*
 * Writes the request, reads it back, and puts it into place; d->placed tells
 * whether it is, after a failure too.
 */
DFLOW_NODISCARD enum dflow_status planned_save(
    struct dflow_plan *d, struct dflow_err *err);

#endif
