/* SPDX-License-Identifier: Apache-2.0 */
/* Diagnostics: every finding about policy text, with its place, its number and what was expected.
 */
#ifndef CR_LANG_DIAG_H
#define CR_LANG_DIAG_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "base/vec.h"

/* A place in a source file: `file` indexes the list of files of the policy; line and column count
   from 1, columns in characters (code points); `len` is in characters and at least 1. line 0 = no
   place. */
typedef struct cr_pos {
    uint32_t file;
    uint32_t line;
    uint32_t col;
    uint32_t len;
} cr_pos;

/* Numbers of diagnostics, pinned: CR_D_<name> = 101 … from the table in diag.def. */
typedef enum cr_diag_code {
#define CR_DIAG(number, name, severity, zh, en) CR_D_##name = number,
#include "lang/diag.def"
#undef CR_DIAG
    CR_D_END
} cr_diag_code;

typedef enum cr_severity { CR_ERROR, CR_WARNING } cr_severity;

typedef struct cr_diag {
    cr_diag_code code;
    cr_severity severity;
    cr_pos pos;
    cr_str found;    /* what stands there; may be empty */
    cr_str expected; /* what was expected, English; may be empty */
    cr_str nearest;  /* the nearest valid name; may be empty */
    cr_pos other;    /* the second place of a conflict; line 0 = none */
} cr_diag;

/* One source text as the policy keeps it; the bytes are the policy's. */
typedef struct cr_file {
    cr_str name;
    cr_str text;
    uint8_t is_amendment; /* position in the list of files is the order of amendments */
    uint8_t is_examples;
    uint8_t is_let; /* an override of the caller */
} cr_file;

typedef struct cr_diags {
    cr_arena *arena;
    CR_VEC(cr_diag) list;
    uint32_t errors;
    uint32_t limit; /* findings kept; later ones are only counted; 0 = 1000 */
    uint32_t dropped;
    cr_diag scratch; /* where a finding goes that is not kept */
} cr_diags;

void cr_diags_init(cr_diags *diags, cr_arena *arena);

/* Appends a finding and returns it so that `nearest` and `other` can be filled in; never NULL (out
   of memory or over the limit gives a scratch entry inside `diags`). The texts are borrowed: arena
   or static. */
cr_diag *cr_diag_add(cr_diags *diags, cr_diag_code code, cr_pos pos, cr_str found, cr_str expected);

/* Copies the texts of all findings into the arena of `diags`, before what they speak of goes. 0
 * fine, 1 out of memory. */
int cr_diags_keep(cr_diags *diags);

/* The fixed sentence of a number; lang 0 = English, 1 = Chinese. */
const char *cr_diag_text(cr_diag_code code, int lang);
cr_severity cr_diag_severity(cr_diag_code code);

/* The sentence with what was found, what was expected and the nearest name; one line. */
void cr_diag_sentence(cr_buf *out, const cr_diag *diag, int lang);

/* Writes `file:line:col: error CR0107: sentence: found X; expected Y; did you mean Z?` and the
 * caret lines. */
void cr_diag_print(cr_buf *out, const cr_diag *diag, const cr_file *files, uint32_t n_files,
                   int lang);

#endif
