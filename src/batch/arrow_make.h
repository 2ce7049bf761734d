/* SPDX-License-Identifier: Apache-2.0 */
/* Making Arrow schemas and arrays that own their memory, node by node: children may be moved away
   and released on their own. */
#ifndef CR_BATCH_ARROW_MAKE_H
#define CR_BATCH_ARROW_MAKE_H

#include "base/alloc.h"
#include "base/str.h"
#include "civicrules/arrow.h"

/* An array without children yet: they are zeroed, made next. 0 fine, 2 out of memory (*out is
   released then). */
int cr_array_make(struct ArrowArray *out, cr_alloc alloc, int64_t length, int n_buffers,
                  int64_t n_children);
/* A buffer of its own, zeroed or not; NULL = out of memory. */
void *cr_array_buffer(struct ArrowArray *array, int at, size_t bytes, int zeroed);
int cr_array_dictionary(struct ArrowArray *array, cr_alloc alloc); /* room for one; 2 = no memory */
void cr_array_release(struct ArrowArray *array); /* where it is not released yet */

/* Likewise; format must be static, the name is copied. metadata: key and value, or NULL. */
int cr_schema_make(struct ArrowSchema *out, cr_alloc alloc, const char *format, cr_str name,
                   int64_t n_children, const char *const metadata[2]);
int cr_schema_dictionary(struct ArrowSchema *schema, cr_alloc alloc);
int cr_schema_copy(struct ArrowSchema *out, cr_alloc alloc, const struct ArrowSchema *schema);
void cr_schema_release(struct ArrowSchema *schema);

#endif
