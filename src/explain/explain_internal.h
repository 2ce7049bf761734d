/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of an explanation share. */
#ifndef CR_EXPLAIN_EXPLAIN_INTERNAL_H
#define CR_EXPLAIN_EXPLAIN_INTERNAL_H

#include "base/map.h"
#include "engine/value.h"
#include "engine/why.h"
#include "explain/explain.h"

typedef struct cr_explainer {
    cr_explanation *out;
    cr_workspace *w;
    const cr_policy *policy;
    const cr_program *p;
    const cr_row_ids *ids;
    cr_map seen;           /* what was explained already: kind, index, row and body */
    uint32_t body, bodies; /* whose reasons are being given; from 1 */
    int zh;
    int oom;
} cr_explainer;

/* Where an expression stands: the version (or call) that it belongs to, and the row it is read in.
 */
typedef struct cr_place {
    const void *owner;
    int32_t entity;
    uint32_t row;
} cr_place;

/* The row of an ancestor. */
uint32_t cr_explain_up(const cr_explainer *e, int32_t entity, uint32_t row, int32_t to);

/* What an expression came to: NULL = the plan did not keep it; *row is of the value's space. */
const cr_pval *cr_explain_shown(const cr_explainer *e, const cr_expr *x, const cr_place *at,
                                uint32_t *row);
int cr_explain_answer(const cr_explainer *e, const cr_expr *x, const cr_place *at); /* -1 = ? */
int cr_explain_truth(const cr_explainer *e, const cr_expr *x, const cr_place *at);  /* -1 = ? */
int cr_explain_is_zero(const cr_explainer *e, const cr_expr *x, const cr_place *at);

/* numbers.c: values as an official reads them, and formulas with the numbers put in */
void cr_explain_value(cr_explainer *e, cr_buf *out, const cr_type *type, const cr_pval *v,
                      uint32_t row);
void cr_explain_row_id(const cr_explainer *e, cr_buf *out, int32_t entity, uint32_t row);
void cr_explain_formula(cr_explainer *e, cr_buf *out, const cr_stmt *s, const cr_expr *x,
                        const cr_place *at);

#endif
