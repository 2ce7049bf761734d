/* SPDX-License-Identifier: Apache-2.0 */
/* What the unit tests share: an allocator that counts and fails on command, files, and short ways
 * to a policy. */
#ifndef CR_TESTS_FIXTURE_H
#define CR_TESTS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "civicrules/civicrules.h"

typedef struct fx_memory {
    long live;    /* bytes out */
    long calls;   /* requests so far */
    long fail_at; /* the request that fails; 0 = none */
    int for_ever; /* and all after it */
} fx_memory;

static inline void *fx_alloc(void *user, void *ptr, size_t old_size, size_t new_size)
{
    fx_memory *m = user;
    if (new_size == 0) {
        m->live -= (long)old_size;
        free(ptr);
        return NULL;
    }
    m->calls++;
    if (m->fail_at && (m->calls == m->fail_at || (m->for_ever && m->calls > m->fail_at)))
        return NULL;
    void *p = realloc(ptr, new_size);
    if (p)
        m->live += (long)new_size - (long)old_size;
    return p;
}

static inline civ_text fx_text(const char *s)
{
    civ_text t = {s, strlen(s)};
    return t;
}

static inline civ_engine *fx_engine(fx_memory *memory, uint32_t lane_bits)
{
    civ_engine_options o = CIV_ENGINE_OPTIONS_INIT;
    civ_engine *engine = NULL;
    if (memory) {
        o.alloc = fx_alloc;
        o.alloc_user = memory;
    }
    o.min_lane_bits = lane_bits;
    civ_engine_create(&engine, &o, NULL);
    return engine;
}

static inline civ_policy *fx_embedded(civ_engine *engine)
{
    civ_policy_builder *b = NULL;
    civ_policy *policy = NULL;
    if (civ_policy_builder_create(&b, engine, NULL) == CIV_OK &&
        civ_policy_builder_add_embedded(b, NULL) == CIV_OK)
        civ_policy_build(&policy, b, NULL);
    civ_policy_builder_release(b);
    return policy;
}

/* Builds from one text; the numbers of the findings go to `found`, ended by 0. */
static inline civ_policy *fx_policy(civ_engine *engine, const char *text, int *found, int cap)
{
    civ_policy_builder *b = NULL;
    civ_policy *policy = NULL;
    int n = 0;
    civ_policy_builder_create(&b, engine, NULL);
    civ_policy_builder_add(b, fx_text("test.civ"), fx_text(text), CIV_FILE_PACK, NULL);
    civ_policy_build(&policy, b, NULL);
    for (size_t i = 0; found && i < civ_policy_builder_diagnostic_count(b) && n + 1 < cap; i++) {
        civ_diagnostic d;
        memset(&d, 0, sizeof d);
        d.struct_size = sizeof d;
        civ_policy_builder_diagnostic(&d, b, i);
        found[n++] = d.number;
    }
    if (found)
        found[n] = 0;
    civ_policy_builder_release(b);
    return policy;
}

static inline int fx_set(civ_case *c, const char *entity, uint32_t row, const char *name,
                         const char *value)
{
    int64_t field = civ_case_field(c, fx_text(entity), fx_text(name), NULL);
    return field < 0 ? CIV_ERROR_UNKNOWN_FIELD
                     : civ_case_set_parsed(c, (size_t)field, row, fx_text(value), NULL);
}

#endif
