/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base64, base32hex and hex (RFC 4648), as DNS presentation wants them. */
#ifndef BASE_ENCODE_H
#define BASE_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Characters that len bytes take, without a final NUL. */
#define BASE64_LEN(len) (((len) + 2) / 3 * 4)
#define BASE32HEX_LEN(len) (((len)*8 + 4) / 5)
#define HEX_LEN(len) ((len)*2)

/* Each writes exactly the characters above, no NUL, and returns their count. */
size_t base64_encode(const uint8_t *in, size_t len, char *out);
/* Lower case, no padding (RFC 5155 section 1.3, written as NSD and BIND do). */
size_t base32hex_encode(const uint8_t *in, size_t len, char *out);
size_t hex_encode(const uint8_t *in, size_t len, char *out); /* lower case */

/*
 * Each reads in[0..len), at most max bytes of result into out, and stores
 * their count. False on any character, length or padding that is not strictly
 * right; base64 skips blanks and tabs, as zone files have them. hex and
 * base32hex take either case.
 */
bool base64_decode(
    const char *in, size_t len, uint8_t *out, size_t max, size_t *out_len);
bool base32hex_decode(
    const char *in, size_t len, uint8_t *out, size_t max, size_t *out_len);
bool hex_decode(
    const char *in, size_t len, uint8_t *out, size_t max, size_t *out_len);

#endif
