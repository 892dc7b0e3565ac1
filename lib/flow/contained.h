/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files with their containers: ours, which travel both or not at all, and
 * those of the other side.
 */
#ifndef FLOW_CONTAINED_H
#define FLOW_CONTAINED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/os.h"
#include "dnssecflow/container.h"
#include "exchange/container.h"

/* A container that is ready and does not stand there yet. */
struct contained;

/*
 * The key of --sign-as, which may be NULL: then *out is NULL, too, and nothing
 * is made by the rest. DFLOW_USAGE unless a container can stand beside path:
 * no standard output, no device, no FIFO; path NULL is not looked at. Refuses
 * a certificate that is not valid now.
 */
struct contained_wish {
	const char *sign_as;
	const char *path;
	int64_t now;
	int pass_fd; /* -1: ask on the terminal */
};
DFLOW_NODISCARD enum dflow_status contained_signer(
    const struct contained_wish *w, struct container_signer **out,
    struct dflow_err *err);

/* Makes the container of data, on the disk and under a temporary name. */
DFLOW_NODISCARD enum dflow_status contained_open(struct container_signer *s,
    const char *path, const struct buf *data, int64_t now,
    struct contained **out, struct dflow_err *err);
/* The same of a container that is made. */
DFLOW_NODISCARD enum dflow_status contained_stage(const char *path,
    const char *suffix, const struct buf *made, struct contained **out,
    struct dflow_err *err);
/*
 * Puts the file into place, and its container beside it; c may be NULL. After
 * a failure the file is removed: it must not travel without.
 */
DFLOW_NODISCARD enum dflow_status contained_place(
    struct contained *c, struct os_save *file, struct dflow_err *err);
/*
 * Places both if need be, syncs their folder, and frees; as os_save_commit, of
 * both.
 */
DFLOW_NODISCARD enum dflow_status contained_commit(
    struct contained **c, struct os_save **file, struct dflow_err *err);
void contained_abort(struct contained **c);

/* Whose files are taken. */
struct contained_policy {
	struct container_trust *trust; /* NULL: nothing is looked at */
	int64_t now;
	bool require;
};

/*
 * trust is the file of those who are trusted, or NULL. DFLOW_USAGE if a
 * container is required, and it is not said of whom. contained_policy_end
 * frees what is in *out, which may be zeroes.
 */
DFLOW_NODISCARD enum dflow_status contained_policy_read(const char *trust,
    bool require, int64_t now, struct contained_policy *out,
    struct dflow_err *err);
void contained_policy_end(struct contained_policy *p);

/*
 * container_check, and DFLOW_REFUSED for a file without a container where one
 * is required. Call it before the bytes are looked at in any other way.
 */
DFLOW_NODISCARD enum dflow_status contained_maker(
    const struct contained_policy *p, const char *path, const struct buf *data,
    struct dflow_maker *maker, struct dflow_err *err);

#endif
