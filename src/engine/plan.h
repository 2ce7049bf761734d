/* SPDX-License-Identifier: Apache-2.0 */
/* A plan: a straight line of typed operations over columns, for one segment of time.

   Every register is a column of one row space (an entity) in one lane width. A number is `register
   / (den × div)`: `den` is a constant of the plan, `div` an optional register of positive divisors
   (class U); without it the number is of class S. Widths come from intervals, so no operation can
   overflow; the interval of a register always contains 0, because the lanes of unknown rows may
   hold anything made from zeros. Statuses are one byte per row, and absent (NULL) where every row
   of the block is known. Causes are not carried: why.c walks the plan backwards for the rows that
   ask. */
#ifndef CR_ENGINE_PLAN_H
#define CR_ENGINE_PLAN_H

#include "base/date.h"
#include "base/wide.h"
#include "policy/policy.h"

typedef enum cr_op {
#define CR_OP(name, lanes, status, text) CR_OP_##name,
#include "engine/op.def"
#undef CR_OP
    CR_OP_COUNT
} cr_op;

typedef enum cr_lane {
    CR_LANE_8,
    CR_LANE_16,
    CR_LANE_32,
    CR_LANE_64,
    CR_LANE_128,
    CR_LANE_WIDE, /* cr_wide: the exact path for what 128 bits do not hold */
    CR_LANES
} cr_lane;
#define CR_LANE_BYTES(lane) ((lane) == CR_LANE_WIDE ? sizeof(cr_wide) : (size_t)1 << (lane))

/* An event that has not happened: later than every date and month. */
#define CR_NEVER INT32_MAX

enum {
    CR_KNOWN = 0,
    CR_UNDETERMINED = 1,
    CR_NO_DATA = 2,
    CR_NOT_IN_FORCE = 3,
    CR_INVALID = 4,
    CR_NO_ROW = 5 /* inside of a decision table only: behind its last row */
};

typedef struct cr_insn {
    uint8_t op;
    uint8_t lane; /* of the operands; comparisons give bytes */
    uint8_t mode;
    uint8_t unused;
    int16_t space; /* of the result */
    int16_t child; /* of a and b, for aggregates; of the result's parent for UP */
    int32_t dst, a, b, c;
    int32_t imm;
    int64_t wide;
} cr_insn;

typedef struct cr_reg {
    uint8_t lane;
    uint8_t is_const;
    int16_t space;
    int32_t insn;   /* that writes it */
    cr_i128 lo, hi; /* contains 0; of a wide one only the signs */
    cr_i128 value;  /* of a constant */
    uint32_t bits;  /* wide: of the magnitude */
} cr_reg;

/* A value in the plan. */
typedef struct cr_pval {
    int32_t reg;    /* -1 = not lowered */
    int32_t div;    /* -1 = class S */
    cr_i128 den;    /* 1 for what is not a number */
    cr_i128 lo, hi; /* proved bounds of the known values of reg; may leave 0 out */
    int32_t rows;   /* CR_T_ROWS: reg is a mask in this child space, and `div` its status on the
                       parent; else -1 */
} cr_pval;

typedef struct cr_plan_def { /* a definition as lowered */
    cr_pval value;
    cr_pval reason; /* reg -1 = has none */
} cr_plan_def;

typedef struct cr_day { /* another day than the one decided for, on which something is read */
    int32_t on;         /* register of the day, in the highest row that has it */
    cr_plan_def *defs;  /* per definition, on that day; reg -1 = not read then */
    struct cr_day *next;
} cr_day;

typedef struct cr_shown { /* explaining plans: what an expression came to */
    const cr_expr *expr;
    const void *owner; /* version or call in which it was lowered */
    cr_pval value;
    int32_t before; /* the entry of the same expression before this one; -1 = none */
} cr_shown;

struct cr_workspace;
typedef void (*cr_kernel)(struct cr_workspace *w, const cr_insn *i);

typedef struct cr_step {
    cr_kernel kernel;
    cr_insn insn;
} cr_step;

/* What a block executes: fewer and other kernels than one case, and memory that several registers
   use one after another. Nothing of it can be asked for causes. */
typedef struct cr_schedule {
    cr_step *steps;
    uint32_t n;
    int32_t *value;    /* per register: its place among those of its space and lane; -1 = none */
    int32_t *status;   /* per register: its place among the statuses of its space */
    uint8_t *repeated; /* per register that is a constant: it is read row by row */
    uint32_t *values;  /* number of places, by space and lane */
    uint32_t *statuses;
} cr_schedule;

typedef struct cr_plan {
    int32_t from, to; /* dates that it serves */
    CR_VEC(cr_insn) code;
    CR_VEC(cr_reg) regs;
    CR_VEC(int32_t) args;
    cr_plan_def *defs; /* per definition of the program */
    cr_day *days;
    CR_VEC(cr_shown) shown;
    int32_t *shown_slots; /* hash table: the last entry of an expression; -1 = free */
    uint32_t n_shown_slots;
    int32_t on;     /* register of the date, in the root's space */
    int32_t region; /* register of the root's field `region`; -1 = it is not read */
    cr_step *run;   /* what to execute: what outputs hang on, constants left out */
    uint32_t n_run;
    uint32_t n_rows; /* ROW instructions in `run` */
    cr_schedule block;
} cr_plan;

typedef struct cr_output { /* one column of answers */
    int32_t def;
    uint8_t reason;
    cr_str name;
} cr_output;

typedef struct cr_calculator {
    cr_policy *policy;
    cr_alloc alloc;
    cr_arena arena;
    int32_t references;
    int32_t root; /* entity */
    uint8_t explain, strict, presume;
    uint8_t min_lane;
    uint8_t level; /* cr_cpu_level of the kernels for blocks */
    CR_VEC(cr_output) outputs;
    CR_VEC(cr_plan) plans; /* by date, without gaps */
    uint8_t *reads;        /* per field */
    uint8_t *spaces;       /* per entity: 1 = in the tree of the root */
} cr_calculator;

typedef struct cr_plan_error {
    cr_str def;       /* definition that does not compile */
    const char *text; /* why; static */
    int32_t index;    /* of the definition; -1 = none */
    uint8_t oom;
} cr_plan_error;

/* Filled with the frame, and never run: constants, failures, look-ups in a table without rows. */
static inline int cr_insn_is_constant(const cr_insn *i)
{
    return i->op == CR_OP_CONST || i->op == CR_OP_FAIL ||
           ((i->op == CR_OP_ROW || i->op == CR_OP_ROW_VALUE || i->op == CR_OP_ROW_NONE ||
             i->op == CR_OP_ROW_BELOW) &&
            i->mode);
}

/* Filled with the frame as well: a constant in another lane. */
static inline int cr_reg_is_filled(const cr_plan *plan, int32_t reg)
{
    const cr_reg *r = &plan->regs.at[reg];
    return r->is_const || cr_insn_is_constant(&plan->code.at[r->insn]);
}

/* schedule.c: what of the plan is executed. 0 fine, 1 out of memory. */
int cr_plan_schedule(cr_calculator *calculator, cr_plan *plan);

/* Compiles plans for all segments of time. calculator->outputs, root and options are set. 0 fine, 1
 * see error. */
int cr_plan_all(cr_calculator *calculator, cr_plan_error *error);

/* Compiles every definition for every date, so that what a plan refuses is found when the policy is
 * built: a finding for each such definition. 0 fine, 1 findings, 2 out of memory. */
int cr_plan_check(cr_policy *policy, cr_alloc alloc, cr_diags *diags);

/* What the definition came to in an explaining plan; NULL = it was not lowered. */
const cr_pval *cr_plan_shown(const cr_plan *plan, const cr_expr *expr, const void *owner);

#endif
