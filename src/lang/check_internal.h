/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the checker: state and what check*.c share. */
#ifndef CR_LANG_CHECK_INTERNAL_H
#define CR_LANG_CHECK_INTERNAL_H

#include "base/date.h"
#include "lang/check.h"

typedef struct cr_guard { /* a condition known to hold (or known to fail) where an expression is
                             evaluated */
    const cr_expr *cond;
    uint8_t fails;
} cr_guard;

enum { CR_C_DEPTH = 400 }; /* of expressions: operators in a row nest as well as brackets */

typedef struct cr_checker {
    cr_program *p;
    cr_ast *ast;
    cr_diags *d;
    cr_arena *arena;
    int oom;
    /* the definition being checked */
    const cr_stmt *stmt;
    int32_t def;
    int32_t entity; /* of the row at hand */
    cr_str module;
    uint8_t lenient; /* bare numbers take the unit that is wanted */
    CR_VEC(cr_guard) guards;
    uint32_t deps_from, later_from;
    uint32_t depth;
    uint8_t too_many; /* fields: said once */
    uint8_t too_deep; /* reported: what lies below was not visited */
    uint32_t locals;  /* `where` lines before this clause may be read: none reads itself */
} cr_checker;

void cr_c_memory(cr_checker *c);
#define CR_C_PUSH(c, vec, value)                                                                   \
    do {                                                                                           \
        if (!CR_PUSH((c)->arena, vec, value))                                                      \
            cr_c_memory(c);                                                                        \
    } while (0)
cr_diag *cr_c_report(cr_checker *c, cr_diag_code code, cr_pos pos, cr_str found,
                     const char *expected);
void cr_c_reach(cr_checker *c, const cr_stmt *s); /* lines and arms of a checked statement */
void cr_c_unread(cr_checker *c);                  /* of the whole program, in order */
cr_str cr_c_join(cr_checker *c, cr_str a, const char *mid, cr_str b); /* in the arena */

/* check_names.c */
void cr_c_declare(cr_checker *c);
cr_type cr_c_type(cr_checker *c, const cr_type_expr *t);
int32_t cr_c_reason(cr_checker *c, cr_str name, cr_label label);
int32_t cr_c_words_enum(cr_checker *c, const cr_value_decl *values, uint32_t n, cr_str name,
                        cr_label label);

/* check_expr.c */
void cr_c_expr(cr_checker *c, cr_expr *x, const cr_type *want);
void cr_c_bool(cr_checker *c, cr_expr *x);
int cr_c_agree(cr_checker *c, cr_pos pos, const cr_type *a,
               const cr_type *b); /* reports where they do not */
int cr_c_expr_same(const cr_expr *a, const cr_expr *b);
void cr_c_guard(cr_checker *c, const cr_expr *cond,
                int fails); /* pushes the conjuncts of a condition */

/* check_name.c */
void cr_c_name(cr_checker *c, cr_expr *x, const cr_type *want);

/* check_rules.c */
void cr_c_rules(cr_checker *c);
void cr_c_cites(cr_checker *c, cr_cites *cites);

const cr_sym_span *cr_c_span(cr_checker *c, const cr_expr *name, int *up); /* NULL = it is none */
cr_expr *cr_c_span_end(cr_checker *c, const cr_expr *name, const cr_sym_span *span, int last);
int cr_c_names_set(cr_checker *c, const cr_expr *name, cr_type *out); /* of words; its type */
int cr_c_stands_for_row(cr_checker *c, const cr_expr *name); /* a definition of that type */

/* check_among.c */
void cr_c_among(cr_checker *c, cr_expr *x);
void cr_c_the(cr_checker *c, cr_expr *x);
void cr_c_least(cr_checker *c, cr_expr *x);
void cr_c_previous(cr_checker *c, cr_expr *x);
void cr_c_allocate(cr_checker *c, cr_expr *x);
int cr_c_row_of(cr_checker *c, cr_expr *x, const cr_type *want);

/* check_table.c */
void cr_c_table(cr_checker *c, const cr_def *d, cr_stmt *s);

/* check_order.c */
void cr_c_order(cr_checker *c);

#endif
