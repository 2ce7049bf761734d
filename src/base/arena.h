/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that lives and dies together. */
#ifndef CR_BASE_ARENA_H
#define CR_BASE_ARENA_H

#include "base/alloc.h"
#include "base/str.h"

typedef struct cr_arena_chunk {
    struct cr_arena_chunk *next;
    size_t size; /* of the whole chunk */
} cr_arena_chunk;

typedef struct cr_arena {
    cr_alloc alloc;
    cr_arena_chunk *chunks;
    char *at, *end;
    size_t total;
    size_t limit;      /* bytes in all, chunk heads included; 0 = none */
    unsigned char oom; /* sticky: a request failed */
    unsigned char over_limit;
} cr_arena;

void cr_arena_init(cr_arena *arena, cr_alloc alloc);
void *cr_arena_get(cr_arena *arena, size_t count,
                   size_t size);                    /* zeroed, aligned to 16; NULL = failed */
cr_str cr_arena_text(cr_arena *arena, cr_str text); /* a NUL-terminated copy */
void cr_arena_free(cr_arena *arena);

#endif
