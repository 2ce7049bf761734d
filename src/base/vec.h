/* SPDX-License-Identifier: Apache-2.0 */
/* Typed growing arrays in an arena. */
#ifndef CR_BASE_VEC_H
#define CR_BASE_VEC_H

#include "base/arena.h"

#define CR_VEC(T)                                                                                  \
    struct {                                                                                       \
        T *at;                                                                                     \
        uint32_t n, cap;                                                                           \
    }

/* Makes room for one more; 1 = room, 0 = out of memory. */
int cr_vec_grow(cr_arena *arena, void *at_field, uint32_t *cap, uint32_t n, size_t size);

/* Makes room for `more` in all, so that growth does not copy again and again; 1 = room, 0 = out of
 * memory. */
int cr_vec_reserve(cr_arena *arena, void *at_field, uint32_t *cap, uint32_t n, size_t more,
                   size_t size);

/* Appends; 1 fine, 0 out of memory. */
#define CR_PUSH(arena, vec, value)                                                                 \
    (((vec).n < (vec).cap ||                                                                       \
      cr_vec_grow((arena), &(vec).at, &(vec).cap, (vec).n, sizeof *(vec).at))                      \
         ? ((vec).at[(vec).n++] = (value), 1)                                                      \
         : 0)

#endif
