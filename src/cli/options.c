/* SPDX-License-Identifier: Apache-2.0 */
/* Options of all commands, help, and usage errors with the nearest name. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "help.h"

static const char *const COMMANDS[] = {"eval", "batch",    "timeline", "check",   "test", "fmt",
                                       "list", "describe", "render",   "version", "help"};
enum { N_COMMANDS = sizeof COMMANDS / sizeof *COMMANDS };

civ_text cli_text(const char *s)
{
    civ_text t = {s, strlen(s)};
    return t;
}

int cli_text_is(civ_text t, const char *s)
{
    return t.length == strlen(s) && memcmp(t.data, s, t.length) == 0;
}

void cli_help(const char *command, int zh, FILE *to)
{
    for (size_t i = 0; command && i < sizeof PAGES / sizeof *PAGES; i++)
        if (strcmp(PAGES[i].command, command) == 0) {
            fputs(PAGES[i].text[zh != 0], to);
            fputs(EXITS[zh != 0], to);
            return;
        }
    fputs(zh ? "用法：\n" : "Usage:\n", to);
    for (size_t i = 0; i < sizeof PAGES / sizeof *PAGES; i++) {
        fputs(PAGES[i].line[zh != 0], to);
        fputc('\n', to);
    }
    fputs(zh ? "  civicrules 命令 --help  每个命令的选项与例子；--lang zh|en 语言；--version 版本\n"
             : "  civicrules COMMAND --help  the options of a command, with an example; --lang "
               "zh|en; --version\n",
          to);
    fputs(EXITS[zh != 0], to);
}

int cli_usage(const cli_options *o, const char *text, const char *what)
{
    char said[256];
    fprintf(stderr, "civicrules: %s%s%s%s\n", cli_say(text, o->zh, said, sizeof said),
            what ? " '" : "", what ? what : "", what ? "'" : "");
    fputs(o->zh ? "用 civicrules --help 查看用法\n" : "see civicrules --help\n", stderr);
    return EXIT_USAGE;
}

/* Letters that differ at the same place, and more than these the difference in length: enough to
 * guess a mistyped word. */
static size_t difference(const char *a, const char *b)
{
    size_t n = 0, i = 0;
    for (; a[i] && b[i]; i++)
        n += a[i] != b[i];
    return 2 * n + 3 * (strlen(a + i) + strlen(b + i));
}

static int unknown(const cli_options *o, const char *kind, const char *word,
                   const char *const *names, size_t n)
{
    const char *best = NULL;
    size_t least = strlen(word) + 1;
    for (size_t i = 0; i < n; i++)
        if (difference(word, names[i]) < least) {
            least = difference(word, names[i]);
            best = names[i];
        }
    char said[64];
    fprintf(stderr, "civicrules: %s '%s'", cli_say(kind, o->zh, said, sizeof said), word);
    if (best)
        fprintf(stderr, o->zh ? "；是否想写“%s”？" : "; did you mean '%s'?", best);
    fputs(o->zh ? "\n用 civicrules --help 查看用法\n" : "\nsee civicrules --help\n", stderr);
    return EXIT_USAGE;
}

static void push(cli_list *list, const char *text)
{
    list->at[list->n++] = text;
}

static int *flag_of(cli_options *o, const char *word)
{
    return strcmp(word, "--explain") == 0                           ? &o->explain
           : strcmp(word, "--strict") == 0                          ? &o->strict
           : strcmp(word, "--presume") == 0                         ? &o->presume
           : strcmp(word, "--no-embedded") == 0                     ? &o->no_embedded
           : strcmp(word, "--progress") == 0                        ? &o->progress
           : strcmp(word, "--causes") == 0                          ? &o->causes
           : strcmp(word, "--pass-through") == 0                    ? &o->pass_through
           : strcmp(word, "--check") == 0                           ? &o->check
           : strcmp(word, "-w") == 0                                ? &o->write
           : strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ? &o->help
                                                                    : NULL;
}

static int value_option(cli_options *o, const char *word, const char *value)
{
    if (strcmp(word, "--on") == 0)
        o->on = value;
    else if (strcmp(word, "--from") == 0)
        o->from = value;
    else if (strcmp(word, "--to") == 0)
        o->to = value;
    else if (strcmp(word, "--paid") == 0)
        o->paid = value;
    else if (strcmp(word, "--known") == 0)
        o->known = value;
    else if (strcmp(word, "--policy") == 0)
        push(&o->policies, value);
    else if (strcmp(word, "--amend") == 0)
        push(&o->amendments, value);
    else if (strcmp(word, "--let") == 0)
        push(&o->lets, value);
    else if (strcmp(word, "--outputs") == 0)
        o->outputs = value;
    else if (strcmp(word, "--format") == 0)
        o->format = value;
    else if (strcmp(word, "--on-column") == 0)
        o->on_column = value;
    else if (strcmp(word, "-o") == 0 || strcmp(word, "--output") == 0)
        o->output = value;
    else if (strcmp(word, "--encoding") == 0)
        o->encoding = value;
    else if (strcmp(word, "--key") == 0)
        o->key = value;
    else if (strcmp(word, "--threads") == 0)
        o->threads = value;
    else if (strcmp(word, "--lang") == 0)
        o->zh = strcmp(value, "zh") == 0;
    else
        return 1;
    return 0;
}

int cli_parse(cli_options *o, int argc, char **argv)
{
    static const char *const words[] = {
        "--on",      "--from",    "--to",        "--paid",        "--policy",
        "--amend",   "--let",     "--outputs",   "--format",      "--lang",
        "--explain", "--strict",  "--presume",   "--no-embedded", "--check",
        "--help",    "--known",   "--on-column", "--output",      "--encoding",
        "--key",     "--threads", "--progress",  "--causes",      "--pass-through"};
    memset(o, 0, sizeof *o);
    cli_list *const lists[] = {&o->positional, &o->policies, &o->amendments, &o->lets};
    for (int i = 0; i < 4; i++) {
        lists[i]->at = calloc((size_t)argc + 1, sizeof *lists[i]->at);
        if (!lists[i]->at)
            return EXIT_OTHER;
    }
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        argv[1] = "version";
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        int *flag = flag_of(o, word);
        if (flag)
            *flag = 1;
        else if (word[0] != '-' || word[1] == 0)
            push(&o->positional, word);
        else if (strcmp(word, "--lang") == 0 && i + 1 < argc && strcmp(argv[i + 1], "zh") &&
                 strcmp(argv[i + 1], "en"))
            return cli_usage(o, "--lang is zh or en, found", argv[i + 1]);
        else if (i + 1 < argc && value_option(o, word, argv[i + 1]) == 0)
            i++;
        else if (i + 1 >= argc && value_option(o, word, "") == 0)
            return cli_usage(o, "a value is missing after", word);
        else
            return unknown(o, "no such option", word, words, sizeof words / sizeof *words);
    }
    if (o->positional.n == 0) {
        o->command = "help";
        if (!o->help)
            return cli_usage(o, "a command is missing", NULL);
        return 0;
    }
    o->command = o->positional.at[0];
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(o->command, COMMANDS[i]) == 0) {
            o->help |= strcmp(o->command, "help") == 0;
            return 0;
        }
    return unknown(o, "no such command", o->command, COMMANDS, N_COMMANDS);
}

void cli_options_free(cli_options *o)
{
    free(o->positional.at);
    free(o->policies.at);
    free(o->amendments.at);
    free(o->lets.at);
}
