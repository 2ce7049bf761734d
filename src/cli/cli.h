/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands share: options, files, messages. */
#ifndef CLI_H
#define CLI_H

#include <stddef.h>
#include <stdio.h>

#include <json-c/json.h>

#include "civicrules/civicrules.h"

enum { EXIT_ANSWERED = 0, EXIT_CASE = 1, EXIT_USAGE = 2, EXIT_POLICY = 3, EXIT_OTHER = 4 };

typedef struct cli_list {
    const char **at;
    size_t n;
} cli_list;

typedef struct cli_options {
    const char *command;
    cli_list positional, policies, amendments, lets;
    const char *on, *outputs, *format;
    const char *from, *to, *paid; /* timeline */
    const char *known;            /* facts and rows recorded later are left out */
    const char *on_column, *output, *encoding, *key, *threads; /* batch */
    int progress, causes, pass_through;
    int zh, explain, strict, presume, no_embedded, check, write, help;
} cli_options;

/* options.c: 0 fine, else the exit code (a message was printed). */
int cli_parse(cli_options *o, int argc, char **argv);
void cli_options_free(cli_options *o);
int cli_usage(const cli_options *o, const char *text, const char *what);
void cli_help(const char *command, int zh, FILE *to);

/* messages.c: a text of the command line in the language asked for, in `out` where it is not the
 * text itself. */
const char *cli_say(const char *text, int zh, char *out, size_t cap);

/* files.c */
char *cli_read_file(const char *path,
                    size_t *n); /* `-` reads standard input; NULL: a message was printed */
int cli_add_path(civ_policy_builder *b, const char *path, civ_file_kind kind, int examples);

/* policy.c: builds from options; on failure prints the findings and returns the exit code. */
int cli_policy(civ_policy **out, civ_engine *engine, const cli_options *o, int examples);
int cli_print_diagnostics(const civ_policy_builder *b, int zh, FILE *to); /* number of errors */

/* case_json.c */
typedef struct cli_case {
    civ_case *facts;
    struct json_object *root;   /* the root object */
    struct json_object *errors; /* array of {"code","pointer","found","expected","nearest"} */
    struct json_object *ids;    /* {entity: [id or null, …]} */
} cli_case;
/* Reads text into a case for the calculator's root; findings go to `errors`. 0 = fine, 1 =
 * findings, 4 = memory. */
int cli_case_read(cli_case *out, const char *text, size_t n, civ_policy *policy, civ_text root,
                  const char *known); /* a day: facts recorded later are left out; NULL = none */
void cli_case_root(char *out, size_t size, const char *text, size_t n, const civ_policy *policy);
void cli_case_free(cli_case *c);
void cli_case_print_errors(const cli_case *c, const char *name, int zh);
/* The code of a value that was refused, and what its kind expects. */
const char *cli_code_of(civ_status status, int32_t kind);
const char *cli_expected_of(int32_t kind);
void cli_row_id(const cli_case *c, civ_text entity, uint32_t row, char *out, size_t cap);

/* case_scan.c: what is wrong with the raw text of JSON; a report is called for each finding. */
enum { CLI_POINTER_SIZE = 512 };
typedef void cli_scan_report(void *user, const char *code, const char *pointer, const char *found,
                             const char *expected);
void cli_scan_text(const char *text, size_t n, cli_scan_report *report, void *user);
/* Adds `/key`, escaped, to a JSON pointer; returns the length to which the caller cuts it back. */
size_t cli_pointer_enter(char pointer[CLI_POINTER_SIZE], const char *key);
/* Line and column, in characters and from 1, of a byte. */
void cli_text_position(const char *text, size_t at, size_t *line, size_t *column);

/* answer.c */
struct json_object *cli_answer(civ_workspace *w, const civ_calculator *calculator,
                               civ_policy *policy, const cli_case *c, const cli_options *o);

/* sheet.c: the answer as an official reads it, as text or Markdown */
void cli_sheet(civ_workspace *w, const civ_calculator *calculator, const civ_policy *policy,
               const cli_case *c, const cli_options *o);

/* answer.c */
void cli_output_path(const civ_policy *policy, const cli_case *c, const civ_item *item,
                     uint32_t row, char *out, size_t cap); /* members[0].dibao.topup */

/* eval.c: for the outputs and options asked for; prints what is wrong. */
int cli_calculator(civ_calculator **out, civ_policy *policy, const cli_options *o,
                   const char *root);

/* commands */
int cmd_batch(const cli_options *o);
int cmd_timeline(const cli_options *o);
int cmd_eval(const cli_options *o);
int cmd_check(const cli_options *o);
int cmd_test(const cli_options *o);
int cmd_fmt(const cli_options *o);
int cmd_list(const cli_options *o);
int cmd_describe(const cli_options *o);
int cmd_render(const cli_options *o);

void cli_date_text(int32_t day, char out[11]);
int cli_date_parse(const char *text, int32_t *day); /* 0 fine */
civ_text cli_text(const char *s);
int cli_text_is(civ_text t, const char *s);

#endif
