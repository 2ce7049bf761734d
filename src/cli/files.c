/* SPDX-License-Identifier: Apache-2.0 */
/* Reading files and folders of policy texts. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

char *cli_read_file(const char *path, size_t *n)
{
    FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    size_t cap = 1 << 16;
    char *text = in ? malloc(cap) : NULL;
    *n = 0;
    while (text) {
        *n += fread(text + *n, 1, cap - *n - 1, in);
        if (*n + 1 < cap)
            break;
        char *more = realloc(text, cap * 2);
        if (!more) {
            free(text);
            text = NULL;
        } else {
            text = more;
            cap *= 2;
        }
    }
    if (text && ferror(in)) {
        free(text);
        text = NULL;
    }
    if (!text)
        fprintf(stderr, "civicrules: cannot read '%s': %s\n", path, strerror(errno));
    else
        text[*n] = 0;
    if (in && in != stdin)
        fclose(in);
    return text;
}

static int ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);
    return n >= m && strcmp(s + n - m, end) == 0;
}

static int add_file(civ_policy_builder *b, const char *path, civ_file_kind kind)
{
    size_t n;
    char *text = cli_read_file(path, &n);
    civ_text body = {text, n};
    if (!text)
        return EXIT_USAGE;
    civ_status bad = civ_policy_builder_add(b, cli_text(path), body, kind, NULL);
    free(text);
    return bad ? EXIT_OTHER : 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int add_folder(civ_policy_builder *b, const char *path, civ_file_kind kind, int examples)
{
    struct dirent **names;
    int n = scandir(path, &names, NULL, by_name), bad = 0;
    for (int i = 0; i < n; i++) {
        size_t size = strlen(path) + strlen(names[i]->d_name) + 2;
        char *full = malloc(size);
        if (full && names[i]->d_name[0] != '.' && !bad) {
            snprintf(full, size, "%s/%s", path, names[i]->d_name);
            struct stat s;
            if (stat(full, &s) == 0 && (S_ISDIR(s.st_mode) || ends_with(full, ".civ")))
                bad = cli_add_path(b, full, kind, examples);
        }
        free(full);
        free(names[i]);
    }
    if (n >= 0)
        free(names);
    return bad;
}

int cli_add_path(civ_policy_builder *b, const char *path, civ_file_kind kind, int examples)
{
    struct stat s;
    if (stat(path, &s)) {
        fprintf(stderr, "civicrules: cannot read '%s': %s\n", path, strerror(errno));
        return EXIT_USAGE;
    }
    if (S_ISDIR(s.st_mode))
        return add_folder(b, path, kind, examples);
    int is_examples = ends_with(path, ".examples.civ");
    if (is_examples && !examples)
        return 0;
    return add_file(b, path, is_examples ? CIV_FILE_EXAMPLES : kind);
}
