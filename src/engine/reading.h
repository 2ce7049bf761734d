/* SPDX-License-Identifier: Apache-2.0 */
/* Text read as the value of a field: `645.00`, `2021-03-01`, `urban`, a code of the enum, `yes`. */
#ifndef CR_ENGINE_READING_H
#define CR_ENGINE_READING_H

#include "policy/policy.h"

typedef enum cr_misread {
    CR_READ_FINE,
    CR_READ_FORMAT,
    CR_READ_PRECISION, /* more decimals than the field has */
    CR_READ_WORD,      /* not a value of the enum */
    CR_READ_LIST       /* the field is a list of rows */
} cr_misread;

typedef struct cr_misreading { /* why text was not read */
    const char *text;          /* a sentence; NULL = the kind says it all */
    cr_str where, nearest;
} cr_misreading;

/* A well-formed value outside the field's range is read as some value outside of it: invalid, no
   error. `why` may be NULL; finding the nearest word takes time. */
cr_misread cr_value_read(const cr_policy *policy, const cr_sym_field *field, cr_str text,
                         int64_t *out, cr_misreading *why);

#endif
