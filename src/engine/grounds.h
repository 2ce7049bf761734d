/* SPDX-License-Identifier: Apache-2.0 */
/* What an answer rests on in a month, so that two months can be compared: rows of parameters,
   rules with the day from which they read as they do, facts that have a history. */
#ifndef CR_ENGINE_GROUNDS_H
#define CR_ENGINE_GROUNDS_H

#include "engine/why.h"

typedef enum cr_ground_kind {
    CR_GROUND_ROW = 1,
    CR_GROUND_RULE = 2,
    CR_GROUND_FACT = 3
} cr_ground_kind;

typedef struct cr_ground {
    uint8_t kind;
    uint8_t cell;  /* fact: cr_cell */
    int32_t index; /* parameter, definition, field */
    int32_t extra; /* row of the table; rule: first day of its wording */
    uint32_t row;  /* fact: of its entity */
    int64_t value; /* fact */
} cr_ground;

typedef struct cr_grounds { /* in the order of kind, index, row, extra; each once */
    cr_alloc alloc;
    cr_ground *at;
    uint32_t n, cap;
} cr_grounds;

void cr_grounds_free(cr_grounds *g);
/* Fills `out` anew for one row of a value of the last evaluation. 0 fine, 2 out of memory. */
int cr_grounds_find(cr_workspace *w, const cr_pval *value, uint32_t row, cr_grounds *out);
/* The lowest confidence of the rows and rules behind one row of a value, cr_confidence;
 * CR_CONF_NONE where all is by design. Complete for plans that explain. 2 = out of memory. */
int cr_confidence_find(cr_workspace *w, const cr_pval *value, uint32_t row, uint8_t *lowest);
/* Whether the grounds hold this one. */
int cr_grounds_have(const cr_grounds *g, const cr_ground *ground);

/* The day since which a rule reads as it does: the last change of its text by then. */
int32_t cr_wording_since(const cr_def *d, int32_t on);

#endif
