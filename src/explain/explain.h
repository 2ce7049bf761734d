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
} cr_node;

typedef struct cr_explanation {
    cr_arena arena;
    CR_VEC(cr_node) nodes;
} cr_explanation;

/* Explains a definition's value in a row; the workspace's plan was made to explain. 0 fine, 2 out
 * of memory. */
int cr_explain(cr_explanation *out, cr_workspace *w, int32_t def, uint32_t row, int lang);

/* words.c: expressions and citations as an official reads them */
void cr_words_expr(cr_buf *out, const cr_policy *policy, const cr_stmt *stmt, const cr_expr *x,
                   int lang);
void cr_words_cites(cr_buf *out, const cr_policy *policy, const cr_cites *cites, int32_t on,
                    int lang);
cr_str cr_words_label(const cr_label *label, cr_str name, int lang);

/* render.c: the rules of a module as numbered sentences. 0 fine, 1 no such module. */
int cr_render(cr_buf *out, const cr_policy *policy, cr_str module, int lang);

#endif
