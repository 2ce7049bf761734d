/* SPDX-License-Identifier: Apache-2.0 */
/* The checker: from syntax trees to a program, or to every finding that stands in the way. */
#ifndef CR_LANG_CHECK_H
#define CR_LANG_CHECK_H

#include "lang/program.h"

/* Collects declarations, resolves names, checks types and units, orders definitions, refuses
   cycles, overlapping or gapped versions, rules without citation, divisors that may be zero, money
   outputs that may have fractions of a fen, unreachable lines. 0 = no error (warnings may stand); 1
   = findings in diags; 2 = out of memory. */
int cr_check(cr_program *program, cr_ast *ast, cr_diags *diags);

/* Checks one expression that stands alone (a parameter row, `let`, a value of an example) against a
 * type. 0 = fine. */
int cr_check_literal(const cr_program *program, cr_expr *expr, const cr_type *want,
                     cr_diags *diags);

/* The exact value of a checked literal expression of numbers, dates, words …: numbers converted to
   the unit of `type` (month and year convert exactly; `per person` may be left out), in units of
   10^-decimals only when the caller scales. bool, date, month, enum index: an integer. none:
   *is_none. region: text. 0 = fine. */
typedef struct cr_literal {
    uint8_t is_none;
    cr_rat number;
    cr_str text;
} cr_literal;
int cr_check_value(const cr_program *program, const cr_expr *expr, const cr_type *type,
                   cr_literal *out);

#endif
