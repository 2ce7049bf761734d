/* SPDX-License-Identifier: Apache-2.0 */
/* Collecting and printing diagnostics. */
#include <string.h>

#include "lang/diag.h"

typedef struct cr_diag_row {
    cr_diag_code code;
    cr_severity severity;
    const char *text[2]; /* English, Chinese */
} cr_diag_row;

static const cr_diag_row ROWS[] = {
#define CR_DIAG(number, name, severity, zh, en) {CR_D_##name, severity, {en, zh}},
#include "lang/diag.def"
#undef CR_DIAG
};

static const cr_diag_row *row_of(cr_diag_code code)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        if (ROWS[i].code == code)
            return &ROWS[i];
    return &ROWS[0];
}

const char *cr_diag_text(cr_diag_code code, int lang)
{
    return row_of(code)->text[lang != 0];
}

cr_severity cr_diag_severity(cr_diag_code code)
{
    return row_of(code)->severity;
}

void cr_diags_init(cr_diags *diags, cr_arena *arena)
{
    memset(diags, 0, sizeof *diags);
    diags->arena = arena;
}

cr_diag *cr_diag_add(cr_diags *diags, cr_diag_code code, cr_pos pos, cr_str found, cr_str expected)
{
    cr_diag diag = {0};
    diag.code = code;
    diag.severity = cr_diag_severity(code);
    diag.pos = pos;
    diag.found = found;
    diag.expected = expected;
    diags->errors += diag.severity == CR_ERROR;
    if (diags->list.n < (diags->limit ? diags->limit : 1000) &&
        CR_PUSH(diags->arena, diags->list, diag))
        return &diags->list.at[diags->list.n - 1];
    diags->dropped++;
    diags->scratch = diag;
    return &diags->scratch;
}

int cr_diags_keep(cr_diags *diags)
{
    for (uint32_t i = 0; i < diags->list.n; i++) {
        cr_diag *d = &diags->list.at[i];
        d->found = cr_arena_text(diags->arena, d->found);
        d->expected = cr_arena_text(diags->arena, d->expected);
        d->nearest = cr_arena_text(diags->arena, d->nearest);
    }
    return diags->arena->oom;
}

/* ---- printing ---- */

static cr_str source_line(const cr_file *file, uint32_t line)
{
    size_t at = 0;
    for (uint32_t l = 1; l < line && at < file->text.n; at++)
        l += file->text.p[at] == '\n';
    size_t end = at;
    while (end < file->text.n && file->text.p[end] != '\n' && file->text.p[end] != '\r')
        end++;
    return cr_str_part(file->text, at, end);
}

static size_t bytes_of(cr_str line, uint32_t characters)
{
    size_t at = 0;
    uint32_t cp;
    while (characters-- > 0 && at < line.n) {
        int used = cr_utf8_next(line.p + at, line.n - at, &cp);
        at += used ? (size_t)used : 1;
    }
    return at;
}

static void print_caret(cr_buf *out, const cr_file *file, cr_pos pos)
{
    cr_str line = source_line(file, pos.line);
    if (line.n > 2000) /* nobody reads it, and a thousand of them fill a disk */
        return;
    size_t from = bytes_of(line, pos.col ? pos.col - 1 : 0),
           to = bytes_of(line, (pos.col ? pos.col - 1 : 0) + pos.len);
    cr_buf_text(out, "\n  | ");
    for (size_t i = 0; i < line.n; i++)
        cr_buf_char(out, line.p[i] == '\t' ? ' ' : line.p[i]);
    cr_buf_text(out, "\n  | ");
    cr_buf_repeat(out, ' ', cr_utf8_width(cr_str_part(line, 0, from)));
    size_t width = cr_utf8_width(cr_str_part(line, from, to));
    cr_buf_repeat(out, '^', width ? width : 1);
}

static void print_place(cr_buf *out, const cr_file *file, cr_pos pos)
{
    cr_buf_str(out, file->name);
    if (pos.line == 0)
        return;
    cr_buf_char(out, ':');
    cr_buf_i64(out, pos.line);
    cr_buf_char(out, ':');
    cr_buf_i64(out, pos.col);
}

static void print_part(cr_buf *out, const char *before, cr_str text, const char *after)
{
    if (text.n == 0)
        return;
    cr_buf_text(out, before);
    cr_buf_str(out, text);
    cr_buf_text(out, after);
}

/* In the language asked for, where the text is one of the known ones. */
static cr_str expectation(cr_str text, int lang)
{
    static const char *const texts[][2] = {
#define CR_EXPECT(en, zh) {en, zh},
#include "lang/expect.def"
#undef CR_EXPECT
    };
    for (size_t i = 0; lang && i < sizeof texts / sizeof *texts; i++)
        if (cr_str_eq(text, cr_str_of(texts[i][0])))
            return cr_str_of(texts[i][1]);
    return text;
}

void cr_diag_sentence(cr_buf *out, const cr_diag *diag, int lang)
{
    cr_buf_text(out, cr_diag_text(diag->code, lang));
    print_part(out, lang ? "；写的是“" : "; found '", diag->found, lang ? "”" : "'");
    if (diag->code == CR_D_PLAN) /* says why */
        print_part(out, lang ? "：" : ": ", expectation(diag->expected, lang), "");
    else
        print_part(out, lang ? "；应为 " : "; expected ", expectation(diag->expected, lang), "");
    print_part(out, lang ? "；是否想写“" : "; did you mean '", diag->nearest, lang ? "”？" : "'?");
}

void cr_diag_print(cr_buf *out, const cr_diag *diag, const cr_file *files, uint32_t n_files,
                   int lang)
{
    static const char *const words[2][2] = {{"error", "warning"}, {"错误", "警告"}};
    const cr_file *file = diag->pos.file < n_files ? &files[diag->pos.file] : NULL;
    if (file) {
        print_place(out, file, diag->pos);
        cr_buf_text(out, ": ");
    }
    cr_buf_text(out, words[lang != 0][diag->severity]);
    cr_buf_text(out, " CR0");
    cr_buf_i64(out, diag->code);
    cr_buf_text(out, ": ");
    cr_diag_sentence(out, diag, lang);
    if (file && diag->pos.line > 0)
        print_caret(out, file, diag->pos);
    if (diag->other.line > 0 && diag->other.file < n_files) {
        cr_buf_text(out, lang ? "\n  另见 " : "\n  see also ");
        print_place(out, &files[diag->other.file], diag->other);
        print_caret(out, &files[diag->other.file], diag->other);
    }
    cr_buf_char(out, '\n');
}
