/* SPDX-License-Identifier: Apache-2.0 */
/* Examples: given blocks, facts, overrides and expectations. */
#include <string.h>

#include "lang/parse_internal.h"

/* `2021-04-05, 2021-05-01`: a list without brackets. */
static cr_expr *the_rest(cr_parser *p, cr_expr *first)
{
    cr_expr *x = cr_arena_get(p->arena, 1, sizeof *x);
    if (!x) {
        cr_p_memory(p);
        return first;
    }
    x->kind = CR_X_IN;
    x->pos = first->pos;
    CR_P_PUSH(p, x->args, first);
    while (!p->failed && cr_p_take(p, ","))
        CR_P_PUSH(p, x->args, cr_p_expr(p));
    return x;
}

void cr_p_let(cr_parser *p, cr_let *let)
{
    size_t from = cr_p_tok(p)->offset;
    let->pos = cr_p_tok(p)->pos;
    let->name = cr_p_word(p, "a parameter or option");
    if (cr_p_take(p, "[")) {
        do
            CR_P_PUSH(p, let->keys, cr_p_key(p));
        while (!p->failed && cr_p_take(p, ","));
        cr_p_want(p, "]");
    }
    cr_p_want(p, "=");
    let->value = cr_p_listed(p, cr_p_expr);
    if (let->value->kind != CR_X_IN && cr_p_is(p, ","))
        let->value = the_rest(p, let->value);
    if (!p->failed)
        let->text = cr_str_part(p->text, from, cr_p_end_of(&p->tokens[p->at - 1]));
}

static int at_id(cr_parser *p)
{
    const cr_token *t = cr_p_tok(p);
    return t->kind == CR_K_WORD || t->kind == CR_K_NUMBER;
}

static void fact_values(cr_parser *p, cr_fact *f)
{
    do {
        CR_P_PUSH(p, f->at, cr_p_tok(p)->pos);
        CR_P_PUSH(p, f->names, cr_p_word(p, "a field"));
        CR_P_PUSH(p, f->values, cr_p_listed(p, cr_p_expr));
        CR_P_PUSH(p, f->since, cr_p_take(p, "from") ? cr_p_date(p) : CR_DATE_MIN);
    } while (!p->failed && cr_p_take(p, ","));
}

/* `members head : …`, `members head certificates c1 : …`, `members none` */
static void fact(cr_parser *p, cr_stmt *s)
{
    cr_fact f = {0};
    f.pos = cr_p_tok(p)->pos;
    while (!p->failed && at_id(p) && !cr_p_is(p, "none")) {
        cr_path_part part = {{NULL, 0}, {NULL, 0}};
        part.list = cr_p_word(p, "a list or the root");
        if (at_id(p) && !cr_p_is(p, "none")) {
            part.id = cr_p_tok(p)->text;
            p->at++;
        }
        CR_P_PUSH(p, f.path, part);
    }
    if (cr_p_take(p, "none"))
        f.none = 1;
    else
        cr_p_want(p, ":");
    if (!f.none && !cr_p_done(p))
        fact_values(p, &f);
    CR_P_PUSH(p, s->facts, f);
}

static int expectation(cr_parser *p, cr_gives *g)
{
    if (cr_p_take(p, "undetermined"))
        g->expect = CR_EXPECT_UNDETERMINED;
    else if (cr_p_take2(p, "no", "data"))
        g->expect = CR_EXPECT_NO_DATA;
    else if (cr_p_take(p, "invalid"))
        g->expect = CR_EXPECT_INVALID;
    else if (cr_p_take2(p, "not", "in")) {
        cr_p_want(p, "force");
        g->expect = CR_EXPECT_NOT_IN_FORCE;
    } else
        return 0;
    if (cr_p_take(p, "(")) {
        do
            CR_P_PUSH(p, g->causes, cr_p_word(p, "a cause"));
        while (!p->failed && cr_p_take(p, ","));
        cr_p_want(p, ")");
    }
    return 1;
}

static int32_t month(cr_parser *p)
{
    const cr_token *t = cr_p_tok(p);
    if (t->kind != CR_K_MONTH) {
        cr_p_fail(p, CR_D_EXPECTED, "a month YYYY-MM");
        return 0;
    }
    p->at++;
    return t->date;
}

/* `from 2021-01 to 2021-08`, `in 2021-09`: the months of a timeline that an expectation is about.
 */
static void months_of(cr_parser *p, cr_gives *g)
{
    g->from = INT32_MIN;
    g->to = INT32_MAX;
    if (cr_p_take(p, "in")) {
        g->from = g->to = month(p);
        return;
    }
    if (cr_p_take(p, "from"))
        g->from = month(p);
    if (cr_p_take(p, "to"))
        g->to = month(p);
}

static void gives(cr_parser *p, cr_stmt *s)
{
    cr_gives g = {0};
    cr_str words[9];
    int n = 0;
    g.pos = cr_p_tok(p)->pos;
    g.total = (uint8_t)cr_p_take2(p, "total", "of");
    while (!p->failed && n < 9 && at_id(p) && !cr_p_is(p, "undetermined") &&
           !cr_p_is(p, "invalid") && !cr_p_is2(p, "no", "data") && !cr_p_is2(p, "not", "in")) {
        words[n++] = cr_p_tok(p)->text;
        p->at++;
    }
    if (n == 0 || n % 2 == 0) {
        cr_p_fail(p, CR_D_EXPECTED, "an output, or LIST ID and an output");
        return;
    }
    for (int i = 0; i + 1 < n; i += 2) {
        cr_path_part part = {words[i], words[i + 1]};
        CR_P_PUSH(p, g.path, part);
    }
    g.name = words[n - 1];
    if (!expectation(p, &g)) {
        cr_p_want(p, "=");
        g.value = cr_p_listed(p, cr_p_measure); /* `100 in 2021-01` is no test */
    }
    months_of(p, &g);
    CR_P_PUSH(p, s->gives, g);
}

void cr_p_example(cr_parser *p, cr_stmt *s)
{
    if (cr_p_is(p, "on") && cr_p_ahead(p, 1)->kind == CR_K_DATE) {
        p->at++;
        s->on = cr_p_date(p);
    } else if (cr_p_is(p, "months") && cr_p_ahead(p, 1)->kind == CR_K_MONTH) {
        p->at++;
        s->first_month = month(p);
        cr_p_want(p, "to");
        s->last_month = month(p);
    } else if (cr_p_is(p, "given") && cr_p_ahead(p, 1)->kind == CR_K_WORD) {
        p->at++;
        do
            CR_P_PUSH(p, s->givens, cr_p_word(p, "a given block"));
        while (!p->failed && cr_p_take(p, ","));
    } else if (cr_p_take(p, "let")) {
        cr_let let = {0};
        cr_p_let(p, &let);
        CR_P_PUSH(p, s->lets, let);
    } else if (cr_p_take(p, "gives")) {
        gives(p, s);
    } else {
        fact(p, s);
    }
}
