/* SPDX-License-Identifier: Apache-2.0 */
/* Formats and metadata of Arrow schemas. */
#ifndef CR_BATCH_LAYOUT_H
#define CR_BATCH_LAYOUT_H

#include "batch/batch.h"

cr_layout cr_layout_of(const struct ArrowSchema *schema);
/* The value of a key of its metadata; p NULL = none. Borrowed from the schema. */
cr_str cr_metadata(const struct ArrowSchema *schema, const char *key);

#endif
