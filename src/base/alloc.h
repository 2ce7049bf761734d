/* SPDX-License-Identifier: Apache-2.0 */
/* The one way to memory: a realloc-style hook of the engine. */
#ifndef CR_BASE_ALLOC_H
#define CR_BASE_ALLOC_H

#include <stddef.h>

typedef struct cr_alloc {
    void *(*fn)(void *user, void *ptr, size_t old_size,
                size_t new_size); /* new_size 0 frees; NULL = failure */
    void *user;
} cr_alloc;

cr_alloc cr_alloc_default(void);

/* count × size zeroed bytes, or NULL; cr_mem_free takes the same number of bytes and accepts NULL.
 */
void *cr_mem_get(const cr_alloc *alloc, size_t count, size_t size);
void cr_mem_free(const cr_alloc *alloc, void *ptr, size_t bytes);

/* The only place where sizes are multiplied: 0 fine, 1 overflow. */
int cr_mul_size(size_t a, size_t b, size_t *out);

#endif
