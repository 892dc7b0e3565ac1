/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Judges a signed zone with libdnssecflow:
 *	cc example.c $(pkg-config --cflags --libs dnssecflow)
 */
#include <dnssecflow/when.h>
#include <dnssecflow/zone.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
	struct dflow_verify params = {0};
	struct dflow_verdict *verdict = NULL;
	struct dflow_err err = {0};
	enum dflow_status status;

	params.path = argc > 1 ? argv[1] : "-";
	params.now = dflow_when_now();
	status = dflow_verify(&params, &verdict, &err);
	if (verdict == NULL) {
		fprintf(stderr, "%s\n", err.text);
		return status;
	}
	for (size_t i = 0; i < dflow_verdict_kept(verdict); i++) {
		struct dflow_finding f = dflow_verdict_finding(verdict, i);

		printf("%s %s: %s\n", f.owner, f.type, f.reason);
	}
	printf("%s %zu findings\n", dflow_verdict_facts(verdict).zone,
	    dflow_verdict_count(verdict));
	dflow_verdict_free(&verdict);
	return status;
}
