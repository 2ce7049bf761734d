/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing, at most half full. */
#include "base/map.h"

static uint64_t hash(cr_str key)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < key.n; i++)
        h = (h ^ (unsigned char)key.p[i]) * UINT64_C(1099511628211);
    return h ^ h >> 32;
}

void cr_map_init(cr_map *map, cr_arena *arena)
{
    map->arena = arena;
    map->slots = NULL;
    map->n = map->size = 0;
}

static cr_map_slot *slot_of(cr_map_slot *slots, uint32_t size, cr_str key)
{
    uint32_t at = (uint32_t)hash(key) & (size - 1);
    while (slots[at].key.p && !cr_str_eq(slots[at].key, key))
        at = (at + 1) & (size - 1);
    return &slots[at];
}

static int grow(cr_map *map)
{
    uint32_t size = map->size ? map->size * 2 : 16;
    cr_map_slot *slots = cr_arena_get(map->arena, size, sizeof *slots);
    if (!slots)
        return 1;
    for (uint32_t i = 0; i < map->size; i++)
        if (map->slots[i].key.p)
            *slot_of(slots, size, map->slots[i].key) = map->slots[i];
    map->slots = slots;
    map->size = size;
    return 0;
}

int cr_map_put(cr_map *map, cr_str key, int32_t value)
{
    if (!key.p)
        key.p = "";
    if (map->n * 2 >= map->size && grow(map))
        return -1;
    cr_map_slot *slot = slot_of(map->slots, map->size, key);
    if (slot->key.p)
        return 0;
    slot->key = key;
    slot->value = value;
    map->n++;
    return 1;
}

int32_t cr_map_get(const cr_map *map, cr_str key)
{
    if (map->size == 0)
        return -1;
    const cr_map_slot *slot = slot_of(map->slots, map->size, key);
    return slot->key.p ? slot->value : -1;
}
