/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
write_leaf(FILE *f, const cJSON *item)
{
	char *text = cJSON_PrintUnformatted(item);

	fputs(text == NULL ? "null" : text, f);
	free(text);
}

static void
write_name(FILE *f, const char *name)
{
	cJSON *item = cJSON_CreateString(name);

	write_leaf(f, item);
	cJSON_Delete(item);
	fputs(": ", f);
}

/* A new line, or a blank between members, at that depth. */
static void
write_gap(FILE *f, enum json_style style, int depth, bool between)
{
	if (style == JSON_LINES)
		fprintf(f, "\n%*s", 2 * depth, "");
	else if (between)
		fputc(' ', f);
}

static void
write_item(FILE *f, const cJSON *item, enum json_style style, int depth)
{
	bool object = cJSON_IsObject(item);

	if (!object && !cJSON_IsArray(item)) {
		write_leaf(f, item);
		return;
	}
	fputc(object ? '{' : '[', f);
	for (const cJSON *c = item->child; c != NULL; c = c->next) {
		write_gap(f, style, depth + 1, c != item->child);
		if (object)
			write_name(f, c->string);
		write_item(f, c, style, depth + 1);
		if (c->next != NULL)
			fputc(',', f);
	}
	if (item->child != NULL)
		write_gap(f, style, depth, false);
	fputc(object ? '}' : ']', f);
}

char *
json_text(const cJSON *item, enum json_style style)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (f == NULL)
		abort();
	write_item(f, item, style, 0);
	fputc('\n', f);
	if (fclose(f) != 0)
		abort();
	return text;
}

void
json_numbers_to_strings(cJSON *item)
{
	cJSON *next = NULL;

	for (cJSON *c = item->child; c != NULL; c = next) {
		char text[32];

		next = c->next;
		json_numbers_to_strings(c);
		if (!cJSON_IsNumber(c))
			continue;
		snprintf(text, sizeof(text), "%.0f", c->valuedouble);
		if (cJSON_IsObject(item))
			cJSON_ReplaceItemInObjectCaseSensitive(
			    item, c->string, cJSON_CreateString(text));
		else
			cJSON_ReplaceItemViaPointer(
			    item, c, cJSON_CreateString(text));
	}
}

static bool
is_number(const char *part)
{
	return part[0] != '\0' && strspn(part, "0123456789") == strlen(part);
}

/* The element of that name or number; NULL if there is none. */
static cJSON *
element(const cJSON *at, const char *part)
{
	if (cJSON_IsArray(at))
		return is_number(part) ? cJSON_GetArrayItem(at, atoi(part))
				       : NULL;
	return cJSON_GetObjectItemCaseSensitive(at, part);
}

/* Adds item under that name, or at the array's end; NULL if neither. */
static cJSON *
add_element(cJSON *at, const char *part, cJSON *item)
{
	bool ok = false;

	if (cJSON_IsArray(at) && is_number(part))
		ok = cJSON_AddItemToArray(at, item);
	else if (cJSON_IsObject(at))
		ok = cJSON_AddItemToObject(at, part, item);
	if (!ok)
		cJSON_Delete(item);
	return ok ? item : NULL;
}

bool
json_put(cJSON *root, const char *path, cJSON *item)
{
	char copy[256];
	char *save = NULL;
	char *part = NULL;
	char *next = NULL;
	cJSON *at = root;

	snprintf(copy, sizeof(copy), "%s", path);
	part = strtok_r(copy, ".", &save);
	while (at != NULL && part != NULL) {
		cJSON *there = element(at, part);

		next = strtok_r(NULL, ".", &save);
		if (next == NULL) {
			if (there == NULL)
				return add_element(at, part, item) != NULL;
			break;
		}
		if (there == NULL)
			there = add_element(at, part,
			    is_number(next) ? cJSON_CreateArray()
					    : cJSON_CreateObject());
		at = there;
		part = next;
	}
	cJSON_Delete(item);
	return false;
}
