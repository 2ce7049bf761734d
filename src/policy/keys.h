/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of parameter tables: every key is an index. Words count from 0, whole numbers from the least
   one that a row names; where a row names a band, numbers fall between *cuts*. */
#ifndef CR_POLICY_KEYS_H
#define CR_POLICY_KEYS_H

#include "policy/policy.h"

typedef struct cr_table_maker {
    cr_policy *p;
    cr_diags *d;
    cr_ptable *table;
    const cr_param *param;
    int oom;
} cr_table_maker;

int cr_table_size_keys(cr_table_maker *m); /* 1 = reported */

void cr_table_unknown_key(cr_table_maker *m, uint32_t k, const cr_row_key *key); /* reports it */

/* The indices [from, to) that a key of a row stands for. 1 = it is no value of the key. */
int cr_table_key_range(const cr_table_maker *m, uint32_t k, const cr_row_key *key, uint32_t *from,
                       uint32_t *to);

#endif
