/* SPDX-License-Identifier: Apache-2.0 */
/* Amendments: statements that change what stands, applied to the syntax trees in order before the
 * check. */
#ifndef CR_POLICY_AMEND_H
#define CR_POLICY_AMEND_H

#include "lang/ast.h"

/* Applies `amend`, `replace` and `remove` in order, and rows of a parameter that is declared
   elsewhere, and takes those statements out of the tree; `files` tell which of them are amendments.
   A row of `amend` cuts the row of the same region and keys that it begins in (open end: to the day
   before); a replaced statement must have the same name, kind and beginning and the same place. An
   amendment that changes nothing is an error. 0 fine, 1 findings, 2 out of memory. */
int cr_amend_apply(cr_ast *ast, const cr_file *files, cr_diags *diags);

#endif
