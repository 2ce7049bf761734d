/* SPDX-License-Identifier: Apache-2.0 */
/* Growth of arrays. */
#include <string.h>

#include "base/vec.h"

int cr_vec_grow(cr_arena *arena, void *at_field, uint32_t *cap, uint32_t n, size_t size)
{
    if (*cap > UINT32_MAX / 2) {
        arena->oom = 1;
        return 0;
    }
    return cr_vec_reserve(arena, at_field, cap, n, *cap ? *cap * 2 : 4, size);
}

int cr_vec_reserve(cr_arena *arena, void *at_field, uint32_t *cap, uint32_t n, size_t more,
                   size_t size)
{
    void *old;
    if (more <= *cap)
        return 1;
    void *p = more > UINT32_MAX ? NULL : cr_arena_get(arena, more, size);
    if (!p)
        return 0;
    memcpy(&old, at_field, sizeof old);
    if (n > 0)
        memcpy(p, old, n * size);
    memcpy(at_field, &p, sizeof p);
    *cap = (uint32_t)more;
    return 1;
}
