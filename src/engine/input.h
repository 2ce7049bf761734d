/* SPDX-License-Identifier: Apache-2.0 */
/* Where the rows and the cells of a block come from: the facts of one case, or columns.

   A plan asks for fields only through these two functions, so it does not see how many roots it
   answers for. An input is the first member of what it reads from. */
#ifndef CR_ENGINE_INPUT_H
#define CR_ENGINE_INPUT_H

#include "policy/policy.h"

/* What a cell says. Absent is not unknown: an absent event has not happened, an absent field may
 * have a default. */
typedef enum cr_cell { CR_CELL_ABSENT, CR_CELL_KNOWN, CR_CELL_UNKNOWN, CR_CELL_INVALID } cr_cell;

struct cr_workspace;
struct cr_insn;
typedef struct cr_input cr_input;

typedef struct cr_input_class {
    /* Fills w->spaces, parents first; see cr_workspace_reserve. 0 fine, 2 out of memory. */
    int (*rows)(const cr_input *input, struct cr_workspace *w);
    /* INPUT, ABSENT, GIVEN, and the same with _ON: values and statuses of the register i->dst. */
    void (*cells)(const cr_input *input, struct cr_workspace *w, const struct cr_insn *i);
} cr_input_class;

struct cr_input {
    const cr_input_class *is;
};

/* Whether the field's declared range holds a value: in units of the last decimal, days, months,
 * indices. */
int cr_field_holds(const cr_policy *policy, const cr_sym_field *field, int64_t value);

/* INPUT_ON, ABSENT_ON, GIVEN_ON: the row of the space `child` that row k stands in. */
uint32_t cr_row_above(const struct cr_workspace *w, const struct cr_insn *i, uint32_t k);

/* The status that a cell gives a value read from it. */
uint8_t cr_cell_status(uint8_t cell, int event);
/* What an event that has not happened is, in the lanes of its type. */
int64_t cr_cell_never(const cr_type *type);
/* Status of the list of one parent row, by its cell and the number of its rows: not stated is
 * unknown, or empty if it is an event list; too few or too many rows are invalid. */
uint8_t cr_list_status(const cr_program *program, const cr_entity *entity, uint8_t cell,
                       uint32_t rows);

#endif
