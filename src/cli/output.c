/* SPDX-License-Identifier: Apache-2.0 */
/* Files of answers. What stands under the name that was asked for is whole: rows go to a file
   beside it, and all files get their names when all of them are written. A run that fails or is
   interrupted leaves what was there before. */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch.h"

enum { MOST = 20, NAMES = 100 };

typedef struct output {
    FILE *to;
    char *path, *part; /* NULL: written as it stands (a pipe, a device) */
} output;

static output outputs[MOST];
static volatile sig_atomic_t n_outputs;

/* ---- names ---- */

char *cli_beside(const char *path, const char *what, const char *end)
{
    const char *dot = strrchr(path, '.'), *slash = strrchr(path, '/');
    size_t stem = dot && (!slash || dot > slash) ? (size_t)(dot - path) : strlen(path);
    if (!end)
        end = path + stem;
    size_t size = stem + strlen(what) + strlen(end) + 2;
    char *out = malloc(size);
    if (out)
        snprintf(out, size, "%.*s.%s%s", (int)stem, path, what, end);
    return out;
}

const char *cli_input_path(const char *input, size_t *n_list)
{
    const char *gap = strchr(input, '='), *slash = strchr(input, '/');
    *n_list = gap && (!slash || gap < slash) ? (size_t)(gap - input) : 0;
    return *n_list ? gap + 1 : input;
}

int cli_would_overwrite(const char *path, const cli_options *o)
{
    struct stat to, from;
    size_t n;
    if (strcmp(path, "-") == 0 || stat(path, &to) || !S_ISREG(to.st_mode))
        return 0;
    for (size_t i = 2; i < o->positional.n; i++) {
        const char *input = o->positional.at[i];
        if (i > 2)
            input = cli_input_path(input, &n);
        if (stat(input, &from) == 0 && from.st_dev == to.st_dev && from.st_ino == to.st_ino)
            return cli_usage(o, "batch: the output would overwrite", input);
    }
    return 0;
}

int cli_is_file(const char *path)
{
    struct stat s;
    return strcmp(path, "-") != 0 && (stat(path, &s) || S_ISREG(s.st_mode));
}

/* ---- interruption ---- */

static void on_signal(int number)
{
    for (int i = 0; i < n_outputs; i++)
        if (outputs[i].part)
            unlink(outputs[i].part);
    raise(number); /* comes when the handler is left, and does what it does by default */
}

static void watch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    struct sigaction now, then;
    memset(&now, 0, sizeof now);
    now.sa_handler = on_signal;
    now.sa_flags = (int)SA_RESETHAND;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigaction(numbers[i], NULL, &then) == 0 && then.sa_handler == SIG_DFL)
            sigaction(numbers[i], &now, NULL);
}

/* ---- opening ---- */

/* A new file beside `path`, never one that is there. */
static FILE *open_part(output *out)
{
    struct stat s;
    size_t size = strlen(out->path) + 16;
    int fd = -1, is_there = stat(out->path, &s) == 0;
    out->part = malloc(size);
    for (int i = 0; out->part && fd < 0 && i < NAMES; i++) {
        snprintf(out->part, size, i ? "%s.part%d" : "%s.part", out->path, i);
        fd = open(out->part, O_WRONLY | O_CREAT | O_EXCL, 0666);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    if (fd >= 0 && is_there)
        (void)!fchmod(fd, s.st_mode & 0777);
    FILE *to = fd < 0 ? NULL : fdopen(fd, "wb");
    if (fd >= 0 && !to) {
        close(fd);
        unlink(out->part);
    }
    return to;
}

static FILE *cannot_write(const char *path, int zh)
{
    fprintf(stderr, zh ? "civicrules: 无法写入“%s”：%s\n" : "civicrules: cannot write '%s': %s\n",
            path, strerror(errno));
    return NULL;
}

static void forget(output *out)
{
    free(out->path);
    free(out->part);
    memset(out, 0, sizeof *out);
}

FILE *cli_create(const char *path, const cli_options *o)
{
    output *out = &outputs[n_outputs];
    struct stat s;
    if (n_outputs == 0)
        watch_signals();
    if (n_outputs == MOST || cli_would_overwrite(path, o))
        return NULL;
    char *real = realpath(path, NULL);
    out->path = real ? real : malloc(strlen(path) + 1);
    if (out->path && !real)
        memcpy(out->path, path, strlen(path) + 1);
    for (int i = 0; out->path && i < n_outputs; i++)
        if (strcmp(outputs[i].path, out->path) == 0 && cli_is_file(path)) {
            cli_usage(o, "batch: two outputs have one name", path);
            forget(out);
            return NULL;
        }
    if (strcmp(path, "-") == 0)
        out->to = stdout;
    else if (out->path && stat(path, &s) == 0 && !S_ISREG(s.st_mode))
        out->to = fopen(path, "wb");
    else if (out->path)
        out->to = open_part(out);
    FILE *to = out->to;
    if (!to) {
        cannot_write(path, o->zh);
        forget(out);
        return NULL;
    }
    n_outputs++;
    return to;
}

int cli_is_written(const char *path)
{
    char *real = realpath(path, NULL);
    int is = 0;
    for (int i = 0; i < n_outputs; i++)
        is |= strcmp(outputs[i].path, real ? real : path) == 0;
    free(real);
    return is;
}

/* ---- the end ---- */

int cli_outputs_end(int keep, int zh)
{
    int failed = 0, n = n_outputs;
    for (int i = 0; i < n; i++) {
        output *out = &outputs[i];
        int bad = ferror(out->to) != 0;
        bad |= (out->to == stdout ? fflush(out->to) : fclose(out->to)) != 0;
        if (bad)
            cannot_write(out->path, zh);
        failed |= bad;
    }
    for (int i = 0; i < n; i++)
        if (outputs[i].part && keep && !failed && rename(outputs[i].part, outputs[i].path)) {
            cannot_write(outputs[i].path, zh);
            failed = 1;
        }
    for (int i = 0; i < n; i++)
        if (outputs[i].part && (!keep || failed))
            unlink(outputs[i].part);
    n_outputs = 0;
    for (int i = 0; i < n; i++)
        forget(&outputs[i]);
    return failed ? EXIT_OTHER : 0;
}
