/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A growing byte buffer with a ceiling. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * The first write that does not fit (ceiling or memory) sets failed; writes
 * after that do nothing. So a run of writes needs one buf_check at its end.
 */
struct buf {
	uint8_t *data;
	size_t len;
	size_t cap;
	size_t max; /* bytes; the ceiling */
	bool failed;
	bool full; /* it failed at the ceiling and not for memory */
};

/* An empty buffer that may grow to max bytes; nothing is allocated yet. */
void buf_init(struct buf *b, size_t max);
/* Releases the memory; the buffer is then empty and may be used again. */
void buf_free(struct buf *b);
/* Empties it and clears failed, keeping the memory. */
void buf_reset(struct buf *b);
/* n free bytes behind data + len, or NULL; the caller then adds to len. */
uint8_t *buf_reserve(struct buf *b, size_t n);
void buf_put(struct buf *b, const void *data, size_t len);
void buf_u8(struct buf *b, uint8_t v);
/* Network byte order. */
void buf_u16(struct buf *b, uint16_t v);
void buf_u32(struct buf *b, uint32_t v);
void buf_str(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/*
 * DFLOW_OK, or DFLOW_FAILED with "what exceeds N bytes" or "out of memory".
 */
DFLOW_NODISCARD enum dflow_status buf_check(
    const struct buf *b, const char *what, struct dflow_err *err);

#endif
