/* SPDX-License-Identifier: Apache-2.0 */
/* The packs that the library carries; the build writes them from src/policies. */
#ifndef CR_POLICY_EMBEDDED_H
#define CR_POLICY_EMBEDDED_H

#include <stddef.h>

typedef struct cr_embedded_file {
    const char *path;
    const unsigned char *bytes;
    size_t size;
} cr_embedded_file;

extern const cr_embedded_file cr_embedded_files[];
extern const size_t cr_embedded_count;

#endif
