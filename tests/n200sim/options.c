/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line. */
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

enum { LIFETIME_S = 600, FIRST_NUMBER = 27, PIN_TRIES = 3 };

static const char help[] =
    "usage: n200sim --cert FILE --key FILE [OPTION...]\n"
    "The network:\n"
    "  --port N              of 127.0.0.1; 0, the usual, picks one\n"
    "  --ipv6                ::1 instead\n"
    "  --tls LIST            1.1, 1.2, 1.3, some of them with commas\n"
    "  --priority STRING     GnuTLS's own words for that\n"
    "  --lifetime SECONDS    then it ends by itself (600)\n"
    "  --counters FILE       written on SIGUSR1 and at the end\n"
    "The device:\n"
    "  --users FILE          lines of NAME PASSWORD CORES (1,2 or -)\n"
    "  --clock SECONDS       its fixed time\n"
    "  --next-id N           in the next key's id (27)\n"
    "  --article             has the articles' key of JP.example, which\n"
    "                        cannot sign\n"
    "  --load FILE[,nice_name=X][,key_id=X][,token_name=X][,id=X][,core=N]\n"
    "        [,owner=X][,nopin]\n"
    "                        has that private key (PEM)\n"
    "  --pin-stored          a PIN may be left out\n"
    "  --pin-tries N         wrong PINs that lock a key (3; 0: none)\n"
    "  --denied-status N     HTTP's, of \"access denied\" (200)\n"
    "  --error-status N      and of other errors (200)\n"
    "  --list-core N         listkeys tells of that core only\n"
    "  --strict-fields       a field that is unknown is an error\n"
    "  --quirk NAME          core-missing, strings, spellings, point-04,\n"
    "                        point-lower, no-echo, no-token, no-public\n"
    "The command that signs:\n"
    "  --sign-command NAME   (sign)\n"
    "  --sign-fields core=NAME,key=NAME,data=NAME,pin=NAME\n"
    "  --sign-key-form FORM  key_id, token_name, nice_name, id, any\n"
    "  --sign-input KIND     digest, message\n"
    "  --sign-encoding E     of it: HEX, hex, base64, base64url\n"
    "  --sign-result PATH    or r=PATH,s=PATH\n"
    "  --sign-result-encoding E\n"
    "  --sign-format F       raw, der\n"
    "  --sign-hash-text      broken: hashes the data's text\n"
    "Faults:\n"
    "  --delay [COMMAND=]MS  before each answer\n"
    "  --fault KIND[:COMMAND[:N[:SKIP]]]\n"
    "                        for N requests (all), after SKIP good ones;\n"
    "                        COMMAND: *, sign (whatever its name) or another\n"
    "  --redirect-url URL    where a redirect leads\n"
    "  --die-after N         ends without a word at the next sign request\n"
    "Kinds of faults:\n";

static const struct word {
	const char *name;
	unsigned value;
} quirks[] = {
    {"core-missing", QUIRK_CORE_MISSING},
    {"strings", QUIRK_STRINGS},
    {"spellings", QUIRK_SPELLINGS},
    {"point-04", QUIRK_POINT_04},
    {"point-lower", QUIRK_POINT_LOWER},
    {"no-echo", QUIRK_NO_ECHO},
    {"no-token", QUIRK_NO_TOKEN},
    {"no-public", QUIRK_NO_PUBLIC},
};

enum option_id {
	OPTION_SIGN = 1000, /* --sign-NAME: the rest of its name says which */
	OPTION_SIGN_HASH_TEXT,
	OPTION_CERT,
	OPTION_KEY,
	OPTION_PORT,
	OPTION_IPV6,
	OPTION_TLS,
	OPTION_PRIORITY,
	OPTION_LIFETIME,
	OPTION_COUNTERS,
	OPTION_USERS,
	OPTION_CLOCK,
	OPTION_NEXT_ID,
	OPTION_ARTICLE,
	OPTION_LOAD,
	OPTION_PIN_STORED,
	OPTION_PIN_TRIES,
	OPTION_DENIED_STATUS,
	OPTION_ERROR_STATUS,
	OPTION_LIST_CORE,
	OPTION_STRICT_FIELDS,
	OPTION_QUIRK,
	OPTION_DELAY,
	OPTION_FAULT,
	OPTION_REDIRECT_URL,
	OPTION_DIE_AFTER,
	OPTION_HELP,
};

static const struct option options[] = {
    {"sign-command", required_argument, NULL, OPTION_SIGN},
    {"sign-fields", required_argument, NULL, OPTION_SIGN},
    {"sign-key-form", required_argument, NULL, OPTION_SIGN},
    {"sign-input", required_argument, NULL, OPTION_SIGN},
    {"sign-encoding", required_argument, NULL, OPTION_SIGN},
    {"sign-result", required_argument, NULL, OPTION_SIGN},
    {"sign-result-encoding", required_argument, NULL, OPTION_SIGN},
    {"sign-format", required_argument, NULL, OPTION_SIGN},
    {"sign-hash-text", no_argument, NULL, OPTION_SIGN_HASH_TEXT},
    {"cert", required_argument, NULL, OPTION_CERT},
    {"key", required_argument, NULL, OPTION_KEY},
    {"port", required_argument, NULL, OPTION_PORT},
    {"ipv6", no_argument, NULL, OPTION_IPV6},
    {"tls", required_argument, NULL, OPTION_TLS},
    {"priority", required_argument, NULL, OPTION_PRIORITY},
    {"lifetime", required_argument, NULL, OPTION_LIFETIME},
    {"counters", required_argument, NULL, OPTION_COUNTERS},
    {"users", required_argument, NULL, OPTION_USERS},
    {"clock", required_argument, NULL, OPTION_CLOCK},
    {"next-id", required_argument, NULL, OPTION_NEXT_ID},
    {"article", no_argument, NULL, OPTION_ARTICLE},
    {"load", required_argument, NULL, OPTION_LOAD},
    {"pin-stored", no_argument, NULL, OPTION_PIN_STORED},
    {"pin-tries", required_argument, NULL, OPTION_PIN_TRIES},
    {"denied-status", required_argument, NULL, OPTION_DENIED_STATUS},
    {"error-status", required_argument, NULL, OPTION_ERROR_STATUS},
    {"list-core", required_argument, NULL, OPTION_LIST_CORE},
    {"strict-fields", no_argument, NULL, OPTION_STRICT_FIELDS},
    {"quirk", required_argument, NULL, OPTION_QUIRK},
    {"delay", required_argument, NULL, OPTION_DELAY},
    {"fault", required_argument, NULL, OPTION_FAULT},
    {"redirect-url", required_argument, NULL, OPTION_REDIRECT_URL},
    {"die-after", required_argument, NULL, OPTION_DIE_AFTER},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

/* Options that only say yes. */
static const struct flag {
	int id;
	size_t offset;
} flags[] = {
    {OPTION_IPV6, offsetof(struct settings, ipv6)},
    {OPTION_ARTICLE, offsetof(struct settings, article)},
    {OPTION_PIN_STORED, offsetof(struct settings, pin_stored)},
    {OPTION_STRICT_FIELDS, offsetof(struct settings, strict_fields)},
    {OPTION_SIGN_HASH_TEXT, offsetof(struct settings, sign.hash_text)},
};

/* Options that only fill a place in the settings. */
static const struct plain {
	int id;
	size_t offset;
	unsigned least; /* of numbers; texts have two zeroes */
	unsigned most;
} plain[] = {
    {OPTION_CERT, offsetof(struct settings, cert), 0, 0},
    {OPTION_KEY, offsetof(struct settings, key), 0, 0},
    {OPTION_COUNTERS, offsetof(struct settings, counters), 0, 0},
    {OPTION_USERS, offsetof(struct settings, users), 0, 0},
    {OPTION_REDIRECT_URL, offsetof(struct settings, redirect), 0, 0},
    {OPTION_PORT, offsetof(struct settings, port), 0, 65535},
    {OPTION_LIFETIME, offsetof(struct settings, lifetime_s), 1, 86400},
    {OPTION_NEXT_ID, offsetof(struct settings, next_number), 1, 99999999},
    {OPTION_PIN_TRIES, offsetof(struct settings, pin_tries), 0, 1000},
    {OPTION_DENIED_STATUS, offsetof(struct settings, denied_status), 200, 599},
    {OPTION_ERROR_STATUS, offsetof(struct settings, error_status), 200, 599},
    {OPTION_LIST_CORE, offsetof(struct settings, list_core), 1, DEVICE_CORES},
    {OPTION_DIE_AFTER, offsetof(struct settings, die_after), 1, 1000000},
};

_Noreturn static void
wrong(const char *name, const char *value, const char *why)
{
	fprintf(stderr, "n200sim: --%s %s: %s\n", name, value, why);
	exit(2);
}

/* A whole number of least to most. */
static long long
number(const char *name, const char *value, long long least, long long most)
{
	char *end = NULL;
	long long n = strtoll(value, &end, 10);

	if (end == value || *end != '\0' || n < least || n > most)
		wrong(name, value, "not a number that is possible");
	return n;
}

/* True if it is one of them. */
static bool
set_plain(struct settings *set, int id, const char *name, const char *value)
{
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		const struct plain *p = &plain[i];
		char *at = (char *)set + p->offset;
		unsigned n = 0;

		if (p->id != id)
			continue;
		if (p->most == 0) {
			memcpy(at, &value, sizeof(value));
		} else {
			n = (unsigned)number(name, value, p->least, p->most);
			memcpy(at, &n, sizeof(n));
		}
		return true;
	}
	return false;
}

/* True if it is one of them. */
static bool
set_flag(struct settings *set, int id)
{
	static const bool yes = true;

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (flags[i].id == id) {
			memcpy(
			    (char *)set + flags[i].offset, &yes, sizeof(yes));
			return true;
		}
	}
	return false;
}

static void
set_tls(struct settings *set, const char *value)
{
	/* TLS 1.1 signs with SHA-1 (RFC 4346), which is asked for. */
	int len = snprintf(set->priorities, sizeof(set->priorities),
	    "NORMAL:%%VERIFY_ALLOW_SIGN_WITH_SHA1:-VERS-ALL");
	char copy[32];
	char *save = NULL;

	snprintf(copy, sizeof(copy), "%s", value);
	for (char *v = strtok_r(copy, ",", &save); v != NULL;
	     v = strtok_r(NULL, ",", &save)) {
		if (strcmp(v, "1.1") != 0 && strcmp(v, "1.2") != 0 &&
		    strcmp(v, "1.3") != 0)
			wrong("tls", value, "only 1.1, 1.2, 1.3 are known");
		len += snprintf(set->priorities + len,
		    sizeof(set->priorities) - (size_t)len, ":+VERS-TLS%s", v);
	}
}

static void
set_quirk(struct settings *set, const char *value)
{
	for (size_t i = 0; i < sizeof(quirks) / sizeof(quirks[0]); i++) {
		if (strcmp(quirks[i].name, value) == 0) {
			set->quirks |= quirks[i].value;
			return;
		}
	}
	wrong("quirk", value, "unknown");
}

/* [COMMAND=]MS */
static void
set_delay(struct settings *set, const char *value)
{
	const char *equals = strchr(value, '=');
	struct delay *d = &set->delays[set->delay_count];

	if (set->delay_count == DELAYS_MAX)
		wrong("delay", value, "too many");
	if (equals != NULL) {
		if (equals - value >= (int)sizeof(d->command))
			wrong("delay", value, "not a command");
		memcpy(d->command, value, (size_t)(equals - value));
	}
	d->ms = (unsigned)number(
	    "delay", equals == NULL ? value : equals + 1, 0, 600000);
	set->delay_count++;
}

static void
print_help(void)
{
	fputs(help, stdout);
	for (int i = FAULT_NONE + 1; i < FAULTS; i++)
		printf("  %s\n", fault_name((enum fault)i));
	exit(0);
}

static void
set_option(struct sim *s, int id, const char *name, const char *value)
{
	struct settings *set = &s->set;

	if (set_flag(set, id) || set_plain(set, id, name, value))
		return;
	switch (id) {
	case OPTION_SIGN:
		if (!sign_variant_set(
			&set->sign, name + strlen("sign-"), value))
			wrong(name, value, "unknown");
		return;
	case OPTION_TLS:
		set_tls(set, value);
		return;
	case OPTION_PRIORITY:
		snprintf(set->priorities, sizeof(set->priorities), "%s", value);
		return;
	case OPTION_CLOCK:
		set->clock = number(name, value, 0, 253402300799);
		return;
	case OPTION_LOAD:
		if (set->load_count == LOADS_MAX)
			wrong(name, value, "too many");
		set->loads[set->load_count++] = value;
		return;
	case OPTION_QUIRK:
		set_quirk(set, value);
		return;
	case OPTION_DELAY:
		set_delay(set, value);
		return;
	case OPTION_FAULT:
		if (!fault_add(&s->faults, value))
			wrong(name, value, "see --help for KINDs");
		return;
	case OPTION_HELP:
		print_help();
		return;
	default:
		fputs("n200sim: see --help\n", stderr);
		exit(2);
	}
}

void
sim_options(struct sim *s, int argc, char **argv)
{
	const char *why = NULL;
	int i = 0;

	s->set = (struct settings){
	    .priorities = "NORMAL",
	    .lifetime_s = LIFETIME_S,
	    .clock = -1,
	    .next_number = FIRST_NUMBER,
	    .denied_status = 200,
	    .error_status = 200,
	    .pin_tries = PIN_TRIES,
	};
	sign_variant_init(&s->set.sign);
	for (;;) {
		int id = getopt_long(argc, argv, "", options, &i);

		if (id == -1)
			break;
		set_option(s, id, options[i].name, optarg);
	}
	if (optind < argc || s->set.cert == NULL || s->set.key == NULL) {
		fputs("n200sim: --cert FILE and --key FILE are wanted, and "
		      "nothing but options: see --help\n",
		    stderr);
		exit(2);
	}
	if (!sign_variant_fits(&s->set.sign, &why)) {
		fprintf(stderr, "n200sim: %s\n", why);
		exit(2);
	}
}
