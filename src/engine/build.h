/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the plan compiler: what build.c, emit.c, number.c, lower.c and rules.c share. */
#ifndef CR_ENGINE_BUILD_H
#define CR_ENGINE_BUILD_H

#include "engine/plan.h"

typedef struct cr_env { /* names of the definition being lowered */
    const cr_stmt *stmt;
    const void *owner;
    int32_t entity;
    int32_t def;
    cr_pval *locals;     /* per clause of stmt; reg -1 = not lowered yet */
    const cr_pval *args; /* of a parameterised definition */
    uint32_t depth;      /* of calls */
} cr_env;

enum { CR_MAX_FACTORS = 12 };

typedef struct cr_product { /* a register that is the product of divisors: their registers, sorted
                             */
    int32_t reg;
    uint32_t n;
    int32_t factor[CR_MAX_FACTORS];
} cr_product;

typedef struct cr_ordered { /* registers: least <= most in the arm being lowered */
    int32_t least, most;
} cr_ordered;

typedef struct cr_build {
    cr_calculator *calc;
    const cr_policy *policy;
    const cr_program *program;
    cr_plan *plan;
    int32_t date; /* first day of the segment */
    cr_day *day;  /* on which everything is read at the moment; NULL = the day decided for */
    cr_plan_error *error;
    int failed;
    int32_t *table; /* open addressing over code: value numbering; -1 = free */
    uint32_t table_size;
    CR_VEC(cr_product) products;
    CR_VEC(cr_ordered) ordered;
    uint32_t ordered_from; /* those before it hold for other words */
    uint8_t *
        *cones; /* per definition that is a require: definitions it is made of; NULL = not made */
    cr_diags *diags;   /* cr_plan_check: findings go here, and the rest goes on; else NULL */
    uint8_t *reported; /* cr_plan_check: per definition */
    int32_t current;   /* definition being lowered; -1 = none */
    uint32_t depth;    /* of definitions lowered on demand */
    uint32_t levels;   /* of expressions inside of one another, over all those definitions */
    uint32_t total;    /* operations of all plans */
    uint32_t bits;     /* of the wide register that is made next; 0 = as its operands */
} cr_build;

/* emit.c */
cr_insn cr_insn_of(cr_op op, int32_t space); /* without operands */
void cr_build_fail(cr_build *b, const char *text);
cr_lane cr_build_lane(const cr_build *b, cr_i128 lo, cr_i128 hi);
int32_t cr_emit(cr_build *b, cr_insn insn, cr_lane lane, cr_i128 lo,
                cr_i128 hi); /* result register; -1 = failed */
int32_t cr_emit_const(cr_build *b, int32_t space, cr_i128 value);
int32_t cr_emit_lane(cr_build *b, int32_t reg, cr_lane lane); /* reg in that lane */
uint32_t cr_reg_bits(const cr_build *b, int32_t reg);         /* of the magnitude */
int cr_reg_wide(const cr_build *b, int32_t reg);
int32_t cr_emit_wide(cr_build *b, cr_insn insn, uint32_t bits);
int32_t cr_emit_narrow(cr_build *b, int32_t reg); /* a wide one that 128 bits hold */
int32_t cr_emit_above(const cr_build *b, int32_t reg);
int32_t cr_emit_space(cr_build *b, int32_t reg,
                      int32_t space); /* reg of an ancestor, in the rows of space */
cr_pval cr_pval_space(cr_build *b, cr_pval v, int32_t space);
cr_pval cr_pval_none(void);
cr_pval cr_pval_reg(cr_build *b, int32_t reg); /* class S, den 1, bounds of the register */
cr_pval cr_pval_const(cr_build *b, int32_t space, cr_i128 value, cr_i128 den);
int cr_pval_is_const(const cr_build *b, cr_pval v, cr_i128 *value);
int32_t cr_emit2(cr_build *b, cr_op op, int32_t space, int32_t a, int32_t b2, cr_i128 lo,
                 cr_i128 hi); /* lane-generic */
int32_t cr_emit_bool(cr_build *b, cr_op op, int32_t space, int32_t a,
                     int32_t b2); /* byte operations with folding */
int32_t cr_emit_compare(cr_build *b, cr_op op, int32_t space, int32_t a, int32_t b2);
int32_t cr_emit_select(cr_build *b, int32_t space, int32_t cond, int32_t a, int32_t b2);
int32_t cr_emit_choice(cr_build *b, cr_op op, int32_t space, int32_t cond, int32_t a,
                       int32_t b2); /* SELECT or PICK */

/* guard.c: what holds inside of an arm */
uint32_t cr_guard_enter(cr_build *b, int32_t cond); /* until cr_guard_leave of what it returns */
void cr_guard_leave(cr_build *b, uint32_t before);
uint32_t cr_guard_forget(cr_build *b); /* nothing holds until cr_guard_recall of what it returns */
void cr_guard_recall(cr_build *b, uint32_t from);
int cr_guard_reaches(const cr_expr *x); /* into the parts of x */
int cr_guard_ordered(const cr_build *b, int32_t least, int32_t most);

/* number.c: rationals over registers */
cr_pval cr_num_add(cr_build *b, int32_t space, cr_pval x, cr_pval y, int sign);
cr_pval cr_num_mul(cr_build *b, int32_t space, cr_pval x, cr_pval y);
cr_pval cr_num_div(cr_build *b, int32_t space, cr_pval x, cr_pval y);
cr_pval cr_num_scale(cr_build *b, int32_t space, cr_pval x, cr_rat by);
cr_pval cr_num_pick(cr_build *b, int32_t space, cr_op op, cr_pval x, cr_pval y); /* MIN, MAX */
int32_t cr_num_compare(cr_build *b, int32_t space, cr_op op, cr_pval x, cr_pval y);
cr_pval cr_num_select(cr_build *b, int32_t space, int32_t cond, cr_pval x, cr_pval y);
cr_pval cr_num_choice(cr_build *b, cr_op op, int32_t space, int32_t cond, cr_pval x,
                      cr_pval y); /* SELECT or PICK */
cr_pval cr_num_round(cr_build *b, int32_t space, cr_pval x, cr_rat step, int mode);
cr_pval cr_num_one_divisor(cr_build *b, int32_t space, int32_t child,
                           cr_pval x); /* so that the rows of a list compare by numerators */
cr_pval cr_num_sum(cr_build *b, int32_t space, int32_t child, cr_pval x);
cr_pval cr_num_extreme(cr_build *b, int32_t space, int32_t child, cr_op op, cr_pval x, int32_t mask,
                       int32_t empty); /* what it is of no row */

/* lower.c: expressions */
cr_pval cr_select_value(cr_build *b, int32_t space, const cr_type *type, int32_t cond, cr_pval x,
                        cr_pval y); /* x where cond, else y */
cr_pval cr_lower(cr_build *b, cr_env *env, int32_t space, const cr_expr *x);
cr_pval cr_lower_arm(cr_build *b, cr_env *env, int32_t space, int32_t cond,
                     const cr_expr *x); /* in the rows where cond holds */
int32_t cr_lower_bool(cr_build *b, cr_env *env, int32_t space, const cr_expr *x);
cr_pval cr_lower_param(cr_build *b, cr_env *env, int32_t space, const cr_expr *x,
                       cr_op op); /* ROW_VALUE, ROW_NONE, ROW_BELOW */

/* among.c: a row among the others of its list */
cr_pval cr_lower_among(cr_build *b, cr_env *env, int32_t space, const cr_expr *x);
cr_pval cr_lower_the(cr_build *b, cr_env *env, int32_t space, const cr_expr *x);
cr_pval cr_lower_row_of(cr_build *b, cr_env *env, int32_t space, const cr_expr *x);
cr_pval cr_lower_allocate(cr_build *b, cr_env *env, int32_t space, const cr_expr *x);
cr_pval cr_lower_least(cr_build *b, cr_env *env, int32_t space, const cr_expr *x);

/* decision.c: decision tables */
cr_pval cr_lower_table(cr_build *b, cr_env *env, int32_t space, const cr_type *type);

/* day.c: definitions on another day */
void cr_day_reaches(cr_build *b, int32_t space); /* fails where rows of space have no one day */
int32_t cr_day_on(cr_build *b, int32_t space);   /* the day at hand, in the rows of space */
cr_plan_def *cr_day_defs(const cr_build *b);     /* definitions on the day at hand */
cr_pval cr_read_on(cr_build *b, cr_env *env, int32_t space, const cr_expr *x); /* NAME on DAY */
cr_plan_def cr_day_choose(cr_build *b, const cr_def *d, int32_t bound, cr_plan_def before,
                          cr_plan_def after);
int cr_day_bounds(cr_build *b, const cr_def *d, int32_t **bounds, uint32_t *n);

/* rules.c: definitions */
cr_pval cr_lower_not_in_force(cr_build *b, int32_t space, int32_t def);
int cr_period_holds(cr_period period, int32_t date);
void cr_lower_def(cr_build *b, int32_t def);
cr_pval cr_lower_call(cr_build *b, cr_env *env, int32_t space, const cr_expr *x,
                      cr_day *day); /* its body on that day; the arguments on the day at hand */
int32_t cr_emit_both(cr_build *b, int32_t space, int32_t value, int32_t status); /* BOTH */
cr_pval cr_read_def(cr_build *b, int32_t space, int32_t def, int reason);
cr_pval cr_read_gated(cr_build *b, int32_t space, cr_pval v, int32_t require);

#endif
