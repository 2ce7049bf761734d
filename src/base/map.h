/* SPDX-License-Identifier: Apache-2.0 */
/* A hash map from text to small integers, in an arena. */
#ifndef CR_BASE_MAP_H
#define CR_BASE_MAP_H

#include "base/arena.h"

typedef struct cr_map_slot {
    cr_str key; /* borrowed; p NULL = free */
    int32_t value;
} cr_map_slot;

typedef struct cr_map {
    cr_arena *arena;
    cr_map_slot *slots;
    uint32_t n, size;
} cr_map;

void cr_map_init(cr_map *map, cr_arena *arena);
int cr_map_put(cr_map *map, cr_str key,
               int32_t value); /* 1 new, 0 was there (unchanged), -1 out of memory */
int32_t cr_map_get(const cr_map *map, cr_str key); /* -1 = absent */

#endif
