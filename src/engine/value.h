/* SPDX-License-Identifier: Apache-2.0 */
/* Values as text: `645.00`, `2023-05`, `v2`, `1250/3`, as JSON would hold them. */
#ifndef CR_ENGINE_VALUE_H
#define CR_ENGINE_VALUE_H

#include "engine/plan.h"

/* num / den of the given type; none and what has no text give 0. Returns the length written. */
size_t cr_value_text(const cr_policy *policy, const cr_type *type, cr_i128 num, cr_i128 den,
                     char *out, size_t cap);

/* `numerator/denominator`, or the numerator alone over 1; both in lowest terms. */
void cr_value_ratio_text(cr_buf *out, const cr_wide ratio[2]);

#endif
