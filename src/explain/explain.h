/* SPDX-License-Identifier: Apache-2.0 */
/* Explanations: what a result was made of, as a flat pre-order list; and rules as sentences. */
#ifndef CR_EXPLAIN_EXPLAIN_H
#define CR_EXPLAIN_EXPLAIN_H

#include "base/buf.h"
#include "engine/exec.h"

typedef enum cr_node_kind {
    CR_NODE_OUTPUT = 1,
    CR_NODE_CONDITION,
    CR_NODE_INPUT,
    CR_NODE_PARAMETER,
    CR_NODE_ROUNDING,
    CR_NODE_CASE
} cr_node_kind;

typedef struct cr_node {
    uint8_t kind;
    int8_t passed; /* 1, 0, -1 */
    uint8_t answer;
    int32_t depth;
    cr_pos pos;
    cr_str name, label, value, formula, citation;
    cr_str row_id; /* of the child row that it is about; empty = the root */
} cr_node;

/* What the caller calls the rows of a case: `p1`. */
typedef struct cr_row_name {
    int32_t entity;
    uint32_t row;
    size_t at, n; /* in the text */
} cr_row_name;
typedef struct cr_row_ids {
    cr_buf text;
    cr_row_name *at;
    cr_alloc alloc;
    size_t n, cap;
} cr_row_ids;

typedef struct cr_explanation {
    cr_arena arena;
    CR_VEC(cr_node) nodes;
} cr_explanation;

typedef struct cr_wanted { /* what to explain: a definition's value in a row */
    int32_t def;
    uint32_t row;
    int reason; /* of the definition, not its value */
} cr_wanted;

/* Explains values one after another; what an earlier one explained is not repeated. The workspace's
   plan was made to explain. Rows without an id are called by their number, from 1. 0 fine, 2 out of
   memory. */
int cr_explain(cr_explanation *out, cr_workspace *w, const cr_row_ids *ids, const cr_wanted *wanted,
               size_t n, int lang);
cr_str cr_row_called(const cr_row_ids *ids, int32_t entity, uint32_t row); /* empty = has none */

/* words.c: expressions and citations as an official reads them */
void cr_words_expr(cr_buf *out, const cr_policy *policy, const cr_stmt *stmt, const cr_expr *x,
                   int lang);
void cr_words_cites(cr_buf *out, const cr_policy *policy, const cr_cites *cites, int32_t on,
                    int lang);
int cr_words_is_age(cr_str label);
void cr_words_rounding(cr_buf *out, const cr_rounding *rounding, int lang);
cr_str cr_words_label(const cr_label *label, cr_str name, int lang);

/* render.c: the rules of a module as numbered sentences. 0 fine, 1 no such module. */
int cr_render(cr_buf *out, const cr_policy *policy, cr_str module, int lang);

#endif
