/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What OpenSSL leaves in memory. */
#ifndef KEYS_WIPE_H
#define KEYS_WIPE_H

/*
 * From now on OpenSSL's memory is wiped when it is given back. For programs,
 * before anything else of OpenSSL is called; later it has no effect.
 */
void wipe_openssl(void);

#endif
