/* SPDX-License-Identifier: Apache-2.0 */
/* Options of all commands, help, and usage errors with the nearest name. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static const char *const COMMANDS[] = {"eval", "timeline", "check",  "test",    "fmt",
                                       "list", "describe", "render", "version", "help"};
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
    (void)command;
    fputs(
        zh ? "用法：\n"
             "  civicrules eval 模块[,模块…] --on 日期 [选项] [案例.json|-]   计算一个家庭的待遇\n"
             "  civicrules timeline 模块[,模块…] --from 月 --to 月 [--paid 文件] [案例]   "
             "逐月计算\n"
             "  civicrules check [路径…]        检查政策文件\n"
             "  civicrules test [路径…]         运行政策文件中的示例\n"
             "  civicrules fmt [--check] [-w] 文件…  统一排版\n"
             "  civicrules describe 模块        列出输入与输出\n"
             "  civicrules render 模块          把规则写成句子\n"
             "  civicrules list                 列出模块\n"
             "选项：\n"
             "  --policy 路径   增加政策文件或目录      --amend 文件   增加修订\n"
             "  --let '名称[键]=值'  本次运行改用此值   --outputs a,b  只要这些输出\n"
             "  --format json|text|markdown  输出格式   --lang zh|en   语言\n"
             "  --explain 附说明  --strict 未确认视为无数据  --presume 采用推定  --no-embedded "
             "不用内置政策\n"
             "退出码：0 已答复，1 案例无法读取，2 用法错误，3 政策文件有误，4 其他\n"
           : "Usage:\n"
             "  civicrules eval MODULE[,MODULE...] --on DATE [options] [CASE.json|-]   decide one "
             "case\n"
             "  civicrules timeline MODULE[,MODULE...] --from MONTH --to MONTH [--paid FILE] "
             "[CASE.json|-]\n"
             "                                  month by month: changes, totals, arrears\n"
             "  civicrules check [PATH...]      check policy files on top of the embedded ones\n"
             "  civicrules test [PATH...]       run the examples of policy files\n"
             "  civicrules fmt [--check] [-w] FILE...  canonical layout\n"
             "  civicrules describe MODULE      inputs and outputs (--format text|json-schema)\n"
             "  civicrules render MODULE        the rules as numbered sentences\n"
             "  civicrules list                 the modules\n"
             "Options:\n"
             "  --policy PATH   add policy files or a folder     --amend FILE   add an amendment\n"
             "  --let 'NAME[KEYS]=VALUE'  set a parameter for this run   --outputs a,b  only these "
             "outputs\n"
             "  --format json|text|markdown                      --lang zh|en\n"
             "  --explain  --strict (unconfirmed rows are no data)  --presume (apply presumptions) "
             " --no-embedded\n"
             "Exit: 0 answered, 1 the case cannot be read, 2 usage, 3 the policy is invalid, 4 "
             "other\n",
        to);
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
    else if (strcmp(word, "--lang") == 0)
        o->zh = strcmp(value, "zh") == 0;
    else
        return 1;
    return 0;
}

int cli_parse(cli_options *o, int argc, char **argv)
{
    static const char *const words[] = {"--on",      "--from",        "--to",      "--paid",
                                        "--policy",  "--amend",       "--let",     "--outputs",
                                        "--format",  "--lang",        "--explain", "--strict",
                                        "--presume", "--no-embedded", "--check",   "--help"};
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
