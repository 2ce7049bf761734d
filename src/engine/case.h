/* SPDX-License-Identifier: Apache-2.0 */
/* The facts of one root row: a tree of rows with a column for every field that was stated. */
#ifndef CR_ENGINE_CASE_H
#define CR_ENGINE_CASE_H

#include "base/date.h"
#include "engine/input.h"

#define CR_PLAIN INT32_MIN

typedef struct cr_since { /* what a cell says from a day on */
    uint32_t row;
    int32_t from;
    int64_t value;
    uint8_t cell;
} cr_since;

typedef struct cr_case_field {
    int64_t *value; /* NULL = nothing stated for any row */
    uint8_t *cell;  /* lists: of the list itself */
    uint32_t cap;
    cr_since *since; /* histories, by row and day; a row that has any says nothing else */
    uint32_t n_since, cap_since;
} cr_case_field;

typedef struct cr_case_space {
    uint32_t n, cap;
    uint32_t *parent;
} cr_case_space;

typedef struct cr_case {
    cr_input input;
    cr_policy *policy;
    cr_alloc alloc;
    int32_t root;
    int32_t from;          /* values stated now hold from this day; CR_PLAIN = always */
    cr_case_field *fields; /* per field of the program */
    cr_case_space *spaces; /* per entity */
} cr_case;

extern const cr_input_class cr_case_input;

cr_case *cr_case_make(cr_policy *policy, cr_alloc alloc, int32_t root); /* NULL = out of memory */
void cr_case_free(cr_case *c);
void cr_case_forget(cr_case *c);

/* 0 fine; 1 out of memory; 2 parents must come in order (rows of a list are added parent by
 * parent); 3 too many rows */
int cr_case_row(cr_case *c, int32_t field, uint32_t parent, uint32_t *row);
/* States a cell; numbers in units of the last decimal, days, months, indices. Outside the field's
 * range it is invalid. */
int cr_case_put(cr_case *c, int32_t field, uint32_t row, int64_t value);
int cr_case_mark(cr_case *c, int32_t field, uint32_t row, cr_cell cell);
cr_cell cr_case_cell(const cr_case *c, int32_t field, uint32_t row);
/* The cell on a day: the latest entry of its history by then, absent before the first. */
cr_cell cr_case_at(const cr_case_field *f, uint32_t row, int32_t day, int64_t *value);

#endif
