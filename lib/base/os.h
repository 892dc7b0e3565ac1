/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The machine: files, the terminal, the clock, cores. All system calls of the
 * library are here. Every wait and every size has a bound.
 */
#ifndef BASE_OS_H
#define BASE_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"

/*
 * Reads a whole regular file (or pipe; "-" is standard input) of at most max
 * bytes into out, which the caller has initialised. "PATH: larger than N
 * bytes" when there is more. Folders and devices are refused.
 */
DFLOW_NODISCARD enum dflow_status os_read(
    const char *path, size_t max, struct buf *out, struct dflow_err *err);

/*
 * As os_read, for a file that nobody named but that was found: a regular file,
 * or a link to one. A pipe there could keep us waiting, and is refused.
 */
DFLOW_NODISCARD enum dflow_status os_read_found(
    const char *path, size_t max, struct buf *out, struct dflow_err *err);

/*
 * As os_read, for a file by which others could deceive us. DFLOW_REFUSED if
 * group or others can write it, or if it is neither ours nor root's.
 */
DFLOW_NODISCARD enum dflow_status os_read_trusted(
    const char *path, size_t max, struct buf *out, struct dflow_err *err);

/*
 * Reads a private file into a new secret. Refuses (DFLOW_REFUSED) one that
 * group or others can read or write, or that is not a regular file, naming
 * the chmod that mends it. Symbolic links are followed.
 */
DFLOW_NODISCARD enum dflow_status os_read_private(
    const char *path, size_t max, struct secret **out, struct dflow_err *err);

/* A file that is read piece by piece, for zones. */
struct os_reader;
DFLOW_NODISCARD enum dflow_status os_reader_open(
    const char *path, struct os_reader **out, struct dflow_err *err);
/* Up to len bytes; *got is 0 at the end. */
DFLOW_NODISCARD enum dflow_status os_reader_read(struct os_reader *r,
    void *data, size_t len, size_t *got, struct dflow_err *err);
void os_reader_close(struct os_reader **r);

/*
 * A file that comes into being whole or not at all: written under a temporary
 * name in the same folder, then fsync, rename over path, fsync of the folder.
 * Until os_save_place or os_save_commit, path is what it was. The temporary is
 * removed by os_save_abort and on SIGINT, SIGTERM, SIGHUP and other signals
 * that end a process. A symbolic link at path is followed, so that the link
 * stays. mode, less the umask, is for a new file; an existing one keeps its
 * own mode (and, when we may, its owner). Devices and folders are refused.
 */
struct os_save;
DFLOW_NODISCARD enum dflow_status os_save_open(const char *path, unsigned mode,
    struct os_save **out, struct dflow_err *err);
/*
 * As above for a file that must not exist yet, not even as a link: committing
 * is link(2), and DFLOW_REFUSED when path exists by then.
 */
DFLOW_NODISCARD enum dflow_status os_save_open_new(const char *path,
    unsigned mode, struct os_save **out, struct dflow_err *err);
DFLOW_NODISCARD enum dflow_status os_save_write(
    struct os_save *s, const void *data, size_t len, struct dflow_err *err);
/* Flushes to the disk, so that the file can be read back under os_save_name. */
DFLOW_NODISCARD enum dflow_status os_save_sync(
    struct os_save *s, struct dflow_err *err);
const char *os_save_name(const struct os_save *s);
/*
 * Syncs, and keeps nothing open until the commit: for more files at once than
 * may be open. A signal that ends the process leaves such a temporary file.
 */
DFLOW_NODISCARD enum dflow_status os_save_park(
    struct os_save *s, struct dflow_err *err);
/*
 * Syncs and renames. After a failure path is what it was; after DFLOW_OK the
 * new file is there, whatever os_save_commit then says of the disk.
 */
DFLOW_NODISCARD enum dflow_status os_save_place(
    struct os_save *s, struct dflow_err *err);
bool os_save_placed(const struct os_save *s);
/* Removes what os_save_place has put there. */
void os_save_take_back(struct os_save *s);
/*
 * Places it if need be, syncs its folder, frees and sets *s to NULL, also on
 * failure (then aborted). A folder that cannot be synced is a failure, but the
 * file is in place, and the message says so; unless it had to be new, when it
 * is removed.
 */
DFLOW_NODISCARD enum dflow_status os_save_commit(
    struct os_save **s, struct dflow_err *err);
void os_save_abort(struct os_save **s);

/*
 * The four calls above for bytes at hand. path "-" writes to standard output;
 * a FIFO or a device is written to as it is.
 */
DFLOW_NODISCARD enum dflow_status os_write(const char *path, unsigned mode,
    const void *data, size_t len, struct dflow_err *err);

/*
 * A new file that must not exist yet (link(2) from a synced temporary file,
 * so it is whole or, after any failure, absent); DFLOW_REFUSED when it does.
 */
DFLOW_NODISCARD enum dflow_status os_write_new(const char *path, unsigned mode,
    const void *data, size_t len, struct dflow_err *err);

/* Copies the file, as it is by now, to standard output. */
DFLOW_NODISCARD enum dflow_status os_cat(
    const char *path, struct dflow_err *err);

/* Removes the file; nothing is said if that fails (used in clean-up). */
void os_remove(const char *path);

/*
 * Calls each(name, ctx) for every entry of dir but . and .., in byte order of
 * the names, until one does not return DFLOW_OK; at most 100,000 entries.
 */
DFLOW_NODISCARD enum dflow_status os_list(const char *dir,
    enum dflow_status (*each)(
	const char *name, void *ctx, struct dflow_err *err),
    void *ctx, struct dflow_err *err);

/* True if something is at path. */
bool os_exists(const char *path);

/* True if a regular file, or a link to one, is at path: no pipe, no device. */
bool os_is_file(const char *path);
/* True if a folder, or a link to one, is at path. */
bool os_is_folder(const char *path);
/* True if both lead to one file or folder that is there. */
bool os_same_file(const char *a, const char *b);

/*
 * Asks on the terminal (/dev/tty) without echo, or, when fd is not -1, reads
 * the first line of fd. At most 1023 bytes; empty is refused. confirm asks
 * twice.
 */
DFLOW_NODISCARD enum dflow_status os_passphrase(const char *prompt, int fd,
    bool confirm, struct secret **out, struct dflow_err *err);

/* Shows the question on the terminal; *yes only for a line that is "yes". */
DFLOW_NODISCARD enum dflow_status os_confirm(
    const char *question, bool *yes, struct dflow_err *err);

/* Cores that this process may run on, at least 1. */
unsigned os_cores(void);

/* Waits that many seconds; a signal that is caught ends it. */
void os_pause(double seconds);

/* Steady seconds since some moment, for progress and statistics. */
double os_steady_s(void);

/* The most memory that this process ever had at once, in bytes. */
uint64_t os_peak_memory(void);

/*
 * Three quarters of the memory that the machine, or the control group of this
 * process, has; in bytes, 0 if it is not known.
 */
size_t os_memory_ceiling(void);

/* len random bytes; never fails short of abort(). For salts and file names. */
void os_random(void *data, size_t len);

/*
 * No core dumps and no ptrace from now on: for processes that hold secrets.
 * Standard streams that are closed are held by what can neither be read nor
 * written, so that no other file gets their numbers.
 */
void os_harden(void);

/*
 * Pages of their own for at least len bytes (up to 1 GiB), zero-filled; locked
 * in memory when the limits allow it, left out of core dumps and not given to
 * child processes. NULL when there are none. For secret.c.
 */
void *os_pages_new(size_t len);
/* Wipes and releases them; len as it was. NULL is fine. */
void os_pages_free(void *pages, size_t len);

#endif
