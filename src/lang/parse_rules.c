/* SPDX-License-Identifier: Apache-2.0 */
/* Clauses of define, decide, status and require; heads of all rules. */
#include "lang/parse_internal.h"

void cr_p_tail(cr_parser *p, cr_clause *c)
{
    c->period = cr_p_period(p);
    cr_p_cites(p, &c->cites);
    c->end = p->tokens[p->at > p->first ? p->at - 1 : p->at].pos;
}

cr_clause cr_p_clause(cr_parser *p, cr_clause_kind kind)
{
    cr_clause c = {0};
    c.kind = (uint8_t)kind;
    c.pos = cr_p_tok(p)->pos;
    c.period.from = CR_DATE_MIN;
    c.period.to = CR_DATE_MAX;
    return c;
}

static int value_clause(cr_parser *p, cr_stmt *s)
{
    cr_clause c = cr_p_clause(p, CR_C_VALUE);
    if (cr_p_take(p, "when")) {
        c.kind = CR_C_WHEN;
        c.cond = cr_p_expr(p);
    } else if (cr_p_take(p, "otherwise")) {
        c.kind = CR_C_OTHERWISE;
    } else if (cr_p_is(p, "where") && cr_p_ahead(p, 1)->kind == CR_K_WORD) {
        p->at++;
        c.kind = CR_C_WHERE;
        c.name = cr_p_word(p, "a name");
        c.label = cr_p_label(p);
    } else if (!cr_p_is(p, "=")) {
        return 0;
    }
    cr_p_want(p, "=");
    c.value = cr_p_expr(p);
    cr_p_tail(p, &c);
    CR_P_PUSH(p, s->clauses, c);
    return 1;
}

static void place(cr_parser *p, cr_stmt *s)
{
    s->region = cr_p_code(p);
    s->region_word = cr_p_take(p, "stands") ? 1 : cr_p_take(p, "ends") ? 2 : 0;
}

static void rounded(cr_parser *p, cr_stmt *s)
{
    s->rounded_pos = cr_p_tok(p)->pos;
    if (cr_p_take(p, "by"))
        s->rounded_by = cr_p_word(p, "an option");
    else
        s->rounding = cr_p_rounding(p);
}

/* `from` and `to` may stand on lines of their own; each once. */
static void period(cr_parser *p, cr_stmt *s)
{
    cr_period more = cr_p_period(p);
    int twice = (more.from != CR_DATE_MIN && s->period.from != CR_DATE_MIN) ||
                (more.to != CR_DATE_MAX && s->period.to != CR_DATE_MAX);
    if (twice)
        cr_p_fail(p, CR_D_EXPECTED, "'from' and 'to' once in a statement");
    s->period.from = more.from > s->period.from ? more.from : s->period.from;
    s->period.to = more.to < s->period.to ? more.to : s->period.to;
    s->period.pos = s->period.pos.line ? s->period.pos : more.pos;
}

/* Pieces that may stand on the head line or on lines of their own. 0 = none of them. */
static int general_rule(cr_parser *p, cr_stmt *s)
{
    if (cr_p_is(p, "from") || cr_p_is(p, "to"))
        period(p, s);
    else if (cr_p_take2(p, "in", "region"))
        place(p, s);
    else if (cr_p_take(p, "internal"))
        s->internal = 1;
    else if (cr_p_take2(p, "each", "month"))
        s->monthly = 1;
    else if (cr_p_take(p, "rounded"))
        rounded(p, s);
    else if (cr_p_take2(p, "first", "that")) {
        cr_p_want(p, "holds");
    } else if (s->kind == CR_S_STATUS && cr_p_take2(p, "first", "known")) {
        cr_p_want(p, "to");
        cr_p_want(p, "hold");
        s->known = 1;
    } else if (cr_p_take2(p, "not", "in")) {
        cr_p_want(p, "force");
        cr_p_want(p, "before");
        s->not_before = cr_p_date(p);
    } else {
        return cr_p_cites(p, &s->cites);
    }
    return 1;
}

/* ---- decide ---- */

static int group(cr_parser *p, cr_stmt *s)
{
    static const struct {
        const char *word;
        cr_group group;
    } groups[] = {{"all", CR_GROUP_ALL}, {"any", CR_GROUP_ANY}, {"none", CR_GROUP_NONE}};
    cr_clause *last = s->clauses.n ? &s->clauses.at[s->clauses.n - 1] : NULL;
    uint16_t no = (uint16_t)(last ? last->group_no + 1 : 1);
    for (int i = 0; i < 3; i++)
        if (cr_p_is2(p, groups[i].word, "of") && cr_p_ahead(p, 2)->kind == CR_K_END) {
            p->at += 2;
            s->group = (uint8_t)groups[i].group;
            s->group_no = no;
            return 1;
        }
    if (!cr_p_is2(p, "at", "least"))
        return 0;
    p->at += 2;
    s->group = CR_GROUP_AT_LEAST;
    s->group_no = no;
    s->at_least = cr_p_int(p);
    cr_p_want(p, "of");
    return 1;
}

static void condition(cr_parser *p, cr_stmt *s)
{
    cr_clause c = cr_p_clause(p, CR_C_CONDITION);
    c.group = s->group;
    c.group_no = s->group_no;
    c.at_least = s->at_least;
    c.name = cr_p_word(p, "the name of a condition");
    c.label = cr_p_label(p);
    cr_p_want(p, ":");
    c.cond = cr_p_expr(p);
    if (cr_p_take(p, "fails")) {
        c.fails = cr_p_label(p);
        if (c.fails.zh.n == 0)
            cr_p_fail(p, CR_D_EXPECTED, "a text after 'fails'");
    }
    cr_p_tail(p, &c);
    if (s->group_no == 0)
        cr_p_fail(p, CR_D_EXPECTED,
                  "'all of', 'any of', 'none of' or 'at least n of' above the conditions");
    CR_P_PUSH(p, s->clauses, c);
}

/* ---- status ---- */

static void arm_reason(cr_parser *p, cr_clause *c)
{
    if (cr_p_take2(p, "reason", "of"))
        c->reason_of = cr_p_word(p, "a decision or status");
    else
        c->reason = cr_p_word(p, "a reason code");
    c->reason_label = cr_p_label(p);
}

static void arm(cr_parser *p, cr_stmt *s)
{
    cr_clause c = cr_p_clause(p, CR_C_ARM);
    c.name = cr_p_word(p, "a value of the status");
    if (cr_p_take(p, "by"))
        arm_reason(p, &c);
    cr_p_want(p, ":");
    if (!cr_p_take(p, "otherwise"))
        c.cond = cr_p_expr(p);
    cr_p_tail(p, &c);
    CR_P_PUSH(p, s->clauses, c);
}

/* ---- require ---- */

static void else_names(cr_parser *p, cr_stmt *s)
{
    do {
        CR_P_PUSH(p, s->else_pos, cr_p_tok(p)->pos);
        CR_P_PUSH(p, s->else_names, cr_p_word(p, "a field"));
    } while (!p->failed && cr_p_take(p, ","));
}

void cr_p_rule(cr_parser *p, cr_stmt *s)
{
    if (s->kind == CR_S_DECIDE && group(p, s))
        return;
    if (s->kind == CR_S_REQUIRE && cr_p_take(p, "else")) {
        else_names(p, s);
        return;
    }
    if (s->kind == CR_S_TABLE && cr_p_table_line(p, s))
        return;
    if (s->allocate && cr_p_allocation(p, s))
        return;
    if (general_rule(p, s))
        return;
    if (s->allocate) {
        cr_p_fail(p, CR_D_CLAUSE,
                  "'TOTAL among LIST by WEIGHT', 'whole units, …', 'cites' or 'by design'");
        return;
    }
    if ((s->kind == CR_S_DEFINE || (s->kind == CR_S_TABLE && cr_p_is(p, "otherwise"))) &&
        value_clause(p, s))
        return;
    const cr_token *next = cr_p_ahead(p, 1);
    int named = cr_p_tok(p)->kind == CR_K_WORD;
    if (s->kind == CR_S_DECIDE && named)
        condition(p, s);
    else if (s->kind == CR_S_STATUS && named &&
             (next->kind == CR_K_SIGN || cr_str_eq(next->text, CR_STR("by"))))
        arm(p, s);
    else
        cr_p_fail(
            p, CR_D_CLAUSE,
            s->kind == CR_S_DEFINE
                ? "'=', 'when', 'otherwise', 'where', 'rounded', 'from', 'cites' or 'by design'"
            : s->kind == CR_S_TABLE ? "cells with '|' between them, 'otherwise', 'rounded', "
                                      "'from', 'cites' or 'by design'"
                                    : "a condition or arm, 'from', 'cites' or 'by design'");
}

/* ---- heads ---- */

static void parameters(cr_parser *p, cr_stmt *s)
{
    do {
        cr_arg arg = {0};
        arg.pos = cr_p_tok(p)->pos;
        arg.name = cr_p_word(p, "the name of an argument");
        cr_p_want(p, ":");
        arg.type = cr_p_type(p);
        arg.label = cr_p_label(p);
        CR_P_PUSH(p, s->args, arg);
    } while (!p->failed && cr_p_take(p, ","));
    cr_p_want(p, ")");
}

void cr_p_head_rule(cr_parser *p, cr_stmt *s)
{
    s->name_pos = cr_p_tok(p)->pos;
    s->name = cr_p_word(p, "a name");
    if (s->kind != CR_S_REQUIRE && cr_p_take(p, "("))
        parameters(p, s);
    if (s->kind == CR_S_DEFINE || s->kind == CR_S_TABLE ||
        (s->kind == CR_S_STATUS && cr_p_is(p, ":"))) {
        cr_p_want(p, ":");
        s->type = cr_p_type(p);
    }
    if (s->kind == CR_S_TABLE)
        cr_p_hit(p, s);
    if (s->carried) {
        cr_p_want(p, "starts");
        s->starts = cr_p_expr(p);
    }
    s->label = cr_p_label(p);
    if (s->kind == CR_S_REQUIRE) {
        cr_clause c = cr_p_clause(p, CR_C_CONDITION);
        cr_p_want(p, ":");
        c.cond = cr_p_expr(p);
        CR_P_PUSH(p, s->clauses, c);
    }
    while (!cr_p_done(p))
        cr_p_rule(p, s);
}
