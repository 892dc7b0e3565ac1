/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of keys/https share: a server, a client, and a batch. */
#ifndef TESTS_HTTPSCENE_H
#define TESTS_HTTPSCENE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "keys/https.h"
#include "tlsserver.h"

#define SCENE_NAME "seSAM-nserie-101"
#define DAY (24L * 3600)
#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

enum { REQUESTS_MAX = 64 };

/* Everything of one test, which is in a folder of its own. */
struct scene {
	struct tlscert ca, other, leaf; /* ca.pem and other.pem are there */
	struct tlsserver *server;
	struct secret *pass;
	struct redact redact;
	struct https_params p;
	char address[32];
	char url[64];
	struct os_log *log; /* the file "log" */
	struct https *client;
};

/* A certificate as the device has it: with a CN, and no subjectAltName. */
extern const struct tlscert_facts scene_device;

/* All but the server and the client. */
void scene_prepare(struct scene *s);
void scene_serve(struct scene *s, const struct tlscert_facts *facts);
void scene_connect(struct scene *s);
/* Both, as the device. */
void scene_begin(struct scene *s);
void scene_end(struct scene *s);

/*
 * A batch, and what came of it. Those that post carry SCENE_PIN and their
 * number, and are to get back what they sent.
 */
#define SCENE_PIN "13579"
struct asked {
	struct https_batch batch;
	const char *path;
	bool post, once;
	size_t fails_at; /* 1: the first; 0: none */
	bool take_fails; /* and not make */
	unsigned status; /* of the last answer */
	int taken[REQUESTS_MAX];
	size_t total;
	const struct secret *body;
	enum dflow_status result;
	struct dflow_err err;
};

struct asked asked(const char *path, size_t count, bool post);
enum dflow_status ask(struct scene *s, struct asked *a);
/* One GET, which must be answered: its status. */
unsigned get(struct scene *s, const char *path);
/* One GET, which must fail with those words. */
void get_fails(struct scene *s, const char *path, enum dflow_status status,
    const char *words);

/* text has the words, and no secret. */
void check_words(const char *text, const char *words);
/* How often the words are in the file. */
int count_in(const char *path, const char *words);

#endif
