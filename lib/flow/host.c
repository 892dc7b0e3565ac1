/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of base/os that tools may call. */
#include "dnssecflow/host.h"

#include "base/os.h"
#include "keys/wipe.h"

void
dflow_harden(void)
{
	os_harden();
	wipe_openssl();
}

enum dflow_status
dflow_confirm(const char *question, bool *yes, struct dflow_err *err)
{
	struct dflow_err why = {.status = DFLOW_OK};

	if (os_confirm(question, yes, &why) == DFLOW_OK)
		return DFLOW_OK;
	return err_set(err, DFLOW_REFUSED, "%s", why.text);
}
