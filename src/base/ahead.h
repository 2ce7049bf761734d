/* SPDX-License-Identifier: Apache-2.0 */
/* Asking for memory before it is needed.

   A loop over a column of millions of rows is as fast as its memory comes. Processors fetch ahead
   by themselves, but only to the end of a page, and anew in every block; so the loops ask, too, for
   the lines that lie CR_AHEAD bytes behind those at hand. At the end of a block that is where the
   next one begins. Nothing is read, so it may lie behind the column. */
#ifndef CR_BASE_AHEAD_H
#define CR_BASE_AHEAD_H

#include <stddef.h>
#include <stdint.h>

enum {
    CR_AHEAD = 4096,
    CR_LINE = 64,
    CR_ASK_ROWS = 256 /* for so many at a time: a loop is cut there, and lines asked for queue up */
};

/* For the lines ahead of the n bytes at p, into the second cache. */
static inline void cr_ask_ahead(const void *p, size_t n)
{
#if defined(__GNUC__)
    for (size_t i = 0; i < n; i += CR_LINE)
        __builtin_prefetch((const void *)((uintptr_t)p + CR_AHEAD + i), 0, 2);
#else
    (void)p, (void)n;
#endif
}

#endif
