/* SPDX-License-Identifier: Apache-2.0 */
/* From text to syntax trees. */
#ifndef CR_LANG_PARSE_H
#define CR_LANG_PARSE_H

#include "lang/ast.h"

typedef struct cr_parse_limits {
    uint32_t depth;      /* of nested expressions; 0 = 100 */
    uint32_t statements; /* per file; 0 = 100000 */
} cr_parse_limits;

/* Appends the statements of files[index] to the tree. Reports every finding and recovers at the
   next clause or statement. 0 = no error, 1 = findings, 2 = out of memory. */
int cr_parse(cr_ast *ast, const cr_file *files, uint32_t index, const cr_parse_limits *limits,
             cr_diags *diags);

/* `NAME[KEYS]=VALUE` of a caller; the same grammar as `let` in an example (there with spaces around
 * `=`). */
int cr_parse_let(cr_ast *ast, const cr_file *files, uint32_t index, cr_let *out, cr_diags *diags);

#endif
