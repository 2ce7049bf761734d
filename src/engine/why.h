/* SPDX-License-Identifier: Apache-2.0 */
/* What an answer hangs on: a walk over the plan from one row of a result back to the inputs and
 * rows behind it. */
#ifndef CR_ENGINE_WHY_H
#define CR_ENGINE_WHY_H

#include "engine/exec.h"

typedef enum cr_why_kind {
    CR_WHY_INPUT = 1,
    CR_WHY_PARAMETER,
    CR_WHY_RULE,
    CR_WHY_CALENDAR,
    CR_WHY_DEFAULT,
    CR_WHY_ROW
} cr_why_kind;

typedef struct cr_why {
    uint8_t kind;
    uint8_t answer; /* CR_UNDETERMINED …; CR_WHY_DEFAULT: 1 assumed, 2 presumed */
    int32_t index;  /* field, parameter, definition; CR_WHY_ROW: parameter */
    int32_t insn;   /* that found it */
    uint32_t row;   /* of its space */
    int32_t extra;  /* calendar: the year; CR_WHY_ROW: row of the table */
    uint64_t who;   /* that ask for it, of cr_why_ask */
} cr_why;

typedef int (*cr_why_visit)(void *user, const cr_why *why); /* nonzero stops */

/* Visits each cause of the answer of a register's row once per instruction and row. With `used`,
   visits instead what a known answer was made of: CR_WHY_DEFAULT and CR_WHY_ROW. 0 done, 2 out of
   memory, else what visit returned. */
int cr_why_walk(cr_workspace *w, const int32_t *regs, const uint32_t *rows, uint32_t n, int used,
                cr_why_visit visit, void *user);

/* After cr_why_walk: whether it came by. */
int cr_why_reached(const cr_frame *f, int32_t reg, uint32_t row);
int cr_why_reached_any(const cr_frame *f, int32_t reg);

typedef struct cr_question {
    int32_t reg;
    uint32_t row;
    uint64_t who; /* one bit, of its own among all questions about rows of one root */
} cr_question;

/* The same for many questions in one walk: each cause is visited once, with the bits of all that
   hang on it. */
int cr_why_ask(cr_workspace *w, const cr_question *questions, uint32_t n, int used,
               cr_why_visit visit, void *user);

/* The region of the case, where the last evaluation has read it; -1 = it has not, or it is not
 * known. */
int32_t cr_region_of_case(const cr_workspace *w, uint32_t root_row);
/* The version of a rule that the case of one root was decided by; NULL = none is in force. */
const cr_version *cr_version_of_case(const cr_workspace *w, const cr_def *d);

#endif
