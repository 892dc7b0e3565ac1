/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Questions to the person at the terminal. Standard input and output may be
 * files: /dev/tty is asked. While echo is off, signals wait until it is back
 * on: they are blocked, and a signalfd tells that one has come.
 */
#include "base/os.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

enum {
	PASSPHRASE_MAX = 1023,
	ANSWER_MAX = 15,
	LINE_MAX_READ = 64 * 1024, /* of a line that is too long anyway */
	WAIT_MS = 3600 * 1000, /* for each key; then nobody is there */
};

/* A place to read a line from. */
struct line_source {
	int fd;
	int signals; /* signalfd, or -1 */
	bool hidden; /* echo is off; was is what to restore */
	struct termios was;
	sigset_t blocked;
	sigset_t mask; /* what was blocked before */
	const char *name; /* for messages */
	const char *prompt; /* shown again when a stopped job goes on */
};

static enum dflow_status
tty_open(const char *mend, int *out, struct dflow_err *err)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return err_set(
		    err, DFLOW_USAGE, "no terminal to ask on; %s", mend);
	*out = fd;
	return DFLOW_OK;
}

/* Shows text; what could drive the terminal is written as \NNN. */
static void
tty_show(int fd, const char *text)
{
	char shown[4];
	size_t len;
	uint8_t c;

	for (; *text != '\0'; text++) {
		c = (uint8_t)*text;
		len = 0;
		if ((c >= 0x20 && c < 0x7f) || c == '\n') {
			shown[len++] = (char)c;
		} else {
			shown[len++] = '\\';
			shown[len++] = (char)('0' + c / 100);
			shown[len++] = (char)('0' + c / 10 % 10);
			shown[len++] = (char)('0' + c % 10);
		}
		if (write(fd, shown, len) < 0)
			return; /* then the read that follows fails, too */
	}
}

/* Turns echo off, with signals held back from here to echo_on(). */
static enum dflow_status
echo_off(struct line_source *l, struct dflow_err *err)
{
	static const int held[] = {
	    SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM, SIGTERM, SIGTSTP};
	struct termios quiet;

	(void)sigemptyset(&l->blocked);
	for (size_t i = 0; i < sizeof(held) / sizeof(*held); i++)
		(void)sigaddset(&l->blocked, held[i]);
	if (l->signals < 0)
		l->signals = signalfd(-1, &l->blocked, SFD_CLOEXEC);
	if (l->signals < 0)
		return err_errno(err, "%s: cannot wait for signals", l->name);
	if (tcgetattr(l->fd, &l->was) != 0)
		return err_errno(err, "%s", l->name);
	(void)pthread_sigmask(SIG_BLOCK, &l->blocked, &l->mask);
	quiet = l->was;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	quiet.c_lflag |= ICANON | ISIG;
	if (tcsetattr(l->fd, TCSADRAIN, &quiet) != 0) {
		(void)err_errno(err, "%s: cannot turn echo off", l->name);
		(void)pthread_sigmask(SIG_SETMASK, &l->mask, NULL);
		return DFLOW_FAILED;
	}
	l->hidden = true;
	return DFLOW_OK;
}

/*
 * how is TCSAFLUSH when half a line may be left: it must not reach the shell.
 * The waiting signals are delivered before this returns, if it does.
 */
static void
echo_on(struct line_source *l, int how)
{
	if (!l->hidden)
		return;
	(void)tcsetattr(l->fd, how, &l->was);
	l->hidden = false;
	(void)pthread_sigmask(SIG_SETMASK, &l->mask, NULL);
}

/* A signal has come: let it act; should we go on after it, ask again. */
static enum dflow_status
let_signal_act(struct line_source *l, struct dflow_err *err)
{
	enum dflow_status st;

	echo_on(l, TCSAFLUSH);
	st = echo_off(l, err);
	if (st == DFLOW_OK)
		tty_show(l->fd, l->prompt);
	return st;
}

/* One byte; *got is 0 at the end, and -1 when the line begins anew. */
static enum dflow_status
read_byte(struct line_source *l, uint8_t *c, int *got, struct dflow_err *err)
{
	struct pollfd fds[2] = {{l->fd, POLLIN, 0}, {l->signals, POLLIN, 0}};
	ssize_t n;
	int ready;

	for (;;) {
		ready = poll(fds, 2, WAIT_MS);
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready < 0)
			return err_errno(err, "%s", l->name);
		if (ready == 0)
			return err_set(err, DFLOW_FAILED,
			    "%s: no answer within an hour; start again",
			    l->name);
		if (fds[1].revents != 0) {
			*got = -1;
			return let_signal_act(l, err);
		}
		n = read(l->fd, c, 1);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return err_errno(err, "%s", l->name);
		*got = (int)n;
		return DFLOW_OK;
	}
}

/*
 * A line without its newline, whose end is eaten even if it does not fit: then
 * *fits is false.
 */
static enum dflow_status
read_line(
    struct line_source *l, struct secret *s, bool *fits, struct dflow_err *err)
{
	enum dflow_status st;
	size_t beyond = 0;
	uint8_t c = 0;
	int got = 0;

	for (;;) {
		st = read_byte(l, &c, &got, err);
		if (st != DFLOW_OK)
			break;
		if (got == 0 || (got > 0 && c == '\n'))
			break;
		if (got < 0) {
			s->len = 0;
			beyond = 0;
		} else if (s->len < s->cap) {
			s->data[s->len++] = c;
		} else if (++beyond > LINE_MAX_READ) {
			break;
		}
	}
	explicit_bzero(&c, sizeof(c));
	*fits = beyond == 0;
	return st;
}

static enum dflow_status
read_passphrase(
    struct line_source *l, struct secret **out, struct dflow_err *err)
{
	struct secret *s = NULL;
	enum dflow_status st;
	bool fits = false;

	st = secret_new(PASSPHRASE_MAX, &s, err);
	if (st != DFLOW_OK)
		return st;
	st = read_line(l, s, &fits, err);
	if (st != DFLOW_OK)
		goto out;
	if (!fits)
		st = err_set(err, DFLOW_FAILED,
		    "%s: the passphrase is longer than %d bytes", l->name,
		    PASSPHRASE_MAX);
	else if (s->len == 0)
		st = err_set(err, DFLOW_FAILED,
		    "%s: the passphrase is empty; give one", l->name);
	else if (memchr(s->data, 0, s->len) != NULL)
		st = err_set(err, DFLOW_FAILED,
		    "%s: the passphrase has a byte 0; give it as text",
		    l->name);
	if (st != DFLOW_OK)
		goto out;
	*out = s;
	s = NULL; /* transferred */
out:
	secret_free(&s);
	return st;
}

/* One question with the answer not shown; echo is off. */
static enum dflow_status
ask_hidden(struct line_source *l, const char *prompt, struct secret **out,
    struct dflow_err *err)
{
	enum dflow_status st;

	l->prompt = prompt;
	tty_show(l->fd, prompt);
	st = read_passphrase(l, out, err);
	/* The one that was typed did not show. */
	tty_show(l->fd, "\n");
	return st;
}

static enum dflow_status
ask_again(
    struct line_source *l, const struct secret *first, struct dflow_err *err)
{
	struct secret *second = NULL;
	enum dflow_status st;

	st = ask_hidden(l, "The same once more: ", &second, err);
	if (st != DFLOW_OK)
		return st;
	if (second->len != first->len ||
	    memcmp(second->data, first->data, first->len) != 0)
		st = err_set(err, DFLOW_FAILED,
		    "the two passphrases differ; start again");
	secret_free(&second);
	return st;
}

static enum dflow_status
passphrase_tty(const char *prompt, bool confirm, struct secret **out,
    struct dflow_err *err)
{
	struct line_source l = {
	    .fd = -1, .signals = -1, .name = "terminal", .prompt = prompt};
	struct secret *s = NULL;
	enum dflow_status st;

	st = tty_open("give the passphrase with --passphrase-fd", &l.fd, err);
	if (st != DFLOW_OK)
		return st;
	st = echo_off(&l, err);
	if (st == DFLOW_OK)
		st = ask_hidden(&l, prompt, &s, err);
	if (st == DFLOW_OK && confirm)
		st = ask_again(&l, s, err);
	echo_on(&l, st == DFLOW_OK ? TCSADRAIN : TCSAFLUSH);
	if (st == DFLOW_OK) {
		*out = s;
		s = NULL; /* transferred */
	}
	secret_free(&s);
	if (l.signals >= 0)
		(void)close(l.signals);
	(void)close(l.fd);
	return st;
}

enum dflow_status
os_passphrase(const char *prompt, int fd, bool confirm, struct secret **out,
    struct dflow_err *err)
{
	struct line_source l = {
	    .fd = fd, .signals = -1, .name = "passphrase fd"};

	if (fd < 0)
		return passphrase_tty(prompt, confirm, out, err);
	return read_passphrase(&l, out, err);
}

enum dflow_status
os_confirm(const char *question, bool *yes, struct dflow_err *err)
{
	struct line_source l = {.fd = -1, .signals = -1, .name = "terminal"};
	struct secret *s = NULL;
	enum dflow_status st;
	bool fits = false;

	st = tty_open("give --yes", &l.fd, err);
	if (st != DFLOW_OK)
		return st;
	st = secret_new(ANSWER_MAX, &s, err);
	if (st != DFLOW_OK)
		goto out;
	tty_show(l.fd, question);
	st = read_line(&l, s, &fits, err);
	if (st == DFLOW_OK)
		*yes = fits && s->len == 3 && memcmp(s->data, "yes", 3) == 0;
out:
	secret_free(&s);
	(void)close(l.fd);
	return st;
}
