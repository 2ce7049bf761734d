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

/* `the certificate with latest issued_on where valid, ties: invalid` */
static void the_row(cr_parser *p, cr_expr *x)
{
    x->kind = CR_X_THE;
    x->text = cr_p_word(p, "an entity");
    cr_p_want(p, "with");
    if (cr_p_take(p, "lowest") || cr_p_take(p, "earliest"))
        x->op = 1;
    else if (!cr_p_take(p, "highest"))
        cr_p_want(p, "latest");
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
