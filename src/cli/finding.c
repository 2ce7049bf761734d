/* SPDX-License-Identifier: Apache-2.0 */
/* What is found in the rows of a batch: the first ones are told, all of them are written to a CSV
   file, and counted by code. */
#include <stdlib.h>
#include <string.h>

#include "batch.h"

enum { TOLD = 20, SHOWN = 60 };

/* At most SHOWN bytes, cut between characters; one line. */
static void put_found(cli_buf *out, civ_text found)
{
    size_t n = found.length;
    if (n > SHOWN)
        for (n = SHOWN; n > 0 && ((unsigned char)found.data[n] & 0xC0) == 0x80;)
            n--;
    for (size_t i = 0; i < n; i++) {
        char c = found.data[i];
        cli_put(out, (unsigned char)c < 0x20 || c == 0x7F ? "?" : &c, 1);
    }
    if (n < found.length)
        cli_puts(out, "…");
}

static void tell(const cli_findings *to, const cli_finding *f, const char *expected)
{
    cli_buf found = {0};
    put_found(&found, f->found);
    cli_put(&found, "", 1);
    if (!found.oom) {
        fprintf(stderr, to->zh ? "%s 第 %llu 行" : "%s, row %llu", f->file,
                (unsigned long long)f->row);
        if (f->column[0])
            fprintf(stderr, to->zh ? "，%s" : ", %s", f->column);
        fprintf(stderr, to->zh ? "：%s（%s）：写的是“%s”" : ": %s (%s): found '%s'",
                f->is_note ? (to->zh ? "提示" : "note") : (to->zh ? "有误" : "error"), f->code,
                found.p);
        if (expected[0])
            fprintf(stderr, to->zh ? "，应为 %s" : "; expected %s", expected);
        if (f->nearest && f->nearest[0])
            fprintf(stderr, to->zh ? "；是否想写“%s”？" : "; did you mean '%s'?", f->nearest);
        fputc('\n', stderr);
    }
    free(found.p);
}

static void write_line(cli_findings *to, const cli_finding *f, const char *expected)
{
    static const char HEAD[] = "\xEF\xBB\xBF"
                               "file,row,key,column,code,kind,found,expected,nearest\r\n";
    char row[24];
    cli_buf line = {0};
    if (!to->path || to->failed)
        return;
    if (!to->to) {
        to->to = cli_create(to->path, to->o);
        to->failed = !to->to || fputs(HEAD, to->to) == EOF;
        if (to->failed)
            return;
    }
    snprintf(row, sizeof row, "%llu", (unsigned long long)f->row);
    const civ_text cells[] = {cli_text(f->file),
                              cli_text(row),
                              f->key,
                              cli_text(f->column),
                              cli_text(f->code),
                              cli_text(f->is_note ? "note" : "error"),
                              f->found,
                              cli_text(expected),
                              cli_text(f->nearest ? f->nearest : "")};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        cli_csv_cell(&line, cells[i].data, cells[i].length);
    to->failed = cli_csv_end(&line, to->to) != 0;
    free(line.p);
}

static void count(cli_findings *to, const char *code)
{
    size_t i = 0;
    while (i < CLI_CODES - 1 && to->codes[i] && strcmp(to->codes[i], code) != 0)
        i++;
    to->codes[i] = code;
    to->counts[i]++;
}

void cli_find(cli_findings *to, const cli_finding *f)
{
    char said[300];
    const char *expected = f->expected ? cli_say(f->expected, to->zh, said, sizeof said) : "";
    uint64_t *n = f->is_note ? &to->notes : &to->errors;
    if (to->errors + to->notes == TOLD)
        fputs(to->zh ? "其余的不再逐条显示\n" : "the others are not told one by one\n", stderr);
    if (to->errors + to->notes < TOLD)
        tell(to, f, expected);
    (*n)++;
    count(to, f->code);
    write_line(to, f, expected);
}

void cli_findings_summary(const cli_findings *f)
{
    if (f->errors + f->notes == 0)
        return;
    fprintf(stderr, f->zh ? "发现：%llu 处有误，%llu 处提示" : "findings: %llu errors, %llu notes",
            (unsigned long long)f->errors, (unsigned long long)f->notes);
    if (f->path && !f->failed)
        fprintf(stderr, f->zh ? "（见 %s）" : " (see %s)", f->path);
    fputc('\n', stderr);
    for (size_t i = 0; i < CLI_CODES && f->codes[i]; i++)
        fprintf(stderr, "  %-20s %llu\n", f->codes[i], (unsigned long long)f->counts[i]);
}

void cli_findings_free(cli_findings *f)
{
    free(f->path);
    f->path = NULL;
}
