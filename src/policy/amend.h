/* SPDX-License-Identifier: Apache-2.0 */
/* Amendments: statements that change what stands, applied to the syntax trees in order before the
 * check. */
#ifndef CR_POLICY_AMEND_H
#define CR_POLICY_AMEND_H

#include "lang/ast.h"

/* Applies `amend`, `replace` and `remove` and takes those statements out of the tree. A row of
   `amend` cuts the row of the same region and keys that it begins in (open end: to the day before);
   a replaced statement must have the same name and the same beginning. An amendment that changes
   nothing is an error. 0 fine, 1 findings, 2 out of memory. */
int cr_amend_apply(cr_ast *ast, cr_diags *diags);

#endif
