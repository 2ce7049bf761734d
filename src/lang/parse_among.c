/* SPDX-License-Identifier: Apache-2.0 */
/* Forms that compare a row with the other rows of its list, and counts that are a share of others.
 */
#include "lang/parse_internal.h"

/* `… among candidates where passes` */
static void among(cr_parser *p, cr_expr *x)
{
    cr_p_want(p, "among");
    x->text = cr_p_word(p, "a list");
    if (!p->failed && cr_p_take(p, "where"))
        x->b = cr_p_conj(p);
}

/* `…, within seats, ties: out` after a rank: whether the row is among the first so many. */
static void places(cr_parser *p, cr_expr *x)
{
    p->at += 2;
    x->c = cr_p_measure(p);
    cr_p_want(p, ",");
    cr_p_want(p, "ties");
    cr_p_want(p, ":");
    x->integer = cr_p_take(p, "in") ? CR_TIES_IN : CR_TIES_OUT;
    if (x->integer == CR_TIES_OUT)
        cr_p_want(p, "out");
}

/* `rank of votes among candidates where passes, highest first` */
static void rank(cr_parser *p, cr_expr *x)
{
    x->a = cr_p_measure(p);
    among(p, x);
    cr_p_want(p, ",");
    x->op = cr_p_take(p, "lowest") ? CR_RANK_LOWEST : CR_RANK_HIGHEST;
    if (x->op == CR_RANK_HIGHEST)
        cr_p_want(p, "highest");
    cr_p_want(p, "first");
    if (!p->failed && cr_p_is2(p, ",", "within"))
        places(p, x);
}

/* `least integer more than 1/2 of registered` */
static void least(cr_parser *p, cr_expr *x)
{
    x->kind = CR_X_LEAST;
    if (cr_p_take2(p, "more", "than")) {
        x->op = 1;
    } else {
        cr_p_want(p, "at");
        cr_p_want(p, "least");
    }
    x->a = cr_p_product(p);
    cr_p_want(p, "of");
    x->b = cr_p_product(p);
}

/* `with latest issued_on`, or `before this by issued_on` */
static void which(cr_parser *p, cr_expr *x)
{
    if (cr_p_is(p, "before") || cr_p_is(p, "after")) {
        x->op = cr_p_take(p, "before") ? CR_THE_BEFORE : CR_THE_AFTER;
        cr_p_take(p, "after");
        cr_p_want(p, "this");
        cr_p_want(p, "by");
        return;
    }
    cr_p_want(p, "with");
    if (cr_p_take(p, "lowest") || cr_p_take(p, "earliest"))
        x->op = CR_THE_LOWEST;
    else if (!cr_p_take(p, "highest"))
        cr_p_want(p, "latest");
}

/* `the certificate with latest issued_on where valid, ties: invalid` */
static void the_row(cr_parser *p, cr_expr *x)
{
    x->kind = CR_X_THE;
    x->text = cr_p_word(p, "an entity");
    which(p, x);
    p->in_among = 1;
    x->a = cr_p_measure(p);
    p->in_among = 0;
    if (!p->failed && cr_p_take(p, "where"))
        x->b = cr_p_conj(p);
    cr_p_want(p, ",");
    cr_p_want(p, "ties");
    cr_p_want(p, ":");
    if (cr_p_take(p, "first"))
        x->integer = CR_TIES_FIRST;
    else if (cr_p_take(p, "last"))
        x->integer = CR_TIES_LAST;
    else
        cr_p_want(p, "invalid");
}

int cr_p_among(cr_parser *p, cr_expr *x)
{
    x->kind = CR_X_AMONG;
    if (cr_p_take2(p, "rank", "of")) {
        rank(p, x);
    } else if (cr_p_take2(p, "number", "sharing") || cr_p_take2(p, "share", "of")) {
        x->op = cr_str_eq(p->tokens[p->at - 1].text, CR_STR("sharing")) ? CR_SHARING : CR_SHARE;
        x->a = cr_p_measure(p);
        among(p, x);
    } else if (cr_p_take2(p, "least", "integer")) {
        least(p, x);
    } else if (cr_p_is(p, "the") && cr_p_ahead(p, 1)->kind == CR_K_WORD) {
        cr_p_take(p, "the");
        the_row(p, x);
    } else {
        return 0;
    }
    return 1;
}

/* ---- allocate ---- */

static int phrase(cr_parser *p, const char *const *words)
{
    for (int i = 0; words[i] && !p->failed; i++)
        cr_p_want(p, words[i]);
    return 1;
}

/* What the words say is how shares are always made; they stand there to be read. */
int cr_p_allocation(cr_parser *p, cr_stmt *s)
{
    static const char *const units[] = {
        "whole", "units",   ",",        "each", "rounded", "down", ",",   "the",   "rest",   "to",
        "the",   "largest", "fraction", ",",    "ties",    "to",   "the", "first", "listed", NULL};
    static const char *const invalid[] = {":", "invalid", NULL};
    if (cr_p_is2(p, "whole", "units"))
        return phrase(p, units);
    if (cr_p_is2(p, "when", "all")) {
        p->at += 2;
        cr_p_word(p, "the weights");
        cr_p_want(p, "are");
        if (cr_p_int(p) != 0 && !p->failed)
            cr_p_fail(p, CR_D_EXPECTED, "0");
        return phrase(p, invalid);
    }
    if (!cr_p_line_has(p, "among"))
        return 0;
    cr_clause c = cr_p_clause(p, CR_C_VALUE);
    cr_expr *x = cr_arena_get(p->arena, 1, sizeof *x);
    if (!x) {
        cr_p_memory(p);
        return 1;
    }
    x->kind = CR_X_ALLOCATE;
    x->pos = x->whole = c.pos;
    x->a = cr_p_measure(p);
    cr_p_want(p, "among");
    x->text = cr_p_word(p, "a list");
    cr_p_want(p, "by");
    x->b = cr_p_measure(p);
    c.value = x;
    cr_p_tail(p, &c);
    CR_P_PUSH(p, s->clauses, c);
    return 1;
}
