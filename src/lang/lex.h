/* SPDX-License-Identifier: Apache-2.0 */
/* From text to tokens. A token knows whether it begins a statement (column 1) or a clause (first of
   a joined line), so the parser needs no layout rules of its own. */
#ifndef CR_LANG_LEX_H
#define CR_LANG_LEX_H

#include "lang/ast.h"

typedef enum cr_tok {
    CR_K_END,
    CR_K_WORD,   /* letters, digits, _; dots join words: dibao.standard */
    CR_K_NUMBER, /* 645, 0.30 */
    CR_K_DATE,
    CR_K_TIME,
    CR_K_MONTH,
    CR_K_STRING, /* text without the quotes */
    CR_K_SIGN,   /* ( ) [ ] , : = + - * / % < <= > >= .. . | */
    CR_K_BAD     /* a character that was reported; the clause is given up without another word */
} cr_tok;

typedef struct cr_token {
    uint8_t kind;
    uint8_t starts; /* 2 begins a statement, 1 begins a clause, 0 neither */
    uint8_t joined; /* no blank before it */
    cr_str text;    /* of a sign or word: as written */
    cr_pos pos;
    int32_t date;  /* CR_K_DATE, CR_K_MONTH */
    size_t offset; /* in the file */
} cr_token;

typedef CR_VEC(cr_token) cr_tokens;

/* Appends the tokens of a file and a CR_K_END. Comments are left out. 0 fine, 1 findings, 2 out of
 * memory. */
int cr_lex(cr_tokens *out, cr_arena *arena, const cr_file *files, uint32_t index, cr_diags *diags);

#endif
