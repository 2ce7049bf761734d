/* SPDX-License-Identifier: Apache-2.0 */
/* Types of the forms that look at the other rows of a list, and at the month before. */
#include "lang/check_internal.h"

static int ordered(const cr_type *t)
{
    return t->kind == CR_T_NUMBER || cr_type_is_time(t) || t->kind == CR_T_ERROR;
}

static void whole(cr_expr *x)
{
    x->type.kind = CR_T_NUMBER;
    x->type.hi = 1000000000;
}

/* a and b are read in the rows of `entity`. */
static void inside(cr_checker *c, cr_expr *x, int32_t entity)
{
    int32_t outer = c->entity;
    c->entity = entity;
    cr_c_expr(c, x->a, NULL);
    if (x->b)
        cr_c_bool(c, x->b);
    c->entity = outer;
    if (!ordered(&x->a->type))
        cr_c_report(c, CR_D_TYPE, x->a->pos, x->a->text,
                    "numbers, dates or months, which have an order");
}

/* The row at hand is one of the list's: `candidates`, written on a candidate. */
static int own_list(cr_checker *c, cr_expr *x)
{
    int32_t parent = c->p->entities.at[c->entity].parent;
    int32_t field = parent < 0 ? -1 : cr_program_field(c->p, parent, x->text);
    if (field < 0 || c->p->fields.at[field].child != c->entity) {
        cr_c_report(c, CR_D_NOT_A_LIST, x->pos, x->text, "the list that this row stands in");
        return 0;
    }
    x->ref.kind = CR_REF_FIELD;
    x->ref.index = field;
    return 1;
}

/* The total belongs to the row above; the weights to the rows. */
void cr_c_allocate(cr_checker *c, cr_expr *x)
{
    int32_t outer = c->entity;
    if (!own_list(c, x))
        return;
    c->entity = c->p->entities.at[outer].parent;
    cr_c_expr(c, x->a, NULL);
    c->entity = outer;
    cr_c_expr(c, x->b, NULL);
    if (x->a->type.kind == CR_T_ERROR || x->b->type.kind == CR_T_ERROR)
        return;
    if (x->a->type.kind != CR_T_NUMBER || x->a->type.decimals != 0)
        cr_c_report(c, CR_D_TYPE, x->a->pos, x->a->text, "a whole number to share out");
    if (x->b->type.kind != CR_T_NUMBER)
        cr_c_report(c, CR_D_TYPE, x->b->pos, x->b->text, "numbers to share by");
    whole(x);
    x->type.unit = x->a->type.unit;
}

/* `within seats` after a rank */
static void places(cr_checker *c, cr_expr *x)
{
    const cr_type yes_no = {.kind = CR_T_BOOL};
    cr_c_expr(c, x->c, NULL);
    x->type = yes_no;
    if (x->c->type.kind == CR_T_ERROR)
        return;
    if (x->c->type.kind != CR_T_NUMBER || x->c->type.decimals != 0 ||
        !cr_unit_none(x->c->type.unit))
        cr_c_report(c, CR_D_TYPE, x->c->pos, x->c->text, "a whole number of places");
}

void cr_c_among(cr_checker *c, cr_expr *x)
{
    if (!own_list(c, x))
        return;
    inside(c, x, c->entity);
    if (x->op == CR_SHARE && x->a->type.kind != CR_T_NUMBER && x->a->type.kind != CR_T_ERROR)
        cr_c_report(c, CR_D_TYPE, x->a->pos, x->a->text, "numbers or amounts");
    whole(x);
    if (x->op == CR_SHARE)
        x->type.decimals = -1;
    if (x->c)
        places(c, x);
}

static int32_t list_of(const cr_checker *c, int32_t child, uint16_t *up)
{
    *up = 0;
    for (int32_t e = c->entity; e >= 0; e = c->p->entities.at[e].parent, ++*up)
        if (c->p->entities.at[child].parent == e)
            return c->p->entities.at[child].parent_field;
    return -1;
}

/* A row before or after the one at hand is one of its own list. */
void cr_c_the(cr_checker *c, cr_expr *x)
{
    int32_t child = cr_program_entity(c->p, x->text);
    int32_t field = child < 0 ? -1 : list_of(c, child, &x->ref.up);
    if (field >= 0 && x->op >= CR_THE_BEFORE && child != c->entity) {
        cr_c_report(c, CR_D_NOT_A_LIST, x->pos, x->text, "the entity of this row");
        return;
    }
    if (field < 0) {
        cr_c_report(c, CR_D_UNKNOWN_TYPE, x->pos, x->text,
                    "an entity of which this row, or one above it, has a list");
        return;
    }
    x->ref.kind = CR_REF_FIELD;
    x->ref.index = field;
    inside(c, x, child);
    x->type.kind = CR_T_ROW;
    x->type.index = child;
}

void cr_c_least(cr_checker *c, cr_expr *x)
{
    cr_c_expr(c, x->a, NULL);
    cr_c_expr(c, x->b, NULL);
    if (x->a->type.kind == CR_T_ERROR || x->b->type.kind == CR_T_ERROR)
        return;
    if (x->a->type.kind != CR_T_NUMBER || !cr_unit_none(x->a->type.unit))
        cr_c_report(c, CR_D_TYPE, x->a->pos, x->a->text, "a share without unit, such as 2/3");
    if (x->b->type.kind != CR_T_NUMBER)
        cr_c_report(c, CR_D_TYPE, x->b->pos, x->b->text, "a number to take the share of");
    whole(x);
    x->type.unit = x->b->type.unit;
}

/* Reading the month before is no dependency of this month, so it makes no cycle. */
void cr_c_previous(cr_checker *c, cr_expr *x)
{
    uint32_t deps = c->p->deps.n;
    cr_c_expr(c, x->a, NULL);
    c->p->deps.n = deps;
    x->type = x->a->type;
    if (x->type.kind == CR_T_ERROR)
        return;
    if (x->a->ref.kind != CR_REF_DEF || x->a->ref.reason ||
        !c->p->defs.at[x->a->ref.index].carried) {
        cr_c_report(c, CR_D_TYPE, x->a->pos, x->a->text, "a name declared with 'carried'");
        return;
    }
    CR_C_PUSH(c, c->p->later, x->a->ref.index);
}

/* `certificate.grade`, where `certificate` is a definition that stands for a row. 0 = it is not. */
int cr_c_row_of(cr_checker *c, cr_expr *x, const cr_type *want)
{
    size_t dot = 0;
    cr_expr row = {0};
    row.kind = CR_X_NAME;
    row.pos = row.whole = x->pos;
    do { /* the name of the row, and of what is read in it, may have dots of their own */
        while (dot < x->text.n && x->text.p[dot] != '.')
            dot++;
        if (dot >= x->text.n)
            return 0;
        row.text = cr_str_part(x->text, 0, dot++);
    } while (!cr_c_stands_for_row(c, &row));
    cr_expr *a = cr_arena_get(c->arena, 1, sizeof *a), *b = cr_arena_get(c->arena, 1, sizeof *b);
    if (!a || !b) {
        cr_c_memory(c);
        return 1;
    }
    *a = row;
    a->type.kind = CR_T_ERROR;
    *b = row;
    b->text = cr_str_part(x->text, dot, x->text.n);
    b->type.kind = CR_T_ERROR;
    cr_c_expr(c, a, NULL);
    int32_t outer = c->entity;
    c->entity = a->type.index;
    cr_c_expr(c, b, want);
    c->entity = outer;
    if (x->at)
        cr_c_report(c, CR_D_TYPE, x->pos, x->text,
                    "a day where the row is named: a definition of its own for the row on a day");
    x->kind = CR_X_ROW_OF;
    x->a = a;
    x->b = b;
    x->type = b->type;
    return 1;
}
