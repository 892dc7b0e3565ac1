/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * main() for a fuzz target without a fuzzer: runs each file of its corpus
 * through LLVMFuzzerTestOneInput() once, so that an input that was a finding
 * stays a test. fuzz_x reads $srcdir/tests/fuzz/corpus/x/, or the files named
 * as arguments. A corpus that is not there, or empty, is a failure.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The input lives in a block of just its size: an overread is then seen. */
static int
replay_file(const char *path)
{
	FILE *f = NULL;
	uint8_t *big = NULL;
	uint8_t *data = NULL;
	size_t len;
	int rc = -1;

	f = fopen(path, "rb");
	big = malloc(INPUT_MAX);
	if (f == NULL || big == NULL)
		goto out;
	len = fread(big, 1, INPUT_MAX, f);
	if (ferror(f))
		goto out;
	data = malloc(len == 0 ? 1 : len);
	if (data == NULL)
		goto out;
	memcpy(data, big, len);
	(void)LLVMFuzzerTestOneInput(data, len);
	rc = 0;
out:
	if (rc != 0)
		fprintf(stderr, "%s: cannot read it\n", path);
	free(data);
	free(big);
	if (f != NULL)
		fclose(f);
	return rc;
}

/* Files replayed, or -1. */
static int
replay_folder(const char *folder)
{
	char path[4096];
	struct dirent *entry = NULL;
	DIR *dir = NULL;
	int count = 0;
	int n;

	dir = opendir(folder);
	if (dir == NULL) {
		perror(folder);
		return -1;
	}
	for (entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
		if (entry->d_name[0] == '.')
			continue;
		n = snprintf(
		    path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (n < 0 || (size_t)n >= sizeof(path) ||
		    replay_file(path) != 0) {
			closedir(dir);
			return -1;
		}
		count++;
	}
	closedir(dir);
	return count;
}

int
main(int argc, char **argv)
{
	char folder[4096];
	const char *srcdir = getenv("srcdir");
	const char *name = strrchr(argv[0], '/');
	int count = 0;
	int i;

	for (i = 1; i < argc; i++) {
		if (replay_file(argv[i]) != 0)
			return 1;
	}
	if (argc > 1)
		return 0;
	name = strstr(name == NULL ? argv[0] : name, "fuzz_");
	if (name == NULL) {
		fprintf(stderr, "%s: no fuzz_ in this name\n", argv[0]);
		return 1;
	}
	i = snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/%s",
	    srcdir == NULL ? "." : srcdir, name + 5);
	if (i < 0 || (size_t)i >= sizeof(folder))
		return 1;
	count = replay_folder(folder);
	printf("%s: %d inputs\n", folder, count);
	return count > 0 ? 0 : 1;
}
