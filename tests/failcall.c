/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An object for LD_PRELOAD that makes one call of a program fail, as a full
 * disk, a dying one, a forbidding folder or a small machine would.
 *
 *   FAULT_CALL   write, fsync, rename or malloc: a class of calls
 *   FAULT_N      which of them fails, from 1; 0 makes none fail
 *   FAULT_KILL   1: the program is killed at that call instead (power loss)
 *   FAULT_COUNT  a file that gets the number of such calls at exit
 *
 * Calls count from main() on. Only the Nth fails: what the program does about
 * it runs undisturbed. Not linked with anything of ours.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum fault { FAULT_NONE, FAULT_WRITE, FAULT_FSYNC, FAULT_RENAME, FAULT_MALLOC };

static struct {
	enum fault class;
	long n;
	bool kill;
	char count_file[512];
	atomic_long count;
	atomic_bool running; /* main() has begun */
} plan;

/* True when this very call has to fail. */
static bool strikes(enum fault class)
{
	if (!atomic_load(&plan.running) || plan.class != class)
		return false;
	if (atomic_fetch_add(&plan.count, 1) + 1 != plan.n)
		return false;
	if (plan.kill)
		(void)raise(SIGKILL);
	return true;
}

/*
 * The next object's function of that name. Nothing here may allocate: the
 * allocating functions call glibc's own names below instead.
 */
static void *
next(const char *name)
{
	void *f = dlsym(RTLD_NEXT, name);

	if (f == NULL)
		_exit(98);
	return f;
}

/* ISO C has no cast from void * to a function. */
#define NEXT(name)                 \
	__typeof__(name) *real;    \
	void *found = next(#name); \
	memcpy(&real, &found, sizeof(real))

typedef int main_function(int, char **, char **);

static main_function *real_main;

static void
report(void)
{
	char text[32];
	int fd, len;

	atomic_store(&plan.running, false);
	if (plan.count_file[0] == '\0')
		return;
	len = snprintf(text, sizeof(text), "%ld\n", atomic_load(&plan.count));
	fd = open(plan.count_file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || syscall(SYS_write, fd, text, (size_t)len) != len)
		_exit(97);
	(void)close(fd);
}

static int
counted_main(int argc, char **argv, char **envp)
{
	(void)atexit(report);
	atomic_store(&plan.running, plan.class != FAULT_NONE);
	return real_main(argc, argv, envp);
}

static void
read_plan(void)
{
	static const char *const names[] = {
	    "", "write", "fsync", "rename", "malloc"};
	const char *call = getenv("FAULT_CALL"), *n = getenv("FAULT_N");
	const char *die = getenv("FAULT_KILL"), *file = getenv("FAULT_COUNT");

	for (int i = 1; call != NULL && i < 5; i++)
		if (strcmp(call, names[i]) == 0)
			plan.class = (enum fault)i;
	plan.n = n != NULL ? strtol(n, NULL, 10) : 0;
	plan.kill = die != NULL && strcmp(die, "1") == 0;
	if (file != NULL)
		(void)snprintf(
		    plan.count_file, sizeof(plan.count_file), "%s", file);
	/* Children of the program are none of our business. */
	(void)unsetenv("LD_PRELOAD");
}

int __libc_start_main(main_function *entry, int argc, char **argv,
    void (*init)(void), void (*fini)(void), void (*rtld_fini)(void),
    void *stack_end);

int
__libc_start_main(main_function *entry, int argc, char **argv,
    void (*init)(void), void (*fini)(void), void (*rtld_fini)(void),
    void *stack_end)
{
	NEXT(__libc_start_main);

	read_plan();
	real_main = entry;
	return real(counted_main, argc, argv, init, fini, rtld_fini, stack_end);
}

ssize_t
write(int fd, const void *data, size_t len)
{
	NEXT(write);

	if (strikes(FAULT_WRITE)) {
		errno = ENOSPC;
		return -1;
	}
	return real(fd, data, len);
}

ssize_t
pwrite(int fd, const void *data, size_t len, off_t at)
{
	NEXT(pwrite);

	if (strikes(FAULT_WRITE)) {
		errno = ENOSPC;
		return -1;
	}
	return real(fd, data, len, at);
}

ssize_t
writev(int fd, const struct iovec *pieces, int count)
{
	NEXT(writev);

	if (strikes(FAULT_WRITE)) {
		errno = ENOSPC;
		return -1;
	}
	return real(fd, pieces, count);
}

int
fsync(int fd)
{
	NEXT(fsync);

	if (strikes(FAULT_FSYNC)) {
		errno = EIO;
		return -1;
	}
	return real(fd);
}

int
fdatasync(int fd)
{
	NEXT(fdatasync);

	if (strikes(FAULT_FSYNC)) {
		errno = EIO;
		return -1;
	}
	return real(fd);
}

int
rename(const char *from, const char *to)
{
	NEXT(rename);

	if (strikes(FAULT_RENAME)) {
		errno = EACCES;
		return -1;
	}
	return real(from, to);
}

int
renameat2(
    int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	NEXT(renameat2);

	if (strikes(FAULT_RENAME)) {
		errno = EACCES;
		return -1;
	}
	return real(from_dir, from, to_dir, to, flags);
}

int
link(const char *from, const char *to)
{
	NEXT(link);

	if (strikes(FAULT_RENAME)) {
		errno = EACCES;
		return -1;
	}
	return real(from, to);
}

/*
 * Memory. dlsym() itself may allocate, so the real functions are taken by the
 * names that glibc exports for this; free() stays as it is.
 */
extern void *__libc_malloc(size_t len);
extern void *__libc_calloc(size_t count, size_t len);
extern void *__libc_realloc(void *old, size_t len);
extern void *__libc_memalign(size_t align, size_t len);

static void *
no_memory(void)
{
	errno = ENOMEM;
	return NULL;
}

void *
malloc(size_t len)
{
	return strikes(FAULT_MALLOC) ? no_memory() : __libc_malloc(len);
}

void *
calloc(size_t count, size_t len)
{
	return strikes(FAULT_MALLOC) ? no_memory() : __libc_calloc(count, len);
}

void *
realloc(void *old, size_t len)
{
	return strikes(FAULT_MALLOC) ? no_memory() : __libc_realloc(old, len);
}

int
posix_memalign(void **out, size_t align, size_t len)
{
	void *p;

	if (strikes(FAULT_MALLOC))
		return ENOMEM;
	p = __libc_memalign(align, len);
	if (p == NULL)
		return ENOMEM;
	*out = p;
	return 0;
}

void *
aligned_alloc(size_t align, size_t len)
{
	return strikes(FAULT_MALLOC) ? no_memory()
				     : __libc_memalign(align, len);
}

char *
strdup(const char *s)
{
	size_t len = strlen(s) + 1;
	char *copy = malloc(len);

	if (copy != NULL)
		memcpy(copy, s, len);
	return copy;
}

char *
strndup(const char *s, size_t max)
{
	size_t len = strnlen(s, max);
	char *copy = malloc(len + 1);

	if (copy != NULL) {
		memcpy(copy, s, len);
		copy[len] = '\0';
	}
	return copy;
}
