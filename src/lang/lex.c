/* SPDX-License-Identifier: Apache-2.0 */
/* The lexer. */
#include <string.h>

#include "base/date.h"
#include "lang/lex.h"

typedef struct cr_lexer {
    cr_tokens *out;
    cr_arena *arena;
    cr_diags *diags;
    cr_str text;
    size_t at;
    uint32_t file, line, col;
    int depth; /* of open brackets */
    int fresh; /* no token on this line yet */
    int bad;
    int oom;
} cr_lexer;

static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char peek(const cr_lexer *l, size_t ahead)
{
    return l->at + ahead < l->text.n ? l->text.p[l->at + ahead] : 0;
}

static cr_pos here(const cr_lexer *l, uint32_t len)
{
    cr_pos pos = {l->file, l->line, l->col, len ? len : 1};
    return pos;
}

static void report(cr_lexer *l, cr_diag_code code, uint32_t len, cr_str found, cr_str expected)
{
    l->bad = 1;
    cr_diag_add(l->diags, code, here(l, len), found, expected);
}

/* ---- lines ---- */

static int one_of(const cr_token *t, cr_tok kind, const char *const *list)
{
    for (; *list; list++)
        if (t->kind == kind && cr_str_eq(t->text, cr_str_of(*list)))
            return 1;
    return 0;
}

/* The last token of a line that asks for more, or the first of one that continues, joins the two.
 */
static int wants_more(const cr_token *t)
{
    static const char *const signs[] = {
        ",", "+", "-", "*", "/", "<", "<=", ">", ">=", "=", "(", "[", NULL};
    static const char *const words[] = {"and", "or", "not", "if", "then", "else", NULL};
    return one_of(t, CR_K_SIGN, signs) || one_of(t, CR_K_WORD, words);
}

static int continues(const cr_token *t)
{
    static const char *const signs[] = {",", "+", "*", "/", "<", "<=", ">", ">=", ")", "]", NULL};
    static const char *const words[] = {"and", "or", "then", "else", NULL};
    return one_of(t, CR_K_SIGN, signs) || one_of(t, CR_K_WORD, words);
}

/* Words that begin a clause even where the line above is left unfinished: one mistake stays one
 * finding. */
static int begins_clause(const cr_token *t)
{
    static const char *const words[] = {"by",       "cites", "when", "otherwise", "rounded",
                                        "internal", "gives", "let",  NULL};
    return one_of(t, CR_K_WORD, words);
}

static int peek_compares(const cr_lexer *l)
{
    return peek(l, 0) == '<' || peek(l, 0) == '>';
}

/* Rows are clauses, whatever sign they begin with: `>= 2016-01 | - | 60`, `< 60 : 100 yuan`. */
static int line_of_cells(const cr_lexer *l)
{
    int text = 0, depth = 0;
    for (size_t i = l->at; i < l->text.n && l->text.p[i] != '\n'; i++) {
        char c = l->text.p[i];
        text ^= c == '"';
        if (!text && c == '#')
            return 0;
        if (!text)
            depth += (c == '[' || c == '(') - (c == ']' || c == ')');
        if (!text && (c == '|' || (c == ':' && depth <= 0 && peek_compares(l))))
            return 1;
    }
    return 0;
}

static void push(cr_lexer *l, cr_token t)
{
    if (l->fresh) {
        int column_one = t.pos.col == 1;
        const cr_token *last = l->out->n ? &l->out->at[l->out->n - 1] : NULL;
        if (column_one)
            l->depth = 0; /* a statement closes what was left open above it */
        if (column_one || !last)
            t.starts = column_one ? 2 : 1;
        else if (l->depth == 0 &&
                 ((!wants_more(last) && !continues(&t)) || begins_clause(&t) || line_of_cells(l)))
            t.starts = 1;
        l->fresh = 0;
    }
    if (!CR_PUSH(l->arena, *l->out, t))
        l->oom = 1;
}

static cr_token token(const cr_lexer *l, cr_tok kind, size_t bytes)
{
    cr_token t = {0};
    t.kind = (uint8_t)kind;
    t.text = cr_str_part(l->text, l->at, l->at + bytes);
    t.pos = here(l, (uint32_t)bytes);
    t.offset = l->at;
    t.joined = l->at > 0 && l->text.p[l->at - 1] != ' ' && l->text.p[l->at - 1] != '\n' &&
               l->text.p[l->at - 1] != '\t';
    return t;
}

static void advance(cr_lexer *l, size_t bytes, uint32_t characters)
{
    l->at += bytes;
    l->col += characters;
}

/* ---- tokens ---- */

enum { MOST_OF_A_NAME = 200 };

static void lex_word(cr_lexer *l)
{
    size_t n = 0;
    for (;;) {
        while (is_letter(peek(l, n)) || is_digit(peek(l, n)))
            n++;
        if (peek(l, n) != '.' || !is_letter(peek(l, n + 1)))
            break;
        n++;
    }
    cr_token t = token(l, CR_K_WORD, n);
    if (n > MOST_OF_A_NAME) {
        report(l, CR_D_TOO_MANY, (uint32_t)n, cr_str_part(t.text, 0, 40),
               CR_STR("a name of at most 200 characters"));
        t.text = cr_str_part(t.text, 0, MOST_OF_A_NAME);
    }
    push(l, t);
    advance(l, n, (uint32_t)n);
}

static int date_like(const cr_lexer *l, size_t from)
{
    static const char form[] = "dddd-dd-dd";
    size_t i = 0;
    for (; i < 10; i++)
        if (form[i] == 'd' ? !is_digit(peek(l, from + i)) : peek(l, from + i) != '-')
            break;
    if (i == 10 && peek(l, from + 10) == 'T' && is_digit(peek(l, from + 11)))
        return 16;
    return i == 10 ? 10 : i >= 7 && !is_digit(peek(l, from + 7)) ? 7 : 0;
}

static void lex_date(cr_lexer *l, size_t n)
{
    cr_token t = token(l, n == 16 ? CR_K_TIME : n == 10 ? CR_K_DATE : CR_K_MONTH, n);
    if (n == 16   ? cr_time_parse(t.text, &t.date)
        : n == 10 ? cr_date_parse(t.text, &t.date)
                  : cr_month_parse(t.text, &t.date))
        report(l, CR_D_DATE, (uint32_t)n, t.text, CR_STR(""));
    push(l, t);
    advance(l, n, (uint32_t)n);
}

static void lex_number(cr_lexer *l)
{
    size_t n = 0, date = (size_t)date_like(l, 0);
    if (date == 16 && l->text.n - l->at < 16)
        date = 10; /* cut off: the text behind the date is reported */
    if (date) {
        lex_date(l, date);
        return;
    }
    while (is_digit(peek(l, n)))
        n++;
    if (peek(l, n) == '.' && is_digit(peek(l, n + 1)))
        for (n++; is_digit(peek(l, n));)
            n++;
    if (is_letter(peek(l, n)) || n > 30) {
        while (is_letter(peek(l, n)) || is_digit(peek(l, n)))
            n++;
        report(l, CR_D_NUMBER, (uint32_t)n, cr_str_part(l->text, l->at, l->at + n), CR_STR(""));
    }
    push(l, token(l, CR_K_NUMBER, n));
    advance(l, n, (uint32_t)n);
}

static void lex_string(cr_lexer *l)
{
    size_t n = 1;
    uint32_t characters = 1, cp;
    while (l->at + n < l->text.n && peek(l, n) != '"' && peek(l, n) != '\n') {
        int used = cr_utf8_next(l->text.p + l->at + n, l->text.n - l->at - n, &cp);
        n += used ? (size_t)used : 1;
        characters++;
    }
    int closed = peek(l, n) == '"';
    if (!closed)
        report(l, CR_D_TEXT_OPEN, characters, CR_STR(""), CR_STR("\""));
    cr_token t = token(l, CR_K_STRING, n + (size_t)closed);
    t.text = cr_str_part(l->text, l->at + 1, l->at + n);
    t.pos.len = characters + (uint32_t)closed;
    push(l, t);
    advance(l, n + (size_t)closed, characters + (uint32_t)closed);
}

static int lex_sign(cr_lexer *l)
{
    char c = peek(l, 0), next = peek(l, 1);
    if (c == 0 || !strchr("()[],:=+-*/%<>.|", c))
        return 0;
    size_t n = ((c == '<' || c == '>') && next == '=') || (c == '.' && next == '.') ? 2 : 1;
    push(l, token(l, CR_K_SIGN, n));
    if (c == '(' || c == '[')
        l->depth++;
    if ((c == ')' || c == ']') && l->depth > 0)
        l->depth--;
    advance(l, n, (uint32_t)n);
    return 1;
}

/* Signs that an input method writes in full width, with what to write instead. */
static const char *half_width(uint32_t cp)
{
    static const struct {
        uint32_t cp;
        const char *ascii;
    } table[] = {{0xFF1A, ":"},  {0xFF0C, ","},       {0x3001, ","}, {0xFF08, "("},  {0xFF09, ")"},
                 {0xFF1D, "="},  {0xFF1C, "<"},       {0xFF1E, ">"}, {0x2265, ">="}, {0x2264, "<="},
                 {0xFF0B, "+"},  {0xFF0D, "-"},       {0x2212, "-"}, {0xFF0A, "*"},  {0x00D7, "*"},
                 {0xFF0F, "/"},  {0x00F7, "/"},       {0xFF05, "%"}, {0x201C, "\""}, {0x201D, "\""},
                 {0xFF02, "\""}, {0x3000, "a space"}, {0x3002, "."}, {0xFF0E, "."},  {0xFF3B, "["},
                 {0xFF3D, "]"},  {0x3010, "["},       {0x3011, "]"}, {0xFF5C, "|"},  {0xFF03, "#"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].cp == cp)
            return table[i].ascii;
    return cp >= 0xFF10 && cp <= 0xFF19 ? "an ASCII digit" : NULL;
}

static void lex_other(cr_lexer *l)
{
    uint32_t cp = 0;
    int used = cr_utf8_next(l->text.p + l->at, l->text.n - l->at, &cp);
    size_t n = used ? (size_t)used : 1;
    const char *ascii = half_width(cp);
    report(l, ascii ? CR_D_FULL_WIDTH : CR_D_CHARACTER, 1, cr_str_part(l->text, l->at, l->at + n),
           cr_str_of(ascii ? ascii : ""));
    if (ascii && ascii[1] == 0 &&
        !strchr("\"#", ascii[0])) { /* read on as if it were the right sign */
        cr_token t = token(l, CR_K_SIGN, n);
        t.text = cr_str_of(ascii);
        t.pos.len = 1;
        push(l, t);
    } else {
        push(l, token(l, CR_K_BAD, n));
    }
    advance(l, n, 1);
}

static void skip_comment(cr_lexer *l)
{
    while (l->at < l->text.n && peek(l, 0) != '\n')
        l->at++;
}

static void lex_one(cr_lexer *l)
{
    char c = peek(l, 0);
    if (c == '\n') {
        advance(l, 1, 0);
        l->line++;
        l->col = 1;
        l->fresh = 1;
    } else if (c == ' ' || c == '\t' || c == '\r') {
        advance(l, 1, 1);
    } else if (c == '#') {
        skip_comment(l);
    } else if (is_letter(c)) {
        lex_word(l);
    } else if (is_digit(c)) {
        lex_number(l);
    } else if (c == '"') {
        lex_string(l);
    } else if (!lex_sign(l)) {
        lex_other(l);
    }
}

/* One finding for a file in another encoding, at its first bad byte, and no more of it. */
static int check_encoding(cr_lexer *l)
{
    uint32_t cp, line = 1, col = 1;
    for (size_t i = 0; i < l->text.n;) {
        int used = 1;
        cp = (unsigned char)l->text.p[i];
        if (cp >= 0x80)
            used = cr_utf8_next(l->text.p + i, l->text.n - i, &cp);
        if (!used) {
            l->line = line;
            l->col = col;
            int wide =
                i == 0 && l->text.n > 1 &&
                (memcmp(l->text.p, "\xFF\xFE", 2) == 0 || memcmp(l->text.p, "\xFE\xFF", 2) == 0);
            report(l, CR_D_ENCODING, 1, wide ? CR_STR("UTF-16") : CR_STR(""), CR_STR("UTF-8"));
            return 1;
        }
        col = cp == '\n' ? 1 : col + 1;
        line += cp == '\n';
        i += (size_t)used;
    }
    return 0;
}

int cr_lex(cr_tokens *out, cr_arena *arena, const cr_file *files, uint32_t index, cr_diags *diags)
{
    cr_lexer l = {0};
    l.out = out;
    l.arena = arena;
    l.diags = diags;
    l.text = files[index].text;
    l.file = index;
    l.line = l.col = 1;
    l.fresh = 1;
    if (cr_str_starts(l.text, CR_STR("\xEF\xBB\xBF")))
        l.text = cr_str_part(l.text, 3, l.text.n);
    if (!check_encoding(&l) &&
        cr_vec_reserve(arena, &out->at, &out->cap, out->n, l.text.n / 5, sizeof *out->at) == 0)
        l.oom = 1;
    else if (!l.bad)
        while (l.at < l.text.n && !l.oom)
            lex_one(&l);
    l.fresh = 1;
    l.depth = 0;
    cr_token end = token(&l, CR_K_END, 0);
    end.starts = 2;
    end.pos = here(&l, 1);
    if (!CR_PUSH(arena, *out, end))
        l.oom = 1;
    return l.oom ? 2 : l.bad;
}
