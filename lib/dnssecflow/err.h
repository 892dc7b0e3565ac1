/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every call of libdnssecflow answers, and the one line that says why.
 */
#ifndef DNSSECFLOW_ERR_H
#define DNSSECFLOW_ERR_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define DFLOW_NODISCARD __attribute__((warn_unused_result))
#define DFLOW_API __attribute__((visibility("default")))
#else
#define DFLOW_NODISCARD
#define DFLOW_API
#endif

/* The values are the exit statuses of the tools. */
enum dflow_status {
	DFLOW_OK = 0,
	DFLOW_FAILED = 1, /* bad input, the machine, or a bug */
	DFLOW_USAGE = 2, /* the caller's words are off */
	DFLOW_REFUSED = 3, /* bogus zone, bad signature, policy */
};

enum { DFLOW_ERR_TEXT = 1024 };

/*
 * Filled once, where the cause is known; untouched on success. text is one
 * line without a newline: "file:line: what is wrong; what to do".
 */
struct dflow_err {
	enum dflow_status status;
	char text[DFLOW_ERR_TEXT];
};

#ifdef __cplusplus
}
#endif
#endif
