/* SPDX-License-Identifier: Apache-2.0 */
/* The cursor, and pieces that several statements share: labels, periods, types, roundings,
 * citations, keys. */
#include <string.h>

#include "lang/parse_internal.h"

void cr_p_memory(cr_parser *p)
{
    p->oom = 1;
    p->failed = 1;
}

const cr_token *cr_p_ahead(cr_parser *p, uint32_t n)
{
    static const cr_token end; /* kind END */
    for (uint32_t i = p->at; i <= p->at + n; i++)
        if (p->tokens[i].kind == CR_K_END || (i > p->first && p->tokens[i].starts))
            return i == p->at + n && p->tokens[i].kind == CR_K_END ? &p->tokens[i] : &end;
    return &p->tokens[p->at + n];
}

const cr_token *cr_p_tok(cr_parser *p)
{
    return cr_p_ahead(p, 0);
}

static int token_is(const cr_token *t, const char *text)
{
    return (t->kind == CR_K_WORD || t->kind == CR_K_SIGN) && t->text.n == strlen(text) &&
           memcmp(t->text.p, text, t->text.n) == 0;
}

int cr_p_is(cr_parser *p, const char *text)
{
    return token_is(cr_p_tok(p), text);
}

int cr_p_is2(cr_parser *p, const char *first, const char *second)
{
    return token_is(cr_p_tok(p), first) && token_is(cr_p_ahead(p, 1), second);
}

int cr_p_line_has(cr_parser *p, const char *text)
{
    for (uint32_t i = p->at; p->tokens[i].kind != CR_K_END; i++) {
        if (i > p->first && p->tokens[i].starts)
            return 0;
        if ((p->tokens[i].kind == CR_K_WORD || p->tokens[i].kind == CR_K_SIGN) &&
            cr_str_eq(p->tokens[i].text, cr_str_of(text)))
            return 1;
    }
    return 0;
}

int cr_p_take(cr_parser *p, const char *text)
{
    if (p->failed || !cr_p_is(p, text))
        return 0;
    p->at++;
    return 1;
}

int cr_p_take2(cr_parser *p, const char *first, const char *second)
{
    if (p->failed || !cr_p_is2(p, first, second))
        return 0;
    p->at += 2;
    return 1;
}

void cr_p_want(cr_parser *p, const char *text)
{
    if (!cr_p_take(p, text))
        cr_p_fail(p, CR_D_EXPECTED, text);
}

/* Where the clause has ended, the finding points behind its last token. */
void cr_p_fail(cr_parser *p, cr_diag_code code, const char *expected)
{
    if (p->failed)
        return;
    const cr_token *t = cr_p_tok(p);
    if (t->kind == CR_K_BAD) { /* reported by the lexer */
        p->failed = p->bad = 1;
        return;
    }
    cr_pos pos = t->pos;
    if (t->kind == CR_K_END) {
        const cr_token *last = &p->tokens[p->at > p->first ? p->at - 1 : p->at];
        pos = last->pos;
        pos.col += p->at > p->first ? last->pos.len : 0;
        pos.len = 1;
    }
    p->failed = p->bad = 1;
    cr_diag_add(p->diags, code, pos, t->kind == CR_K_END ? CR_STR("") : t->text,
                cr_str_of(expected));
}

int cr_p_done(cr_parser *p)
{
    return p->failed || cr_p_tok(p)->kind == CR_K_END;
}

cr_str cr_p_word(cr_parser *p, const char *expected)
{
    const cr_token *t = cr_p_tok(p);
    if (p->failed || t->kind != CR_K_WORD) {
        cr_p_fail(p, CR_D_EXPECTED, expected);
        return CR_STR("");
    }
    p->at++;
    return t->text;
}

cr_str cr_p_string(cr_parser *p, const char *expected)
{
    const cr_token *t = cr_p_tok(p);
    if (p->failed || t->kind != CR_K_STRING) {
        cr_p_fail(p, CR_D_EXPECTED, expected);
        return CR_STR("");
    }
    p->at++;
    return t->text;
}

int64_t cr_p_int(cr_parser *p)
{
    int64_t value = 0;
    const cr_token *t = cr_p_tok(p);
    if (p->failed || t->kind != CR_K_NUMBER || t->text.n > 18) {
        cr_p_fail(p, CR_D_EXPECTED, "a whole number");
        return 0;
    }
    for (size_t i = 0; i < t->text.n; i++) {
        if (t->text.p[i] < '0' || t->text.p[i] > '9') {
            cr_p_fail(p, CR_D_EXPECTED, "a whole number");
            return 0;
        }
        value = value * 10 + (t->text.p[i] - '0');
    }
    p->at++;
    return value;
}

int32_t cr_p_date(cr_parser *p)
{
    const cr_token *t = cr_p_tok(p);
    if (p->failed || t->kind != CR_K_DATE) {
        cr_p_fail(p, CR_D_EXPECTED, "a date YYYY-MM-DD");
        return CR_DATE_MIN;
    }
    p->at++;
    return t->date;
}

cr_str cr_p_code(cr_parser *p)
{
    const cr_token *t = cr_p_tok(p);
    if (cr_p_take(p, "nation"))
        return CR_STR("000000");
    if (p->failed || t->kind != CR_K_NUMBER ||
        (t->text.n != 6 && t->text.n != 9 && t->text.n != 12)) {
        cr_p_fail(p, CR_D_EXPECTED, "a region code of 6, 9 or 12 digits, or 'nation'");
        return CR_STR("");
    }
    p->at++;
    return t->text;
}

cr_label cr_p_label(cr_parser *p)
{
    cr_label label = {CR_STR(""), CR_STR("")};
    if (p->failed || cr_p_tok(p)->kind != CR_K_STRING)
        return label;
    label.zh = label.en = cr_p_string(p, "");
    if (cr_p_take(p, "/"))
        label.en = cr_p_string(p, "the English label");
    return label;
}

cr_period cr_p_period(cr_parser *p)
{
    cr_period period = {CR_DATE_MIN, CR_DATE_MAX, {0, 0, 0, 0}};
    const cr_token *t = cr_p_tok(p);
    if (cr_p_take(p, "from")) {
        period.from = cr_p_date(p);
        period.pos = t->pos;
    }
    t = cr_p_tok(p);
    if (cr_p_take(p, "to")) {
        period.to = cr_p_date(p);
        if (period.pos.line == 0)
            period.pos = t->pos;
    }
    if (!p->failed && period.to < period.from)
        cr_p_fail(p, CR_D_RANGE, "an end that is not before the beginning");
    return period;
}

size_t cr_p_end_of(const cr_token *t)
{
    return t->offset + t->text.n + (t->kind == CR_K_STRING ? 2u : 0u);
}

/* ---- roundings and values ---- */

cr_rounding cr_p_rounding(cr_parser *p)
{
    cr_rounding r = {0};
    r.pos = cr_p_tok(p)->pos;
    if (cr_p_take(p, "up"))
        r.mode = CR_ROUND_UP;
    else if (cr_p_take(p, "down"))
        r.mode = CR_ROUND_DOWN;
    else if (cr_p_take2(p, "half", "up"))
        r.mode = CR_ROUND_HALF_UP;
    else if (cr_p_take2(p, "half", "even"))
        r.mode = CR_ROUND_HALF_EVEN;
    else
        cr_p_fail(p, CR_D_EXPECTED, "up, down, half up or half even");
    cr_p_want(p, "to");
    const cr_token *t = cr_p_tok(p);
    if (!p->failed && (t->kind != CR_K_NUMBER || cr_rat_parse(t->text, &r.step) || r.step.num <= 0))
        cr_p_fail(p, CR_D_EXPECTED, "the step, a number above 0");
    p->at += !p->failed;
    r.has_unit = (uint8_t)(!p->failed && cr_p_at_unit(p, 0));
    if (r.has_unit)
        r.unit = cr_p_unit(p);
    return r;
}

cr_value_decl cr_p_value(cr_parser *p)
{
    cr_value_decl v = {0};
    v.pos = cr_p_tok(p)->pos;
    v.name = cr_p_word(p, "a value");
    v.label = cr_p_label(p);
    if (cr_p_take(p, "code"))
        do
            CR_P_PUSH(p, v.codes, cr_p_string(p, "a code in quotes"));
        while (!p->failed && cr_p_ahead(p, 1)->kind == CR_K_STRING && cr_p_take(p, ","));
    if (cr_p_take(p, "="))
        v.rounding = cr_p_rounding(p);
    return v;
}

/* ---- types ---- */

static void money(cr_parser *p, cr_type_expr *t)
{
    t->word = CR_TW_MONEY;
    t->unit.e[CR_DIM_YUAN] = 1;
    if (cr_p_is(p, "per")) {
        cr_unit per = cr_p_unit(p);
        cr_unit_mul(t->unit, per, 1, &t->unit);
    }
}

static void number_type(cr_parser *p, cr_type_expr *t)
{
    t->word = CR_TW_NUMBER;
    t->decimals = -1;
    if (cr_p_take(p, "with")) {
        t->decimals = (int32_t)cr_p_int(p);
        if (t->decimals > 12)
            cr_p_fail(p, CR_D_RANGE, "at most 12 decimals");
        if (!cr_p_take(p, "decimals"))
            cr_p_want(p, "decimal");
    }
    if (!p->failed && cr_p_at_unit(p, 0))
        t->unit = cr_p_unit(p);
}

/* A type that is not the name of an entity or of an enumeration: `list of date`. */
static int at_plain_type(cr_parser *p)
{
    static const char *const words[] = {"date", "month", "integer", "number", "money", "region"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (cr_p_is(p, words[i]))
            return 1;
    return cr_p_is2(p, "one", "of");
}

static void list_type(cr_parser *p, cr_type_expr *t, cr_tword word)
{
    cr_p_want(p, "of");
    t->word = word;
    if (word == CR_TW_LIST && !at_plain_type(p)) {
        t->name = cr_p_word(p, "an entity");
        return;
    }
    if (word == CR_TW_ONE_OF) {
        do
            CR_P_PUSH(p, t->values, cr_p_value(p));
        while (!p->failed && cr_p_take(p, ","));
        return;
    }
    t->element = cr_arena_get(p->arena, 1, sizeof *t->element);
    if (!t->element) {
        cr_p_memory(p);
        return;
    }
    *t->element = cr_p_type(p);
}

static void named_type(cr_parser *p, cr_type_expr *t)
{
    static const struct {
        const char *word;
        cr_tword type;
    } words[] = {{"date", CR_TW_DATE},
                 {"month", CR_TW_MONTH},
                 {"region", CR_TW_REGION},
                 {"text", CR_TW_TEXT},
                 {"status", CR_TW_STATUS}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (cr_p_take(p, words[i].word)) {
            t->word = words[i].type;
            if (t->word == CR_TW_DATE && cr_p_is2(p, "-", "time")) {
                t->word = CR_TW_DATETIME;
                p->at += 2;
            }
            return;
        }
    t->word = CR_TW_ENUM;
    t->name = cr_p_word(p, "a type");
}

cr_type_expr cr_p_type(cr_parser *p)
{
    cr_type_expr t = {0};
    t.pos = cr_p_tok(p)->pos;
    t.exact = (uint8_t)cr_p_take(p, "exact");
    if (cr_p_is2(p, "yes", "/")) {
        p->at += 2;
        cr_p_want(p, "no");
        t.word = CR_TW_BOOL;
    } else if (cr_p_take(p, "integer")) {
        t.word = CR_TW_INTEGER;
        if (cr_p_at_unit(p, 0))
            t.unit = cr_p_unit(p);
    } else if (cr_p_take(p, "number")) {
        number_type(p, &t);
    } else if (cr_p_take(p, "money")) {
        money(p, &t);
    } else if (cr_p_take(p, "one")) {
        list_type(p, &t, CR_TW_ONE_OF);
    } else if (cr_p_take(p, "set")) {
        list_type(p, &t, CR_TW_SET);
    } else if (cr_p_take(p, "list")) {
        list_type(p, &t, CR_TW_LIST);
    } else {
        named_type(p, &t);
    }
    if (t.exact && t.word != CR_TW_NUMBER && t.word != CR_TW_MONEY)
        cr_p_fail(p, CR_D_EXPECTED, "'number' or 'money' after 'exact'");
    t.or_none = (uint8_t)cr_p_take2(p, "or", "none");
    return t;
}

/* ---- citations ---- */

static uint8_t confidence(cr_parser *p)
{
    static const char *const words[] = {
        "",         "official",         "secondary_full_text", "secondary", "secondary_doubtful",
        "recalled", "recalled_doubtful"};
    for (uint8_t i = 1; i < 7; i++)
        if (cr_p_take(p, words[i]))
            return i;
    return 0;
}

static int locator(cr_parser *p)
{
    if (cr_p_tok(p)->kind == CR_K_STRING) {
        p->at++;
        return 1;
    }
    if (!cr_p_take(p, "art") && !cr_p_take(p, "item"))
        return 0;
    cr_p_int(p);
    while (!p->failed && cr_p_is(p, "(") && cr_p_take(p, "(")) {
        cr_p_int(p);
        cr_p_want(p, ")");
    }
    return 1;
}

static void locators(cr_parser *p, cr_cite *c)
{
    size_t from = c->locators.n ? (size_t)(c->locators.p - p->text.p) : cr_p_tok(p)->offset;
    int any = 0;
    while (!p->failed && locator(p))
        any = 1;
    if (any)
        c->locators = cr_str_part(p->text, from, cr_p_end_of(&p->tokens[p->at - 1]));
}

static void one_ref(cr_parser *p, cr_cites *out)
{
    cr_cite c = {0};
    c.pos = cr_p_tok(p)->pos;
    c.source_index = -1;
    int again = cr_p_is(p, "art") || cr_p_is(p, "item") || cr_p_tok(p)->kind == CR_K_STRING;
    if (again && out->n > 0) { /* more articles of the source before */
        cr_cite *last = &out->at[out->n - 1];
        uint8_t word;
        locators(p, last);
        word = confidence(p);
        last->confidence = word ? word : last->confidence;
        if (cr_p_is(p, "from") || cr_p_is(p, "to"))
            last->period = cr_p_period(p);
        return;
    }
    if (cr_p_take2(p, "by", "design")) {
        c.design = cr_p_label(p);
        if (c.design.zh.n == 0)
            cr_p_string(p, "the reason in quotes");
    } else if (cr_p_take(p, "option")) {
        c.option = cr_p_word(p, "an option");
    } else {
        c.source = cr_p_word(p, "a source, 'art', 'option' or 'by design'");
    }
    if (!p->failed && c.source.n > 0)
        locators(p, &c);
    c.confidence = confidence(p);
    c.period = cr_p_period(p);
    CR_P_PUSH(p, *out, c);
}

int cr_p_cites(cr_parser *p, cr_cites *out)
{
    if (p->failed)
        return 0;
    if (cr_p_is2(p, "by", "design")) {
        one_ref(p, out);
        return 1;
    }
    if (!cr_p_take(p, "cites"))
        return 0;
    do
        one_ref(p, out);
    while (!p->failed && cr_p_take(p, ","));
    return 1;
}

/* ---- keys of rows ---- */

static cr_rat key_number(cr_parser *p)
{
    cr_rat v = {0, 1};
    int negative = cr_p_take(p, "-");
    const cr_token *t = cr_p_tok(p);
    if (t->kind != CR_K_NUMBER || cr_rat_parse(t->text, &v))
        cr_p_fail(p, CR_D_EXPECTED, "a number");
    else
        p->at++;
    return negative ? cr_rat_neg(v) : v;
}

/* `[60 .. 70)`: a round bracket leaves the bound out. */
static void interval(cr_parser *p, cr_row_key *key)
{
    key->kind = CR_KEY_BAND;
    key->above = !cr_p_take(p, "[");
    if (key->above)
        cr_p_want(p, "(");
    key->from = key_number(p);
    cr_p_want(p, "..");
    key->to = key_number(p);
    key->below = !cr_p_take(p, "]");
    if (key->below)
        cr_p_want(p, ")");
}

static int comparison(cr_parser *p, cr_row_key *key)
{
    int low = cr_p_is(p, ">") || cr_p_is(p, ">=");
    int strict = cr_p_is(p, ">") || cr_p_is(p, "<");
    if (!low && !strict && !cr_p_is(p, "<="))
        return 0;
    p->at++;
    key->kind = CR_KEY_BAND;
    if (low) {
        key->above = (uint8_t)strict;
        key->from = key_number(p);
    } else {
        key->below = (uint8_t)strict;
        key->to = key_number(p);
    }
    return 1;
}

/* A literal, or words in brackets: `(head, spouse)`, kept as CR_X_IN without a left side. */
cr_expr *cr_p_listed(cr_parser *p, cr_expr *(*one)(cr_parser *))
{
    if (!cr_p_is(p, "("))
        return one(p);
    cr_expr *x = cr_arena_get(p->arena, 1, sizeof *x);
    if (!x) {
        cr_p_memory(p);
        return &p->lost;
    }
    x->kind = CR_X_IN;
    x->pos = cr_p_tok(p)->pos;
    p->at++;
    while (!p->failed && !cr_p_take(p, ")")) {
        CR_P_PUSH(p, x->args, one(p));
        if (!cr_p_is(p, ")"))
            cr_p_want(p, ",");
    }
    return x;
}

/* A whole number, or a range that takes both ends in. */
static void number_key(cr_parser *p, cr_row_key *key)
{
    key->from = key->to = key_number(p);
    key->kind = key->from.den == 1 ? CR_KEY_INT : CR_KEY_BAND;
    key->lo = key->from.num > INT64_MAX / 2 || key->from.num < INT64_MIN / 2
                  ? INT64_MAX / 2
                  : (int64_t)key->from.num;
    if (cr_p_take(p, "..")) {
        key->kind = CR_KEY_BAND;
        key->to = key_number(p);
    }
}

static int is_code(const cr_token *t)
{
    return t->kind == CR_K_NUMBER && (t->text.n == 6 || t->text.n == 9 || t->text.n == 12);
}

cr_row_key cr_p_key(cr_parser *p)
{
    cr_row_key key = {0};
    const cr_token *t = cr_p_tok(p);
    key.pos = t->pos;
    key.text = t->text;
    if (cr_p_is(p, "-") && cr_p_ahead(p, 1)->kind != CR_K_NUMBER) {
        key.kind = CR_KEY_ANY;
        p->at++;
    } else if (cr_p_is(p, "nation") || is_code(t)) {
        key.kind = CR_KEY_CODE;
        key.text = cr_p_code(p);
    } else if (t->kind == CR_K_NUMBER || cr_p_is(p, "-")) {
        number_key(p, &key);
    } else if (cr_p_is(p, "[") || cr_p_is(p, "(")) {
        interval(p, &key);
    } else if (!comparison(p, &key)) {
        key.kind = CR_KEY_NAME;
        key.text = cr_p_word(p, "a key: a word, a region code, a number, a band or '-'");
    }
    return key;
}
