/* SPDX-License-Identifier: Apache-2.0 */
/* Decision tables: `table NAME : TYPE HIT`, a row that names the columns, rows of cells.

   A row becomes a `when` clause whose condition is the conjunction of its cells, each cell a test
   on the expression of its column; the checker proves gaps and overlaps from the same cells. */
#include "lang/parse_internal.h"

static cr_expr *make(cr_parser *p, cr_xkind kind, cr_pos pos, cr_expr *a, cr_expr *b)
{
    cr_expr *x = cr_arena_get(p->arena, 1, sizeof *x);
    if (!x) {
        cr_p_memory(p);
        return &p->lost;
    }
    x->kind = (uint8_t)kind;
    x->pos = x->whole = pos;
    x->a = a;
    x->b = b;
    return x;
}

/* `[0 .. 60)`: a square bracket takes the bound in, a round one leaves it out. */
static cr_expr *interval(cr_parser *p, cr_expr *column)
{
    cr_pos pos = cr_p_tok(p)->pos;
    cr_xkind low = cr_p_take(p, "[") ? CR_X_GE : CR_X_GT;
    if (low == CR_X_GT)
        cr_p_want(p, "(");
    cr_expr *from = make(p, low, pos, column, cr_p_measure(p));
    cr_p_want(p, "..");
    cr_expr *to = make(p, CR_X_LE, pos, column, cr_p_measure(p));
    if (!cr_p_take(p, "]")) {
        cr_p_want(p, ")");
        to->kind = CR_X_LT;
    }
    return make(p, CR_X_AND, pos, from, to);
}

static cr_expr *comparison(cr_parser *p, cr_expr *column)
{
    static const struct {
        const char *sign;
        cr_xkind kind;
    } signs[] = {{"<", CR_X_LT}, {"<=", CR_X_LE}, {">", CR_X_GT}, {">=", CR_X_GE}};
    cr_pos pos = cr_p_tok(p)->pos;
    for (int i = 0; i < 4; i++)
        if (cr_p_take(p, signs[i].sign))
            return make(p, signs[i].kind, pos, column, cr_p_measure(p));
    return NULL;
}

/* A value, or a range `a .. b` that takes both ends in. */
static cr_expr *value(cr_parser *p, cr_expr *column)
{
    cr_pos pos = cr_p_tok(p)->pos;
    if (cr_p_take(p, "none"))
        return make(p, CR_X_IS_NONE, pos, column, NULL);
    cr_expr *x = cr_p_measure(p);
    if (!cr_p_take(p, ".."))
        return make(p, CR_X_IS, pos, column, x);
    cr_expr *in = make(p, CR_X_IN, pos, column, NULL);
    CR_P_PUSH(p, in->args, make(p, CR_X_RANGE, pos, x, cr_p_measure(p)));
    return in;
}

static cr_expr *one_test(cr_parser *p, cr_expr *column)
{
    if (cr_p_is(p, "[") || cr_p_is(p, "("))
        return interval(p, column);
    cr_expr *x = comparison(p, column);
    return x ? x : value(p, column);
}

/* Values with a comma between them are one list: `is one of`, not a chain of `or`. */
static cr_expr *either(cr_parser *p, cr_expr *column, cr_expr *a, cr_expr *b)
{
    if ((a->kind != CR_X_IS && a->kind != CR_X_IN) || (b->kind != CR_X_IS && b->kind != CR_X_IN))
        return make(p, CR_X_OR, a->pos, a, b);
    cr_expr *in = a;
    if (a->kind == CR_X_IS) {
        in = make(p, CR_X_IN, a->pos, column, NULL);
        CR_P_PUSH(p, in->args, a->b);
    }
    CR_P_PUSH(p, in->args, b->kind == CR_X_IS ? b->b : b->args.at[0]);
    return in;
}

/* NULL = `-`, which every value passes. */
static cr_expr *cell(cr_parser *p, cr_expr *column)
{
    cr_pos pos = cr_p_tok(p)->pos;
    const cr_token *next = cr_p_ahead(p, 1);
    if (cr_p_is(p, "-") && next->kind == CR_K_SIGN && cr_str_eq(next->text, CR_STR("|"))) {
        cr_p_take(p, "-");
        return NULL;
    }
    int negated = cr_p_take(p, "not");
    cr_expr *x = one_test(p, column);
    while (!p->failed && cr_p_take(p, ","))
        x = either(p, column, x, one_test(p, column));
    return negated ? make(p, CR_X_NOT, pos, x, NULL) : x;
}

static void columns(cr_parser *p, cr_stmt *s)
{
    while (!p->failed && !cr_p_is(p, "=")) {
        cr_expr *x = cr_p_expr(p);
        CR_P_PUSH(p, s->columns, x);
        cr_p_want(p, "|");
    }
    cr_p_want(p, "=");
}

static void row(cr_parser *p, cr_stmt *s)
{
    cr_clause c = cr_p_clause(p, CR_C_WHEN);
    for (uint32_t i = 0; i < s->columns.n && !p->failed; i++) {
        cr_expr *x = cell(p, s->columns.at[i]);
        CR_P_PUSH(p, c.cells, x);
        if (x)
            c.cond = c.cond ? make(p, CR_X_AND, x->pos, c.cond, x) : x;
        cr_p_want(p, "|");
    }
    if (!c.cond) {
        c.cond = make(p, CR_X_BOOL, c.pos, NULL, NULL);
        c.cond->integer = 1;
    }
    c.value = cr_p_expr(p);
    cr_p_tail(p, &c);
    CR_P_PUSH(p, s->clauses, c);
}

int cr_p_table_line(cr_parser *p, cr_stmt *s)
{
    if (!cr_p_line_has(p, "|"))
        return 0;
    if (s->columns.n == 0)
        columns(p, s);
    else
        row(p, s);
    return 1;
}

void cr_p_hit(cr_parser *p, cr_stmt *s)
{
    static const char *const words[] = {"unique", "first", "sum", "highest", "collect"};
    for (uint8_t i = 0; i < 5; i++)
        if (cr_p_take(p, words[i])) {
            s->hit = (uint8_t)(i + 1);
            s->known = (uint8_t)(s->hit == CR_HIT_COLLECT && cr_p_take(p, "known"));
            return;
        }
    cr_p_fail(p, CR_D_EXPECTED, "unique, first, sum, highest or collect");
}
