/* SPDX-License-Identifier: Apache-2.0 */
/* Values as text. */
#include <string.h>

#include "base/rat.h"
#include "engine/value.h"

static size_t put(char *out, size_t cap, cr_str s)
{
    size_t n = s.n < cap ? s.n : cap;
    if (n > 0)
        memcpy(out, s.p, n);
    return n;
}

static size_t number_text(const cr_type *type, cr_i128 num, cr_i128 den, char *out, size_t cap)
{
    cr_rat r;
    if (cr_rat_make(num, den, &r))
        return 0;
    return cr_rat_text(r, type->money ? 2 : 0, out, cap);
}

/* Words with commas, in the order of the enum. */
static size_t set_text(const cr_enum *e, cr_i128 mask, char *out, size_t cap)
{
    size_t n = 0;
    for (uint32_t i = 0; i < e->n_values; i++)
        if ((mask >> i) & 1) {
            n += n ? put(out + n, cap - n, CR_STR(",")) : 0;
            n += put(out + n, cap - n, e->values[i].name);
        }
    return n;
}

size_t cr_value_text(const cr_policy *policy, const cr_type *type, cr_i128 num, cr_i128 den,
                     char *out, size_t cap)
{
    const cr_program *p = &policy->program;
    char date[20];
    switch (type->kind) {
    case CR_T_BOOL: return put(out, cap, num ? CR_STR("true") : CR_STR("false"));
    case CR_T_NUMBER: return number_text(type, num, den, out, cap);
    case CR_T_DATE: cr_date_text((int32_t)num, date); return put(out, cap, cr_str_of(date));
    case CR_T_TIME: cr_time_text((int32_t)num, date); return put(out, cap, cr_str_of(date));
    case CR_T_MONTH: cr_month_text((int32_t)num, date); return put(out, cap, cr_str_of(date));
    case CR_T_ENUM: return num < 0 ? 0 : put(out, cap, p->enums.at[type->index].values[num].name);
    case CR_T_SET: return set_text(&p->enums.at[type->index], num, out, cap);
    case CR_T_REGION: return put(out, cap, policy->regions.at[(uint32_t)num].code);
    case CR_T_REASON: return put(out, cap, p->reasons.at[(uint32_t)num].name);
    default: return 0;
    }
}

void cr_value_ratio_text(cr_buf *out, const cr_wide ratio[2])
{
    cr_i128 den = 0;
    cr_wide_text(out, &ratio[0]);
    if (!cr_wide_to(&ratio[1], &den) && den == 1)
        return;
    cr_buf_char(out, '/');
    cr_wide_text(out, &ratio[1]);
}
