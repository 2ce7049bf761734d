/* SPDX-License-Identifier: Apache-2.0 */
/* Text as pointer and length, UTF-8, and the nearest of several names. */
#ifndef CR_BASE_STR_H
#define CR_BASE_STR_H

#include <stddef.h>
#include <stdint.h>

typedef struct cr_str {
    const char *p;
    size_t n;
} cr_str;

#define CR_STR(literal) ((cr_str){"" literal, sizeof(literal) - 1})

cr_str cr_str_of(const char *text);
int cr_str_eq(cr_str a, cr_str b);
int cr_str_cmp(cr_str a, cr_str b); /* by bytes */
int cr_str_starts(cr_str text, cr_str prefix);
cr_str cr_str_part(cr_str text, size_t from, size_t to);

/* Decodes one character; the bytes it takes, 0 = not UTF-8 (overlong forms and surrogates
 * included). */
int cr_utf8_next(const char *p, size_t n, uint32_t *cp);
/* Columns on a terminal: East Asian wide and full-width characters take two. */
size_t cr_utf8_width(cr_str text);

/* Insertions, deletions, replacements and swaps of neighbours; more than `max`, or a name over 64
 * bytes: max + 1. */
unsigned cr_edit_distance(cr_str a, cr_str b, unsigned max);
/* The best name within a third of the wanted name's length (at least 1). 1 = found. */
int cr_nearest(cr_str want, const cr_str *names, size_t n, size_t *index);

#endif
