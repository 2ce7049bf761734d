/* SPDX-License-Identifier: Apache-2.0 */
/* A bump allocator in growing chunks. */
#include <string.h>

#include "base/arena.h"

enum { ALIGN = 16, FIRST = 16 * 1024, LARGEST = 1024 * 1024 };

void cr_arena_init(cr_arena *arena, cr_alloc alloc)
{
    memset(arena, 0, sizeof *arena);
    arena->alloc = alloc;
}

static int fail(cr_arena *arena, int over)
{
    arena->oom = 1;
    arena->over_limit |= (unsigned char)over;
    return 1;
}

/* Bytes that chunks may still take. */
static size_t left_of(const cr_arena *arena)
{
    if (arena->limit == 0)
        return (size_t)-1;
    return arena->limit > arena->total ? arena->limit - arena->total : 0;
}

static int add_chunk(cr_arena *arena, size_t bytes)
{
    size_t head = (sizeof(cr_arena_chunk) + ALIGN - 1) / ALIGN * ALIGN;
    size_t size = arena->total < FIRST ? FIRST : arena->total < LARGEST ? arena->total : LARGEST;
    size_t left = left_of(arena);
    if (bytes > (size_t)-1 - head)
        return fail(arena, 0);
    if (left < bytes + head)
        return fail(arena, arena->limit != 0);
    if (size < bytes + head)
        size = bytes + head;
    if (size > left)
        size = left;
    cr_arena_chunk *chunk = arena->alloc.fn(arena->alloc.user, NULL, 0, size);
    if (!chunk)
        return fail(arena, 0);
    chunk->next = arena->chunks;
    chunk->size = size;
    arena->chunks = chunk;
    arena->total += size;
    arena->at = (char *)chunk + head;
    arena->end = (char *)chunk + size;
    return 0;
}

void *cr_arena_get(cr_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (cr_mul_size(count, size, &bytes) || bytes > (size_t)-1 - ALIGN) {
        fail(arena, 0);
        return NULL;
    }
    bytes = (bytes + ALIGN - 1) / ALIGN * ALIGN;
    if (bytes == 0)
        bytes = ALIGN;
    if ((size_t)(arena->end - arena->at) < bytes && add_chunk(arena, bytes))
        return NULL;
    void *p = arena->at;
    arena->at += bytes;
    memset(p, 0, bytes);
    return p;
}

cr_str cr_arena_text(cr_arena *arena, cr_str text)
{
    cr_str copy = {NULL, 0};
    char *p = cr_arena_get(arena, text.n + 1, 1);
    if (!p)
        return copy;
    if (text.n > 0)
        memcpy(p, text.p, text.n);
    copy.p = p;
    copy.n = text.n;
    return copy;
}

void cr_arena_free(cr_arena *arena)
{
    for (cr_arena_chunk *c = arena->chunks; c;) {
        cr_arena_chunk *next = c->next;
        arena->alloc.fn(arena->alloc.user, c, c->size, 0);
        c = next;
    }
    cr_alloc alloc = arena->alloc;
    memset(arena, 0, sizeof *arena);
    arena->alloc = alloc;
}
