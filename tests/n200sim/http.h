/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The face to the network: TLS, connections, request bodies. */
#ifndef N200SIM_HTTP_H
#define N200SIM_HTTP_H

#include "sim.h"

struct MHD_Daemon;

/* Listens at set.port, which becomes the real one; NULL: stderr says why. */
struct MHD_Daemon *http_start(struct sim *s);
/* Ends all connections; pause_stop comes before. */
void http_stop(struct MHD_Daemon *daemon);

#endif
