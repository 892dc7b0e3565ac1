/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The facts of the machine, folders, and pages for secrets. Together with
 * os_read.c (files to read), os_save.c (files that come whole or not at all),
 * os_memory.c (how much there is), os_map.c (memory in pages) and os_tty.c
 * (the terminal) it holds every system call of the library.
 */
#include "base/os.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	LIST_MAX = 100000,
	PAGES_MAX = 1024 * 1024 * 1024,
};

void
os_remove(const char *path)
{
	(void)unlink(path);
}

bool
os_exists(const char *path)
{
	struct stat sb;

	return lstat(path, &sb) == 0;
}

bool
os_is_file(const char *path)
{
	struct stat sb;

	return stat(path, &sb) == 0 && S_ISREG(sb.st_mode);
}

bool
os_is_folder(const char *path)
{
	struct stat sb;

	return stat(path, &sb) == 0 && S_ISDIR(sb.st_mode);
}

bool
os_same_file(const char *a, const char *b)
{
	struct stat sa, sb;

	return stat(a, &sa) == 0 && stat(b, &sb) == 0 &&
	       sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

/* The names in one folder. */
struct listing {
	char **names;
	size_t count;
	size_t cap;
};

static enum dflow_status
listing_add(
    struct listing *l, const char *dir, const char *name, struct dflow_err *err)
{
	size_t cap = l->cap == 0 ? 64 : l->cap * 2;
	char **names;

	if (l->count == LIST_MAX)
		return err_set(err, DFLOW_FAILED,
		    "%s: more than %d entries; use a folder of its own", dir,
		    LIST_MAX);
	if (l->count == l->cap) {
		names = realloc(l->names, cap * sizeof(*names));
		if (names == NULL)
			return err_memory(err);
		l->names = names;
		l->cap = cap;
	}
	l->names[l->count] = strdup(name);
	if (l->names[l->count] == NULL)
		return err_memory(err);
	l->count++;
	return DFLOW_OK;
}

static enum dflow_status
listing_fill(struct listing *l, const char *dir, DIR *d, struct dflow_err *err)
{
	const struct dirent *e;
	enum dflow_status st;

	for (;;) {
		errno = 0;
		e = readdir(d);
		if (e == NULL && errno != 0)
			return err_errno(err, "%s", dir);
		if (e == NULL)
			return DFLOW_OK;
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		st = listing_add(l, dir, e->d_name, err);
		if (st != DFLOW_OK)
			return st;
	}
}

/* strcmp() compares bytes, whatever the locale. */
static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

enum dflow_status
os_list(const char *dir,
    enum dflow_status (*each)(
	const char *name, void *ctx, struct dflow_err *err),
    void *ctx, struct dflow_err *err)
{
	struct listing l = {NULL, 0, 0};
	enum dflow_status st;
	DIR *d;

	d = opendir(dir);
	if (d == NULL)
		return err_errno(err, "%s", dir);
	st = listing_fill(&l, dir, d, err);
	(void)closedir(d);
	if (st == DFLOW_OK && l.count > 1)
		qsort(l.names, l.count, sizeof(*l.names), compare_names);
	for (size_t i = 0; i < l.count; i++) {
		if (st == DFLOW_OK)
			st = each(l.names[i], ctx, err);
		free(l.names[i]);
	}
	free(l.names);
	return st;
}

unsigned
os_cores(void)
{
	cpu_set_t set;
	long n;

	CPU_ZERO(&set);
	/* Fails with more than 1024 cores. */
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		n = CPU_COUNT(&set);
	else
		n = sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : (unsigned)n;
}

void
os_pause(double seconds)
{
	struct timespec t = {.tv_sec = (time_t)seconds};

	t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
	(void)nanosleep(&t, NULL);
}

double
os_steady_s(void)
{
	struct timespec t = {0, 0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void
os_random(void *data, size_t len)
{
	uint8_t *at = data;
	ssize_t n;

	while (len > 0) {
		n = getrandom(at, len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		/* A predictable salt or file name must not come out. */
		if (n <= 0)
			abort();
		at += n;
		len -= (size_t)n;
	}
}

/*
 * A file that is opened while a standard stream is closed gets that stream's
 * number, and would be taken for it. What stands in for it fails, as a closed
 * one does.
 */
static void
fill_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		/* The lowest number that is free is this one. */
		if (open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			return;
	}
}

void
os_harden(void)
{
	const struct rlimit none = {0, 0};

	fill_streams();
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
}

void *
os_pages_new(size_t len)
{
	void *p;

	if (len == 0 || len > PAGES_MAX)
		return NULL;
	p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
	    -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	/* Each is the best that this kernel and these limits allow. */
	(void)mlock(p, len);
	(void)madvise(p, len, MADV_DONTDUMP);
	(void)madvise(p, len, MADV_WIPEONFORK);
	return p;
}

void
os_pages_free(void *pages, size_t len)
{
	if (pages == NULL)
		return;
	explicit_bzero(pages, len);
	(void)munmap(pages, len);
}
