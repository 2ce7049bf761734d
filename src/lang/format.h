/* SPDX-License-Identifier: Apache-2.0 */
/* The one canonical layout of policy text, and the token stream that the policy hash is taken over.
 */
#ifndef CR_LANG_FORMAT_H
#define CR_LANG_FORMAT_H

#include "base/sha256.h"
#include "lang/ast.h"

/* Writes the text in canonical layout, comments kept in place: keywords in column 1, clauses
   indented by two, conditions and rows by four with aligned columns, one space around operators.
   Formatting twice changes nothing, and the token stream never changes. 0 = fine; 1 = the text does
   not lex (nothing is written); 2 = out of memory. */
int cr_format(cr_buf *out, const cr_file *file, cr_diags *diags);

/* Feeds the tokens of a file to a hash, layout and comments left out: each token as its text and
 * one zero byte. */
void cr_format_hash(cr_sha256 *hash, const cr_file_tokens *tokens);

#endif
