/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical layout: statements in column 1, clauses indented by two, rows, conditions and
   fields by four; one blank line between statements; comments where they were. Only blanks change,
   so the tokens and the hash never do. */
#include <string.h>

#include "lang/format.h"
#include "lang/lex.h"

void cr_format_hash(cr_sha256 *hash, const cr_file_tokens *tokens)
{
    for (uint32_t i = 0; i < tokens->n; i++) {
        const cr_token *t = &tokens->at[i];
        if (t->kind == CR_K_STRING)
            cr_sha256_put(hash, "\"", 1);
        cr_sha256_put(hash, t->text.p, t->text.n);
        cr_sha256_put(hash, "", 1);
    }
}

/* ---- comments ---- */

typedef struct cr_layout {
    cr_buf *out;
    cr_str text;
    size_t done; /* offset up to which the text is written */
} cr_layout;

/* Comments and blank lines between two tokens. Returns 1 if an own-line comment ended the line. */
static void gap_comments(cr_layout *l, size_t to, const char *indent, int *blank, int trailing)
{
    size_t at = l->done;
    int line_feeds = 0;
    while (at < to) {
        char c = l->text.p[at];
        if (c == '\n') {
            line_feeds++;
            at++;
        } else if (c == '#') {
            size_t end = at;
            while (end < to && l->text.p[end] != '\n')
                end++;
            size_t stop = end;
            while (stop > at && (l->text.p[stop - 1] == ' ' || l->text.p[stop - 1] == '\r' ||
                                 l->text.p[stop - 1] == '\t'))
                stop--;
            if (line_feeds == 0 && trailing) {
                cr_buf_text(l->out, "  ");
            } else {
                cr_buf_text(l->out, l->out->n ? "\n" : "");
                if (*blank && line_feeds > 1 && l->out->n > 1)
                    cr_buf_char(l->out, '\n');
                cr_buf_text(l->out, indent);
            }
            *blank = 0;
            cr_buf_str(l->out, cr_str_part(l->text, at, stop));
            line_feeds = 0;
            at = end;
        } else {
            at++;
        }
    }
    if (line_feeds > 1 && l->out->n > 0)
        *blank = 1; /* a blank line behind a comment stays */
    l->done = to;
}

/* ---- spacing ---- */

static int sign_is(const cr_token *t, const char *s)
{
    return t->kind == CR_K_SIGN && cr_str_eq(t->text, cr_str_of(s));
}

static int word_is(const cr_token *t, const char *s)
{
    return t->kind == CR_K_WORD && cr_str_eq(t->text, cr_str_of(s));
}

/* A minus that no value stands before is a sign of its number. */
static int is_prefix(const cr_token *before, const cr_token *minus)
{
    return sign_is(minus, "-") &&
           (before->kind == CR_K_SIGN ? !sign_is(before, ")") && !sign_is(before, "]")
                                      : word_is(before, "is"));
}

/* Labels stand apart by two blanks: on the head line, and behind a type; not texts inside a
 * citation. */
static int is_label(const cr_tokens *tokens, uint32_t i)
{
    int typed = 0;
    const cr_token *t = &tokens->at[i];
    if (t->kind != CR_K_STRING || t->starts || sign_is(t - 1, "/") || sign_is(t - 1, ","))
        return 0;
    for (uint32_t k = i; k-- > 0;) {
        const cr_token *b = &tokens->at[k];
        if (word_is(b, "cites") || word_is(b, "by") || word_is(b, "code") || word_is(b, "fails") ||
            word_is(b, "one"))
            return 0;
        typed |= sign_is(b, ":") || b->starts == 2;
        if (b->starts)
            break;
    }
    return typed;
}

/* `yes/no` and `date-time` are written as one word. */
static int one_word(const cr_token *word, const cr_token *sign)
{
    return (sign_is(sign, "/") && word_is(word, "yes")) ||
           (sign_is(sign, "-") && word_is(word, "date") && sign->joined);
}

static int blank_between(const cr_token *before2, const cr_token *a, const cr_token *b)
{
    if (sign_is(a, "|") || sign_is(b, "|"))
        return 1;
    if (sign_is(a, ".") || sign_is(b, ".")) /* closed up, words and numbers would become one */
        return !b->joined && !sign_is(b, "(");
    if (sign_is(a, "(") || sign_is(a, "[") || sign_is(b, ")") || sign_is(b, "]") ||
        sign_is(b, ",") || sign_is(b, "%"))
        return 0;
    if (sign_is(b, "["))
        return a->kind == CR_K_SIGN;
    if (sign_is(b, "(")) /* a call keeps its bracket close: it is part of the meaning */
        return !b->joined || a->kind == CR_K_SIGN || word_is(a, "in");
    if (sign_is(b, ":"))
        return b->joined ? 0 : 1;
    if (sign_is(b, "/") && a->kind == CR_K_NUMBER && b->joined && b[1].kind == CR_K_NUMBER &&
        b[1].joined) /* a fraction, such as 2/3 */
        return 0;
    if (sign_is(a, "/") && before2 && before2->kind == CR_K_NUMBER && a->joined && b->joined)
        return b->kind != CR_K_NUMBER;
    if (one_word(a, b) || (before2 && one_word(before2, a) && b->joined))
        return 0;
    if (before2 && is_prefix(before2, a))
        return 0;
    return 1;
}

/* Keys in brackets stand close: dibao.standard[610902,urban]. */
static int in_keys(const cr_tokens *tokens, uint32_t i)
{
    for (uint32_t k = i; k-- > 0 && !tokens->at[k].starts;) {
        if (sign_is(&tokens->at[k], "]") || sign_is(&tokens->at[k], ":") ||
            sign_is(&tokens->at[k], ")") || sign_is(&tokens->at[k], ".."))
            return 0;
        if (sign_is(&tokens->at[k], "["))
            return 1;
    }
    return 0;
}

static const char *clause_indent(const cr_token *head, const cr_token *t)
{
    static const char *const groups[] = {"all", "any", "none", "at"};
    if (!word_is(head, "decide"))
        return "  ";
    for (int i = 0; i < 4; i++)
        if (word_is(t, groups[i]))
            return "  ";
    const cr_token *next = t + 1;
    return next->kind == CR_K_STRING || sign_is(next, ":") ? "    " : "  ";
}

static void put_token(cr_buf *out, const cr_token *t)
{
    if (t->kind == CR_K_STRING)
        cr_buf_char(out, '"');
    cr_buf_str(out, t->text);
    if (t->kind == CR_K_STRING)
        cr_buf_char(out, '"');
}

/* ---- decision tables: cells stand in columns ---- */

enum { MAX_COLUMNS = 32 };

typedef struct cr_columns {
    size_t width[MAX_COLUMNS];
} cr_columns;

/* As wide as a terminal or editor shows it: Chinese characters take two places. */
static size_t shown_width(cr_str s)
{
    size_t width = 0;
    uint32_t cp;
    for (size_t i = 0; i < s.n;) {
        int used = cr_utf8_next(s.p + i, s.n - i, &cp);
        width += used > 2 ? 2 : 1;
        i += used ? (size_t)used : 1;
    }
    return width;
}

/* Of the tokens that end before `end`, back to the bar or line start before them. */
static size_t cell_width(const cr_tokens *tokens, uint32_t end)
{
    size_t width = 0;
    for (uint32_t i = end; i-- > 0 && !sign_is(&tokens->at[i], "|");) {
        const cr_token *t = &tokens->at[i];
        width += shown_width(t->text) + (t->kind == CR_K_STRING ? 2u : 0u);
        if (t->starts || sign_is(t - 1, "|"))
            break;
        width += (size_t)blank_between(i > 1 ? t - 2 : NULL, t - 1, t);
    }
    return width;
}

static uint32_t column_of(const cr_tokens *tokens, uint32_t bar)
{
    uint32_t column = 0;
    for (uint32_t i = bar; column < MAX_COLUMNS - 1 && i-- > 0 && !tokens->at[i].starts;)
        column += (uint32_t)sign_is(&tokens->at[i], "|");
    return column;
}

/* The widths of the columns of the statement that begins at `from`. */
static void measure(cr_columns *c, const cr_tokens *tokens, uint32_t from)
{
    memset(c, 0, sizeof *c);
    if (!word_is(&tokens->at[from], "table") && !word_is(&tokens->at[from], "replace"))
        return;
    for (uint32_t i = from + 1; i + 1 < tokens->n && tokens->at[i].starts != 2; i++) {
        if (!sign_is(&tokens->at[i], "|"))
            continue;
        size_t width = cell_width(tokens, i), *widest = &c->width[column_of(tokens, i)];
        *widest = width > *widest ? width : *widest;
    }
}

static void pad_cell(cr_layout *l, const cr_tokens *tokens, uint32_t bar, const cr_columns *c)
{
    size_t widest = c->width[column_of(tokens, bar)], width = cell_width(tokens, bar);
    if (widest > width && widest < 100)
        cr_buf_repeat(l->out, ' ', widest - width);
}

/* ---- lines ---- */

static int new_line_in_source(const cr_layout *l, const cr_token *t)
{
    for (size_t i = l->done; i < t->offset; i++)
        if (l->text.p[i] == '\n')
            return 1;
    return 0;
}

static void write_token(cr_layout *l, const cr_tokens *tokens, uint32_t i, const cr_token *head,
                        const cr_columns *columns)
{
    const cr_token *t = &tokens->at[i];
    const char *indent = t->starts == 2 ? "" : t->starts == 1 ? clause_indent(head, t) : "      ";
    int broken = !t->starts && i > 0 && new_line_in_source(l, t), blank = t->starts == 2;
    size_t before = l->out->n;
    gap_comments(l, t->offset, indent, &blank, i > 0);
    int commented = l->out->n > before;
    if (t->starts || broken || commented) {
        if (l->out->n > 0)
            cr_buf_char(l->out, '\n');
        if (t->starts == 2 && blank && l->out->n > 1)
            cr_buf_char(l->out, '\n');
        cr_buf_text(l->out, indent);
    } else if (sign_is(t, "|")) {
        pad_cell(l, tokens, i, columns);
        cr_buf_text(l->out, " ");
    } else if (i > 0 && sign_is(&tokens->at[i - 1], ",") && in_keys(tokens, i)) {
        ; /* nothing between them */
    } else if (i > 0 && blank_between(i > 1 ? &tokens->at[i - 2] : NULL, &tokens->at[i - 1], t)) {
        cr_buf_text(l->out, is_label(tokens, i) ? "  " : " ");
    }
    put_token(l->out, t);
    l->done = t->offset + t->text.n + (t->kind == CR_K_STRING ? 2u : 0u);
}

int cr_format(cr_buf *out, const cr_file *file, cr_diags *diags)
{
    cr_arena arena;
    cr_tokens tokens = {0};
    cr_layout l = {out, file->text, 0};
    const cr_token *head = NULL;
    cr_columns columns;
    int blank = 0;
    if (cr_str_starts(l.text, CR_STR("\xEF\xBB\xBF")))
        l.text = cr_str_part(l.text, 3, l.text.n);
    cr_arena_init(&arena, out->a);
    int bad = cr_lex(&tokens, &arena, file, 0, diags);
    for (uint32_t i = 0; !bad && i + 1 < tokens.n; i++) {
        if (tokens.at[i].starts == 2 || !head) {
            head = &tokens.at[i];
            measure(&columns, &tokens, i);
        }
        write_token(&l, &tokens, i, head, &columns);
    }
    if (!bad) {
        gap_comments(&l, l.text.n, "", &blank, tokens.n > 1);
        if (out->n > 0)
            cr_buf_char(out, '\n');
    }
    cr_arena_free(&arena);
    return bad ? bad : out->oom ? 2 : 0;
}
