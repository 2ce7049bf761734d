/* SPDX-License-Identifier: Apache-2.0 */
/* The yardstick in plain C over columns, everything in one loop; once with every operation
   checked. Built with all the compiler can do for the machine at hand (-O3 -march=native). */
#include "yardstick.h"

static inline int64_t top_up_percent(int age, int grade, int illness)
{
    int k = age < 16 ? 10 : 0;
    k = age >= 70 ? 20 : k;
    k = illness ? 25 : k;
    return (unsigned)(grade - 1) < 2u ? 30 : k;
}

void yard_fused_run(const yard_columns *c, yard_answers *out, int64_t a, int64_t b)
{
    for (int64_t h = a; h < b; h++) {
        int32_t from = c->offsets[h], to = c->offsets[h + 1];
        int64_t n = to - from, income = 0, percent = 0;
        for (int32_t p = from; p < to; p++) {
            int64_t wage = c->wage[p];
            wage -= c->employed[p] ? wage * 20 / 100 : 0;
            income += wage + c->pension[p] + c->other[p];
            percent += top_up_percent(c->age[p], c->grade[p], c->illness[p]);
        }
        int64_t rigid = c->medical[h] + c->education[h] - YARD_THRESHOLD;
        rigid = rigid < 0 ? 0 : rigid;
        int64_t net = income - rigid;
        net = net < 0 ? 0 : net;
        int64_t standard = YARD_STANDARD[c->county[h]][c->rural[h]];
        int64_t per_head = (2 * net + n) / (2 * n);
        int eligible = (c->deposits[h] < 24 * standard * n) & (c->cars[h] == 0) &
                       (c->dwellings[h] <= 2) & (per_head < standard);
        int64_t benefit = ((standard - per_head) * n + percent * standard / 100 + 99) / 100 * 100;
        out->per_head[h] = per_head;
        out->eligible[h] = (uint8_t)eligible;
        out->benefit[h] = eligible ? benefit : 0;
        for (int32_t p = from; p < to; p++) {
            out->living[p] = (eligible & (c->grade[p] > 0)) ? 6000 : 0;
            out->care[p] = YARD_CARE[c->grade[p]];
        }
    }
}

/* ---- the same, checked ---- */

static inline int64_t add(int64_t a, int64_t b, int *bad)
{
    int64_t r;
    *bad |= __builtin_add_overflow(a, b, &r);
    return r;
}

static inline int64_t sub(int64_t a, int64_t b, int *bad)
{
    int64_t r;
    *bad |= __builtin_sub_overflow(a, b, &r);
    return r;
}

static inline int64_t mul(int64_t a, int64_t b, int *bad)
{
    int64_t r;
    *bad |= __builtin_mul_overflow(a, b, &r);
    return r;
}

int yard_checked_run(const yard_columns *c, yard_answers *out, int64_t a, int64_t b)
{
    int bad = 0;
    for (int64_t h = a; h < b; h++) {
        int32_t from = c->offsets[h], to = c->offsets[h + 1];
        int64_t n = to - from, income = 0, percent = 0;
        for (int32_t p = from; p < to; p++) {
            int64_t wage = c->wage[p], cost = mul(wage, 20, &bad) / 100;
            wage = sub(wage, c->employed[p] ? cost : 0, &bad);
            income = add(income, add(add(wage, c->pension[p], &bad), c->other[p], &bad), &bad);
            percent = add(percent, top_up_percent(c->age[p], c->grade[p], c->illness[p]), &bad);
        }
        int64_t rigid = sub(add(c->medical[h], c->education[h], &bad), YARD_THRESHOLD, &bad);
        int64_t net = sub(income, rigid < 0 ? 0 : rigid, &bad);
        net = net < 0 ? 0 : net;
        int64_t standard = YARD_STANDARD[c->county[h]][c->rural[h]];
        int64_t per_head = add(mul(2, net, &bad), n, &bad) / mul(2, n, &bad);
        int eligible = (c->deposits[h] < mul(mul(24, standard, &bad), n, &bad)) &
                       (c->cars[h] == 0) & (c->dwellings[h] <= 2) & (per_head < standard);
        int64_t benefit = mul(sub(standard, per_head, &bad), n, &bad);
        benefit = add(benefit, mul(percent, standard, &bad) / 100, &bad);
        benefit = add(benefit, 99, &bad) / 100 * 100;
        out->per_head[h] = per_head;
        out->eligible[h] = (uint8_t)eligible;
        out->benefit[h] = eligible ? benefit : 0;
        for (int32_t p = from; p < to; p++) {
            out->living[p] = (eligible & (c->grade[p] > 0)) ? 6000 : 0;
            out->care[p] = YARD_CARE[c->grade[p]];
        }
    }
    return bad;
}
