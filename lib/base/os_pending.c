/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the signals that end a process while something of ours has a temporary
 * name. Follows no link when it removes a folder: what it finds there another
 * program may have made.
 */
#include "base/os_pending.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	SLOTS = 16,
	DEPTH_MAX = 3,
	PASSES_MAX = 8,
	PIECE_LEN = 2048, /* bytes, of a signal handler's stack */
};

/*
 * The one mutable global of the library: a signal handler gets no argument,
 * yet must know what to remove. A slot is free while state is 0, being filled
 * while it is -1, and else holds its folder's fd plus 1.
 */
static struct {
	atomic_int state;
	bool is_folder;
	char name[NAME_MAX + 1];
} pending[SLOTS];

static void empty(int fd, unsigned depth);

/* Removes the file, or the folder and what is in it; true if it is gone. */
static bool
remove_one(int dir, const char *name, unsigned depth)
{
	int fd;

	if (unlinkat(dir, name, 0) == 0 ||
	    unlinkat(dir, name, AT_REMOVEDIR) == 0)
		return true;
	if (depth == 0)
		return false;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return false;
	empty(fd, depth - 1);
	(void)close(fd);
	return unlinkat(dir, name, AT_REMOVEDIR) == 0;
}

/* readdir() allocates, which a signal handler must not. */
static size_t
empty_once(int fd, unsigned depth)
{
	_Alignas(struct dirent64) char piece[PIECE_LEN];
	size_t gone = 0;
	ssize_t len, at;

	if (lseek(fd, 0, SEEK_SET) != 0)
		return 0;
	for (;;) {
		len = getdents64(fd, piece, sizeof(piece));
		if (len <= 0)
			return gone;
		for (at = 0; at < len;) {
			const struct dirent64 *e = (const void *)(piece + at);

			at += e->d_reclen;
			if (strcmp(e->d_name, ".") != 0 &&
			    strcmp(e->d_name, "..") != 0)
				gone += remove_one(fd, e->d_name, depth);
		}
	}
}

/* Some file systems skip names while others go: again, until none goes. */
static void
empty(int fd, unsigned depth)
{
	for (int i = 0; i < PASSES_MAX; i++)
		if (empty_once(fd, depth) == 0)
			return;
}

void
os_remove_folder(int dir, const char *name)
{
	(void)remove_one(dir, name, DEPTH_MAX + 1);
}

static void
on_signal(int sig)
{
	int cause = errno, state;

	for (size_t i = 0; i < SLOTS; i++) {
		state = atomic_load(&pending[i].state);
		if (state > 0 && pending[i].is_folder)
			os_remove_folder(state - 1, pending[i].name);
		else if (state > 0)
			(void)unlinkat(state - 1, pending[i].name, 0);
	}
	errno = cause;
	/* SA_RESETHAND: the process ends by this signal on our return. */
	(void)raise(sig);
}

/* Leaves alone what the program has arranged or its parent has ignored. */
static void
install_handlers(void)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM,
	    SIGTERM, SIGXCPU, SIGXFSZ};
	struct sigaction now, ours;

	memset(&ours, 0, sizeof(ours));
	ours.sa_handler = on_signal;
	ours.sa_flags = (int)SA_RESETHAND;
	(void)sigfillset(&ours.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		if (sigaction(signals[i], NULL, &now) == 0 &&
		    (now.sa_flags & SA_SIGINFO) == 0 &&
		    now.sa_handler == SIG_DFL)
			(void)sigaction(signals[i], &ours, NULL);
}

enum dflow_status
os_pending_add(const struct os_pending *p, const char *about, int *slot,
    struct dflow_err *err)
{
	int state;

	install_handlers();
	for (int i = 0; i < SLOTS; i++) {
		state = 0;
		if (!atomic_compare_exchange_strong(
			&pending[i].state, &state, -1))
			continue;
		(void)snprintf(
		    pending[i].name, sizeof(pending[i].name), "%s", p->name);
		pending[i].is_folder = p->is_folder;
		atomic_store(&pending[i].state, p->dir + 1);
		*slot = i;
		return DFLOW_OK;
	}
	return err_set(err, DFLOW_FAILED,
	    "%s: more than %d files are being written", about, SLOTS);
}

void
os_pending_drop(int slot)
{
	if (slot >= 0)
		atomic_store(&pending[slot].state, 0);
}
