/* SPDX-License-Identifier: Apache-2.0 */
/* What the JSON reader drops silently, found in the raw text: keys given twice, and NUL characters
 * in strings; and what it takes for JSON although it is none.
 *
 * The text has been read as JSON before; still, every step is bounded and moves forward. */
#include <string.h>

#include "cli.h"

enum { MAX_DEPTH = 40 };

typedef struct cli_scan {
    const char *start, *at, *end;
    cli_scan_report *report;
    void *user;
    char pointer[CLI_POINTER_SIZE];
} cli_scan;

size_t cli_pointer_enter(char pointer[CLI_POINTER_SIZE], const char *key)
{
    size_t n = strlen(pointer), at = n;
    if (at + 1 < CLI_POINTER_SIZE)
        pointer[at++] = '/';
    for (const char *c = key; *c && at + 2 < CLI_POINTER_SIZE; c++) {
        if (*c == '~' || *c == '/') {
            pointer[at++] = '~';
            pointer[at++] = *c == '~' ? '0' : '1';
        } else {
            pointer[at++] = *c;
        }
    }
    /* a pointer cut for want of room ends between characters */
    while (at + 2 >= CLI_POINTER_SIZE && at > n && ((unsigned char)pointer[at - 1] & 0x80))
        at--;
    pointer[at] = 0;
    return n;
}

void cli_text_position(const char *text, size_t at, size_t *line, size_t *column)
{
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < at; i++) {
        if (text[i] == '\n') {
            ++*line;
            *column = 1;
        } else if (((unsigned char)text[i] & 0xC0) != 0x80) {
            ++*column;
        }
    }
}

static void found(cli_scan *s, const char *code, const char *key, const char *at,
                  const char *expected)
{
    char text[160];
    size_t line, column;
    cli_text_position(s->start, (size_t)(at - s->start), &line, &column);
    snprintf(text, sizeof text, "%s (line %zu, column %zu)", expected, line, column);
    s->report(s->user, code, s->pointer, key, text);
}

/* The JSON reader is lenient in places, even where it is told to be strict. */
static void not_json(cli_scan *s, const char *at, const char *expected)
{
    char text[64];
    size_t line, column;
    cli_text_position(s->start, (size_t)(at - s->start), &line, &column);
    snprintf(text, sizeof text, "line %zu, column %zu", line, column);
    s->report(s->user, "not_json", s->pointer, text, expected);
}

static void skip_blanks(cli_scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\r' || *s->at == '\n'))
        s->at++;
}

/* Moves behind a string; 1 = it holds escapes. */
static int skip_string(cli_scan *s)
{
    const char *quote = s->at;
    int escapes = 0;
    for (s->at++; s->at < s->end && *s->at != '"'; s->at++) {
        if ((unsigned char)*s->at < 0x20)
            not_json(s, s->at, "no line breaks or control characters in text");
        if (*s->at != '\\')
            continue;
        escapes = 1;
        if (s->end - s->at > 6 && memcmp(s->at, "\\u0000", 6) == 0)
            found(s, "nul_character", "\\u0000", quote, "text without NUL characters");
        if (s->at + 1 < s->end)
            s->at++;
    }
    if (s->at < s->end)
        s->at++;
    return escapes;
}

/* The key at the cursor, as a string object; NULL where there is none. */
static struct json_object *read_key(cli_scan *s)
{
    const char *start = s->at;
    if (s->at >= s->end || *s->at != '"')
        return NULL;
    int escapes = skip_string(s);
    if (s->at - start < 2)
        return NULL;
    if (!escapes)
        return json_object_new_string_len(start + 1, (int)(s->at - start - 2));
    struct json_tokener *t = json_tokener_new();
    struct json_object *key = t ? json_tokener_parse_ex(t, start, (int)(s->at - start)) : NULL;
    if (t)
        json_tokener_free(t);
    return key;
}

static void scan_value(cli_scan *s, int depth);

static void scan_member(cli_scan *s, struct json_object *seen, int depth)
{
    const char *start = s->at;
    struct json_object *key = read_key(s);
    if (!key) {
        not_json(s, start, "a name in double quotes");
        s->at = s->end;
        return;
    }
    const char *name = json_object_get_string(key);
    size_t cut = cli_pointer_enter(s->pointer, name);
    if (json_object_object_get_ex(seen, name, NULL))
        found(s, "duplicate_key", name, start, "each key once");
    json_object_object_add(seen, name, NULL);
    skip_blanks(s);
    if (s->at < s->end && *s->at == ':')
        s->at++;
    scan_value(s, depth + 1);
    s->pointer[cut] = 0;
    json_object_put(key);
}

static void scan_object(cli_scan *s, int depth)
{
    struct json_object *seen = json_object_new_object();
    s->at++;
    for (skip_blanks(s); seen && s->at < s->end && *s->at != '}'; skip_blanks(s)) {
        if (*s->at == ',')
            s->at++;
        else
            scan_member(s, seen, depth);
    }
    if (s->at < s->end)
        s->at++;
    json_object_put(seen);
}

static void scan_array(cli_scan *s, int depth)
{
    char index[24];
    size_t i = 0;
    s->at++;
    for (skip_blanks(s); s->at < s->end && *s->at != ']'; skip_blanks(s)) {
        if (*s->at == ',') {
            s->at++;
            continue;
        }
        snprintf(index, sizeof index, "%zu", i++);
        size_t cut = cli_pointer_enter(s->pointer, index);
        scan_value(s, depth + 1);
        s->pointer[cut] = 0;
    }
    if (s->at < s->end)
        s->at++;
}

static void scan_value(cli_scan *s, int depth)
{
    skip_blanks(s);
    if (depth > MAX_DEPTH)
        s->at = s->end;
    else if (s->at >= s->end)
        return;
    else if (*s->at == '{')
        scan_object(s, depth);
    else if (*s->at == '[')
        scan_array(s, depth);
    else if (*s->at == '"')
        skip_string(s);
    else
        for (s->at++; s->at < s->end && !strchr(",]} \t\r\n", *s->at);)
            s->at++;
}

void cli_scan_text(const char *text, size_t n, cli_scan_report *report, void *user)
{
    cli_scan s = {text, text, text + n, report, user, ""};
    scan_value(&s, 0);
}
