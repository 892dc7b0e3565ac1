/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two kinds of containers have in common; container.h is the face. */
#ifndef EXCHANGE_CONTAINER_KIND_H
#define EXCHANGE_CONTAINER_KIND_H

#include "exchange/container.h"

/* A container and what it is beside. */
struct container_job {
	const char *path; /* the container's */
	const struct buf *made; /* its bytes */
	const struct buf *data;
	const char *trust; /* the file of those whom we trust */
	int64_t now;
};

/* Copies len bytes as printable ASCII, \NNN for the rest; cuts what is long. */
void container_who_put(char out[CONTAINER_WHO], const void *text, size_t len);

#endif
