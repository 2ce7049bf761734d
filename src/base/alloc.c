/* SPDX-License-Identifier: Apache-2.0 */
/* The allocator hook and its libc default. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static void *libc_alloc(void *user, void *ptr, size_t old_size, size_t new_size)
{
    (void)user;
    (void)old_size;
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    return realloc(ptr, new_size);
}

cr_alloc cr_alloc_default(void)
{
    cr_alloc alloc = {libc_alloc, NULL};
    return alloc;
}

int cr_mul_size(size_t a, size_t b, size_t *out)
{
    if (b != 0 && a > SIZE_MAX / b)
        return 1;
    *out = a * b;
    return 0;
}

void *cr_mem_get(const cr_alloc *alloc, size_t count, size_t size)
{
    size_t bytes;
    if (cr_mul_size(count, size, &bytes) || bytes == 0)
        return NULL;
    void *p = alloc->fn(alloc->user, NULL, 0, bytes);
    if (p)
        memset(p, 0, bytes);
    return p;
}

void cr_mem_free(const cr_alloc *alloc, void *ptr, size_t bytes)
{
    if (ptr)
        alloc->fn(alloc->user, ptr, bytes, 0);
}
