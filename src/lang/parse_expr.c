/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions. */
#include "lang/parse_internal.h"

static cr_expr *node(cr_parser *p, cr_xkind kind, const cr_token *t)
{
    cr_expr *x = cr_arena_get(p->arena, 1, sizeof *x);
    if (!x) {
        cr_p_memory(p);
        return &p->lost;
    }
    x->kind = (uint8_t)kind;
    x->pos = x->whole = t->pos;
    return x;
}

static cr_expr *binary(cr_parser *p, cr_xkind kind, const cr_token *t, cr_expr *a, cr_expr *b)
{
    cr_expr *x = node(p, kind, t);
    x->a = a;
    x->b = b;
    x->whole = a ? a->whole : t->pos;
    return x;
}

static int enter(cr_parser *p)
{
    if (++p->depth <= p->max_depth)
        return 1;
    cr_p_fail(p, CR_D_TOO_DEEP, "");
    return 0;
}

/* ---- units ---- */

int cr_p_at_unit(cr_parser *p, uint32_t ahead)
{
    cr_dim dim;
    const cr_token *t = cr_p_ahead(p, ahead);
    if (t->kind != CR_K_WORD)
        return 0;
    return cr_dim_parse(t->text, &dim) == 0 || cr_str_eq(t->text, CR_STR("per")) ||
           cr_str_eq(t->text, CR_STR("working"));
}

static void unit_word(cr_parser *p, cr_unit *unit, int sign)
{
    cr_dim dim = CR_DIM_YUAN;
    int working = cr_p_take(p, "working");
    const cr_token *t = cr_p_tok(p);
    if (t->kind != CR_K_WORD || cr_dim_parse(t->text, &dim)) {
        cr_p_fail(p, CR_D_EXPECTED,
                  "a unit: yuan, person, household, m2, hour, day, working day, month, year");
        return;
    }
    p->at++;
    if (working)
        dim = CR_DIM_WORKING_DAY;
    unit->e[dim] = (int8_t)(unit->e[dim] + sign);
}

cr_unit cr_p_unit(cr_parser *p)
{
    cr_unit unit = {{0}};
    for (int n = 0; !p->failed && n < 8 && cr_p_at_unit(p, 0); n++) {
        int sign = cr_p_take(p, "per") ? -1 : 1;
        unit_word(p, &unit, sign);
    }
    return unit;
}

/* ---- atoms ---- */

static cr_expr *number(cr_parser *p)
{
    const cr_token *t = cr_p_tok(p);
    cr_expr *x = node(p, CR_X_NUMBER, t);
    x->text = t->text;
    if (cr_rat_parse(t->text, &x->number))
        cr_p_fail(p, CR_D_NUMBER, "");
    p->at++;
    if (cr_p_take(p, "%")) {
        cr_rat hundred = {100, 1};
        if (cr_rat_div(x->number, hundred, &x->number))
            cr_p_fail(p, CR_D_NUMBER, "");
    } else if (cr_p_at_unit(p, 0)) {
        x->has_unit = 1;
        x->unit = cr_p_unit(p);
    }
    return x;
}

static void arguments(cr_parser *p, cr_expr *x)
{
    do
        CR_P_PUSH(p, x->args, cr_p_expr(p));
    while (!p->failed && cr_p_take(p, ","));
    cr_p_want(p, ")");
}

static void keys(cr_parser *p, cr_expr *x)
{
    do {
        cr_key_arg key = {0};
        key.pos = cr_p_tok(p)->pos;
        key.name = cr_p_word(p, "the name of a key");
        cr_p_want(p, ":");
        key.value = cr_p_expr(p);
        CR_P_PUSH(p, x->keys, key);
    } while (!p->failed && cr_p_take(p, ","));
    cr_p_want(p, "]");
}

/* `sum of members.(…)`: the lexer has joined `members.x` into one word, which comes apart at its
 * last dot. */
static void list_value(cr_parser *p, cr_expr *x, int value_wanted)
{
    const cr_token *t = cr_p_tok(p);
    x->text = cr_p_word(p, "a list");
    if (p->failed || !value_wanted)
        return;
    if (cr_p_take(p, ".")) {
        cr_p_want(p, "(");
        x->a = cr_p_expr(p);
        cr_p_want(p, ")");
        return;
    }
    size_t dot =
        0; /* the list is the first word; what follows is a field or definition of its rows */
    while (dot < x->text.n && x->text.p[dot] != '.')
        dot++;
    if (dot == x->text.n) {
        cr_p_fail(p, CR_D_EXPECTED, "what is taken of each row: LIST.NAME or LIST.(…)");
        return;
    }
    x->a = node(p, CR_X_NAME, t);
    x->a->text = cr_str_part(x->text, dot + 1, x->text.n);
    x->text.n = dot;
}

static cr_expr *aggregate(cr_parser *p, cr_aggregate op, int value_wanted)
{
    cr_expr *x = node(p, CR_X_AGGREGATE, cr_p_tok(p));
    x->op = (uint8_t)op;
    list_value(p, x, value_wanted);
    if (!p->failed && cr_p_take(p, "where"))
        x->b = cr_p_conj(p);
    if (!p->failed && !value_wanted && op != CR_AGG_COUNT && cr_p_take(p, "have"))
        x->a = cr_p_conj(p);
    return x;
}

static cr_expr *power(cr_parser *p);
static cr_expr *name(cr_parser *p);

static cr_expr *part_of(cr_parser *p, cr_part part)
{
    cr_expr *x = node(p, CR_X_PART_OF, cr_p_tok(p));
    x->op = (uint8_t)part;
    x->a = power(p);
    return x;
}

static cr_expr *span(cr_parser *p, cr_span_unit unit)
{
    cr_expr *x = node(p, CR_X_SPAN, cr_p_tok(p));
    x->op = (uint8_t)unit;
    x->a = power(p);
    cr_p_want(p, "to");
    x->b = power(p);
    return x;
}

static cr_expr *pick(cr_parser *p, cr_xkind kind)
{
    cr_expr *x = node(p, kind, cr_p_tok(p));
    cr_p_want(p, "(");
    arguments(p, x);
    return x;
}

/* Forms that begin with a word of the language. NULL = none of them. */
static cr_expr *word_form(cr_parser *p)
{
    const cr_token *first = cr_p_tok(p);
    static const struct {
        const char *first, *second;
        uint8_t form, op;
    } forms[] = {{"sum", "of", 0, CR_AGG_SUM},        {"highest", "of", 0, CR_AGG_HIGHEST},
                 {"lowest", "of", 0, CR_AGG_LOWEST},  {"count", "of", 1, CR_AGG_COUNT},
                 {"month", "of", 2, CR_PART_MONTH},   {"year", "of", 2, CR_PART_YEAR},
                 {"city", "of", 2, CR_PART_CITY},     {"province", "of", 2, CR_PART_PROVINCE},
                 {"years", "from", 3, CR_SPAN_YEARS}, {"months", "from", 3, CR_SPAN_MONTHS},
                 {"hours", "from", 3, CR_SPAN_HOURS}, {"date", "of", 2, CR_PART_DATE},
                 {"days", "from", 3, CR_SPAN_DAYS},   {"highest", "(", 4, CR_X_HIGHEST},
                 {"lowest", "(", 4, CR_X_LOWEST},     {"first", "day", 6, CR_PART_FIRST_DAY},
                 {"last", "day", 6, CR_PART_LAST_DAY}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (!cr_p_is2(p, forms[i].first, forms[i].second))
            continue;
        if (forms[i].form == 6 && !cr_str_eq(cr_p_ahead(p, 2)->text, CR_STR("of")))
            continue;
        p->at += forms[i].form == 4 ? 1u : forms[i].form == 6 ? 3u : 2u;
        switch (forms[i].form) {
        case 0: return aggregate(p, (cr_aggregate)forms[i].op, 1);
        case 1: return aggregate(p, CR_AGG_COUNT, 0);
        case 2:
        case 6: return part_of(p, (cr_part)forms[i].op);
        case 3: return span(p, (cr_span_unit)forms[i].op);
        default: return pick(p, (cr_xkind)forms[i].op);
        }
    }
    if (cr_p_is2(p, "months", "in") && cr_p_ahead(p, 2)->kind == CR_K_WORD) {
        cr_expr *x = node(p, CR_X_SPAN, first); /* of a span field; the checker spells it out */
        x->op = CR_SPAN_MONTHS;
        p->at += 2;
        x->a = name(p);
        return x;
    }
    cr_expr among = {0};
    if (cr_p_among(p, &among)) {
        cr_expr *x = node(p, CR_X_AMONG, first);
        among.pos = among.whole = first->pos;
        *x = among;
        return x;
    }
    if ((cr_p_is(p, "any") || cr_p_is(p, "all")) && cr_p_ahead(p, 1)->kind == CR_K_WORD) {
        cr_aggregate op = cr_p_is(p, "any") ? CR_AGG_ANY : CR_AGG_ALL;
        p->at++;
        return aggregate(p, op, 0);
    }
    return NULL;
}

static cr_expr *name(cr_parser *p)
{
    cr_expr *x = node(p, CR_X_NAME, cr_p_tok(p));
    if (cr_p_is(p, "parameter") && cr_p_ahead(p, 1)->kind == CR_K_WORD) {
        x->as_parameter = 1;
        p->at++;
    }
    if (cr_p_is2(p, "first", "day") || cr_p_is2(p, "last", "day")) {
        x->text = cr_p_is(p, "first") ? CR_STR("first_day") : CR_STR("last_day");
        p->at += 2;
        return x;
    }
    x->text = cr_p_word(p, "a name or a value");
    if (p->failed)
        return x;
    if (cr_p_take(p, "["))
        keys(p, x);
    else if (cr_p_is(p, "(") && cr_p_tok(p)->joined && cr_p_take(p, "("))
        arguments(p, x);
    else if (cr_p_is(p, "where") && !p->in_among) { /* a list of rows; only an output may be one */
        p->at++;
        x->kind = CR_X_ROWS;
        x->b = cr_p_conj(p);
    }
    return x;
}

static cr_expr *simple(cr_parser *p, cr_xkind kind, int64_t value)
{
    cr_expr *x = node(p, kind, cr_p_tok(p));
    x->integer = value;
    x->text = cr_p_tok(p)->text;
    p->at++;
    return x;
}

static cr_expr *atom(cr_parser *p)
{
    const cr_token *t = cr_p_tok(p);
    if (t->kind == CR_K_NUMBER)
        return number(p);
    if (t->kind == CR_K_DATE)
        return simple(p, CR_X_DATE, t->date);
    if (t->kind == CR_K_TIME)
        return simple(p, CR_X_TIME, t->date);
    if (t->kind == CR_K_MONTH)
        return simple(p, CR_X_MONTH, t->date);
    if (t->kind == CR_K_STRING)
        return simple(p, CR_X_TEXT, 0);
    if (cr_p_take(p, "(")) {
        cr_expr *x = cr_p_expr(p);
        cr_p_want(p, ")");
        return x;
    }
    if (cr_p_is(p, "yes") || cr_p_is(p, "no"))
        return simple(p, CR_X_BOOL, cr_p_is(p, "yes"));
    if (cr_p_is(p, "none"))
        return simple(p, CR_X_NONE, 0);
    if (cr_p_is(p, "on"))
        return simple(p, CR_X_ON, 0);
    if (cr_p_is2(p, "undetermined", "(")) {
        cr_expr *x = node(p, CR_X_UNDETERMINED, t);
        p->at += 2;
        x->a = name(p);
        cr_p_want(p, ")");
        return x;
    }
    cr_expr *x = t->kind == CR_K_WORD ? word_form(p) : NULL;
    return x ? x : name(p);
}

/* ---- operators, tightest first ---- */

static cr_expr *power(cr_parser *p)
{
    const cr_token *t = cr_p_tok(p);
    cr_expr *x = NULL;
    if (!enter(p))
        return node(p, CR_X_ERROR, t);
    if (cr_p_take(p, "-")) {
        x = node(p, CR_X_NEG, t);
        x->a = power(p);
    } else {
        x = atom(p);
        if (!p->failed && x->kind == CR_X_NAME && cr_p_is(p, "on")) {
            p->at++;
            x->at = atom(p);
        }
        if (!p->failed && x->kind == CR_X_NAME && cr_p_is2(p, "in", "the")) {
            p->at += 2;
            cr_p_want(p, "previous");
            cr_p_want(p, "month");
            cr_expr *before = node(p, CR_X_PREVIOUS, t);
            before->a = x;
            x = before;
        }
    }
    p->depth--;
    return x;
}

cr_expr *cr_p_product(cr_parser *p)
{
    cr_expr *x = power(p);
    while (!p->failed && (cr_p_is(p, "*") || cr_p_is(p, "/"))) {
        const cr_token *t = cr_p_tok(p);
        cr_xkind kind = cr_p_is(p, "*") ? CR_X_MUL : CR_X_DIV;
        p->at++;
        x = binary(p, kind, t, x, power(p));
    }
    return x;
}

static cr_expr *sum(cr_parser *p)
{
    cr_expr *x = cr_p_product(p);
    while (!p->failed && (cr_p_is(p, "+") || cr_p_is(p, "-"))) {
        const cr_token *t = cr_p_tok(p);
        cr_xkind kind = cr_p_is(p, "+") ? CR_X_ADD : CR_X_SUB;
        p->at++;
        x = binary(p, kind, t, x, cr_p_product(p));
    }
    return x;
}

cr_expr *cr_p_measure(cr_parser *p)
{
    cr_expr *x = sum(p);
    for (;;) {
        const cr_token *t = cr_p_tok(p);
        if (p->failed)
            return x;
        if (cr_p_is(p, "in") && cr_p_at_unit(p, 1)) {
            p->at++;
            x = binary(p, CR_X_CONVERT, t, x, NULL);
            x->unit = cr_p_unit(p);
        } else if (cr_p_take2(p, "for", "one")) {
            x = binary(p, CR_X_FOR_ONE, t, x, NULL);
            x->unit = cr_p_unit(p);
        } else {
            return x;
        }
    }
}

static cr_expr *items(cr_parser *p, cr_expr *x)
{
    do {
        cr_expr *item = cr_p_measure(p);
        const cr_token *t = cr_p_tok(p);
        if (!p->failed && cr_p_take(p, ".."))
            item = binary(p, CR_X_RANGE, t, item, cr_p_measure(p));
        CR_P_PUSH(p, x->args, item);
    } while (!p->failed && cr_p_take(p, ","));
    cr_p_want(p, ")");
    return x;
}

static cr_expr *is_form(cr_parser *p, const cr_token *t, cr_expr *a)
{
    int negated = cr_p_take(p, "not");
    cr_xkind kind = cr_p_is(p, "given")  ? CR_X_IS_GIVEN
                    : cr_p_is(p, "none") ? CR_X_IS_NONE
                                         : CR_X_IS;
    cr_expr *x = binary(p, kind, t, a, NULL);
    x->negated = (uint8_t)negated;
    if (kind == CR_X_IS)
        x->b = cr_p_measure(p);
    else
        p->at++;
    return x;
}

static cr_expr *in_form(cr_parser *p, const cr_token *t, cr_expr *a, int negated)
{
    cr_expr *x = binary(p, CR_X_IN, t, a, NULL);
    x->negated = (uint8_t)negated;
    if (cr_p_take(p, "("))
        return items(p, x);
    CR_P_PUSH(p, x->args, cr_p_measure(p));
    return x;
}

static cr_expr *test(cr_parser *p)
{
    static const struct {
        const char *sign;
        cr_xkind kind;
    } signs[] = {{"<", CR_X_LT}, {"<=", CR_X_LE}, {">", CR_X_GT}, {">=", CR_X_GE}};
    cr_expr *x = cr_p_measure(p);
    const cr_token *t = cr_p_tok(p);
    if (p->failed)
        return x;
    for (int i = 0; i < 4; i++)
        if (cr_p_take(p, signs[i].sign))
            return binary(p, signs[i].kind, t, x, cr_p_measure(p));
    if (cr_p_take(p, "is"))
        return is_form(p, t, x);
    int negated = cr_p_is(p, "not") && (cr_p_is2(p, "not", "in") || cr_p_is2(p, "not", "within"));
    if (negated)
        p->at++;
    if (cr_p_take(p, "in"))
        return in_form(p, t, x, negated);
    if (cr_p_take(p, "within")) {
        x = binary(p, CR_X_WITHIN, t, x, NULL);
        x->negated = (uint8_t)negated;
        x->b = cr_p_measure(p);
    }
    return x;
}

static cr_expr *negation(cr_parser *p)
{
    const cr_token *t = cr_p_tok(p);
    if (!cr_p_take(p, "not"))
        return test(p);
    cr_expr *x = node(p, CR_X_NOT, t);
    if (enter(p))
        x->a = negation(p);
    p->depth--;
    return x;
}

cr_expr *cr_p_conj(cr_parser *p)
{
    cr_expr *x = negation(p);
    while (!p->failed && cr_p_is(p, "and")) {
        const cr_token *t = cr_p_tok(p);
        p->at++;
        x = binary(p, CR_X_AND, t, x, negation(p));
    }
    return x;
}

static cr_expr *choice(cr_parser *p)
{
    cr_expr *x = node(p, CR_X_IF, cr_p_tok(p));
    p->at++;
    x->a = cr_p_expr(p);
    cr_p_want(p, "then");
    x->b = cr_p_expr(p);
    cr_p_want(p, "else");
    x->c = cr_p_expr(p);
    return x;
}

cr_expr *cr_p_expr(cr_parser *p)
{
    const cr_token *t = cr_p_tok(p);
    cr_expr *x = NULL;
    if (p->failed || !enter(p))
        return node(p, CR_X_ERROR, t);
    if (cr_p_is(p, "if")) {
        x = choice(p);
    } else {
        x = cr_p_conj(p);
        while (!p->failed && cr_p_is(p, "or")) {
            t = cr_p_tok(p);
            p->at++;
            x = binary(p, CR_X_OR, t, x, cr_p_conj(p));
        }
    }
    p->depth--;
    return x;
}
