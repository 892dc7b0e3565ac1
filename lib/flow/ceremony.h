/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of the ceremony share; dnssecflow/ceremony.h has its face.
 * Requests are read and put together by zone (ceremony_read.c), get their KSKs
 * (ceremony_keys.c), are checked (ceremony_check.c) and become responses that
 * lack nothing but signatures (ceremony_plan.c); people see those
 * (ceremony_view.c). Then they are signed (ceremony_sign.c), written as text
 * and read back (ceremony_text.c), recorded (ceremony_ledger.c) and saved
 * (ceremony_save.c), beside what was there before (ceremony_keep.c).
 */
#ifndef FLOW_CEREMONY_H
#define FLOW_CEREMONY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "dnssecflow/ceremony.h"
#include "exchange/bundle.h"
#include "exchange/checks.h"
#include "exchange/container.h"
#include "exchange/history.h"
#include "exchange/ledger.h"
#include "exchange/request.h"
#include "exchange/schedule.h"
#include "flow/bundle_table.h"
#include "keys/keyfile.h"
#include "keys/signer.h"

enum {
	CEREMONY_RESPONSES = 2, /* the response, and the emergency's */
	CEREMONY_TEXT_MAX = 64 << 20, /* bytes of a response */
	CEREMONY_NAME_MAX = 3100, /* of a file named for its zone */
};

/* A response, first without and then with its signatures. */
struct ceremony_response {
	struct schedule *schedule; /* a period for each bundle */
	struct bundles *bundles; /* an SKR; one bundle for a plain request */
	struct buf text; /* with a NUL behind it, once signed */
	struct buf container; /* who signed the text; empty: nobody */
	char sha256[DFLOW_DIGEST_TEXT];
};

struct ceremony_zone {
	uint8_t name[NAME_MAX_LEN];
	char text[NAME_TEXT_SIZE];
	struct request *plain; /* this, */
	struct bundles *ksr; /* or this, which is one file */
	struct dflow_file_facts *files; /* whose paths are its own */
	char **containers; /* who made each; NULL: nobody says */
	size_t file_count;
	struct keyfile *ksks[DFLOW_CEREMONY_KEYS_MAX];
	struct signer *signers[DFLOW_CEREMONY_KEYS_MAX];
	size_t ksk_count;
	uint32_t used; /* KSKs that sign in a response, by bits */
	struct checks checks;
	bool refused; /* by a check or otherwise */
	struct ceremony_response responses[CEREMONY_RESPONSES];
	size_t response_count;
	/* What the view looks into. */
	struct bundle_table *tables[CEREMONY_RESPONSES];
	struct dflow_key_facts *facts; /* the KSKs', then the ZSKs' */
	char **ds;
	size_t ds_count;
	char **warnings;
	size_t warning_count;
	const char *allowed[CHECKS];
	struct dflow_file_facts written[CEREMONY_RESPONSES];
	char *written_paths[CEREMONY_RESPONSES];
};

struct dflow_ceremony {
	const struct dflow_ceremony_params *p; /* while it is opened alone */
	struct schedule_policy policy;
	int64_t plain_inception;
	int64_t plain_expiration;
	uint32_t plain_ttl_s;
	bool knot;
	struct ceremony_zone *zones; /* by name */
	size_t zone_count;
	size_t zone_cap;
	struct signer_access access; /* what the signers stand on */
	struct dflow_progress progress;
	struct container_trust *trust; /* NULL: none is asked for */
	struct container_signer *container; /* NULL: none is made */
	struct history *history;
	struct ledger *ledger; /* NULL: none is kept */
	struct dflow_ceremony_view view;
	struct dflow_ceremony_zone *zone_views;
	bool tried; /* to make the signatures */
	bool done; /* all texts are whole and verified */
	size_t placed; /* of the files, or folders, that are to be written */
};

/* Reads the requests, every byte once, into zones. */
DFLOW_NODISCARD enum dflow_status ceremony_read(
    struct dflow_ceremony *c, struct dflow_err *err);
/* Gives each zone its KSKs; notes the check owner. */
DFLOW_NODISCARD enum dflow_status ceremony_keys(
    struct dflow_ceremony *c, struct dflow_err *err);
/*
 * What must hold before anything is signed. Refusals by the checks of KSRs are
 * recorded in the ledger.
 */
DFLOW_NODISCARD enum dflow_status ceremony_check(
    struct dflow_ceremony *c, struct dflow_err *err);
/* The end of a KSR's last bundle's time. */
int64_t ceremony_until(
    const struct dflow_ceremony *c, const struct ceremony_zone *z);
/* The KSKs' times, DFLOW_CEREMONY_KEYS_MAX at most. */
void ceremony_ksk_times(const struct ceremony_zone *z, struct keytimes *times);
/* Those that sign a KSR's first bundle unrevoked: 1 << index. */
uint32_t ceremony_first_signers(
    const struct dflow_ceremony *c, const struct ceremony_zone *z);
/* When which KSKs stand and sign; times are theirs, for a KSR. */
DFLOW_NODISCARD enum dflow_status ceremony_times_plain(
    const struct dflow_ceremony *c, const struct ceremony_zone *z,
    struct ceremony_response *r, struct dflow_err *err);
DFLOW_NODISCARD enum dflow_status ceremony_times_ksr(
    const struct dflow_ceremony *c, const struct ceremony_zone *z,
    const struct keytimes *times, struct schedule **out, struct dflow_err *err);
/* Makes the responses, but for signatures. */
DFLOW_NODISCARD enum dflow_status ceremony_plan(
    struct dflow_ceremony *c, struct dflow_err *err);
/* The rdata of the KSK as it stands in a DNSKEY RRset: revoked or not. */
struct dnskey ceremony_ksk(const struct ceremony_zone *z, size_t ksk,
    bool revoked, uint8_t rdata[DNSKEY_RDATA_MAX]);
/* Fills what the zone's view has to say in warning. */
DFLOW_NODISCARD enum dflow_status ceremony_warnings(
    const struct dflow_ceremony *c, struct ceremony_zone *z,
    struct dflow_ceremony_zone *v, struct dflow_err *err);
/* Fills what people are shown. */
DFLOW_NODISCARD enum dflow_status ceremony_view(
    struct dflow_ceremony *c, struct dflow_err *err);

/*
 * Appends the response's text, reads it back as the right will read it, and
 * compares the two; and its digest.
 */
DFLOW_NODISCARD enum dflow_status ceremony_text(const struct dflow_ceremony *c,
    const struct ceremony_zone *z, struct ceremony_response *r,
    struct dflow_err *err);

/*
 * Copies what stands at path, if anything does, to a name of its own, and
 * moves its containers there. DFLOW_REFUSED if it is no response of the zone.
 */
DFLOW_NODISCARD enum dflow_status ceremony_keep(
    const struct ceremony_zone *z, const char *path, struct dflow_err *err);
/* All of that but the writing. */
DFLOW_NODISCARD enum dflow_status ceremony_try_keep(
    const struct ceremony_zone *z, const char *path, struct dflow_err *err);
/* A file can be made there, or replaced. */
DFLOW_NODISCARD enum dflow_status ceremony_try_file(
    const char *path, struct dflow_err *err);
enum { CEREMONY_PATH_MAX = 4096, CEREMONY_ENDS = 3 };
/* How the names of containers end. */
extern const char *const ceremony_ends[CEREMONY_ENDS];
/* path and end; DFLOW_FAILED if that is too long. */
DFLOW_NODISCARD enum dflow_status ceremony_join(const char *path,
    const char *end, char out[CEREMONY_PATH_MAX], struct dflow_err *err);

/* Opens the ledger, if one is kept, and reads what was signed before. */
DFLOW_NODISCARD enum dflow_status ceremony_ledger_open(
    struct dflow_ceremony *c, struct dflow_err *err);
/* DFLOW_REFUSED if an entry could not hold what is about to be signed. */
DFLOW_NODISCARD enum dflow_status ceremony_ledger_fits(
    const struct dflow_ceremony *c, struct dflow_err *err);
/* Records, if there is a ledger, what was signed, before anything leaves. */
DFLOW_NODISCARD enum dflow_status ceremony_ledger_record(
    struct dflow_ceremony *c, struct dflow_err *err);
/* Records which zones were refused, and by which checks. */
DFLOW_NODISCARD enum dflow_status ceremony_ledger_refuse(
    struct dflow_ceremony *c, struct dflow_err *err);

#endif
