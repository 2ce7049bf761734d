/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels: the values and the statuses of every operation, over all rows of a block.

   Values are computed for every row without a branch on its status; a row that is not known holds
   some number inside the register's interval, and nobody reads it. Statuses are computed only where
   an operand has any. */
#include <string.h>

#include "base/date.h"
#include "base/rat.h"
#include "engine/kernels.h"

/* ---- lane-generic kernels ---- */

#define BINARY(NAME, T, EXPR)                                                                      \
    static void NAME##_##T(cr_workspace *w, const cr_insn *i)                                      \
    {                                                                                              \
        const T *restrict a = VAL(w, i->a), *restrict b = VAL(w, i->b);                            \
        T *restrict d = VAL(w, i->dst);                                                            \
        for (uint32_t k = 0, n = N(w, i); k < n; k++)                                              \
            d[k] = (T)(EXPR);                                                                      \
        strict2(w, i, i->a, i->b);                                                                 \
    }

#define COMPARE(NAME, T, OP)                                                                       \
    static void NAME##_##T(cr_workspace *w, const cr_insn *i)                                      \
    {                                                                                              \
        const T *restrict a = VAL(w, i->a), *restrict b = VAL(w, i->b);                            \
        int8_t *restrict d = VAL(w, i->dst);                                                       \
        for (uint32_t k = 0, n = N(w, i); k < n; k++)                                              \
            d[k] = a[k] OP b[k];                                                                   \
        strict2(w, i, i->a, i->b);                                                                 \
    }

/* 0 × anything is 0: a known zero on one side lets go of the other. */
#define MULTIPLY(T)                                                                                \
    static void mul_##T(cr_workspace *w, const cr_insn *i)                                         \
    {                                                                                              \
        const T *restrict a = VAL(w, i->a), *restrict b = VAL(w, i->b);                            \
        const uint8_t *x = ST(w, i->a), *y = ST(w, i->b);                                          \
        T *restrict d = VAL(w, i->dst);                                                            \
        uint32_t n = N(w, i);                                                                      \
        for (uint32_t k = 0; k < n; k++)                                                           \
            d[k] = (T)(a[k] * b[k]);                                                               \
        w->frame->st[i->dst] = NULL;                                                               \
        if (!x && !y)                                                                              \
            return;                                                                                \
        uint8_t *s = own_status(w, i->dst);                                                        \
        for (uint32_t k = 0; k < n; k++) {                                                         \
            uint8_t p = status_at(x, k), q = status_at(y, k);                                      \
            int zero = (!p && a[k] == 0) || (!q && b[k] == 0);                                     \
            s[k] = zero ? CR_KNOWN : worst(p, q);                                                  \
            if (zero)                                                                              \
                d[k] = 0;                                                                          \
        }                                                                                          \
    }

#define SELECTION(T)                                                                               \
    static void select_##T(cr_workspace *w, const cr_insn *i)                                      \
    {                                                                                              \
        const T *restrict a = VAL(w, i->a), *restrict b = VAL(w, i->b);                            \
        const int8_t *restrict c = VAL(w, i->c);                                                   \
        const uint8_t *x = ST(w, i->a), *y = ST(w, i->b), *z = ST(w, i->c);                        \
        T *restrict d = VAL(w, i->dst);                                                            \
        uint32_t n = N(w, i);                                                                      \
        for (uint32_t k = 0; k < n; k++)                                                           \
            d[k] = c[k] ? a[k] : b[k];                                                             \
        w->frame->st[i->dst] = NULL;                                                               \
        if (!x && !y && !z)                                                                        \
            return;                                                                                \
        uint8_t *s = own_status(w, i->dst);                                                        \
        for (uint32_t k = 0; k < n; k++) {                                                         \
            uint8_t p = status_at(x, k), q = status_at(y, k), r = status_at(z, k);                 \
            int same = !p && !q && a[k] == b[k];                                                   \
            s[k] = !r ? (c[k] ? p : q) : same ? CR_KNOWN : worst(r, worst(p, q));                  \
        }                                                                                          \
    }

/* A condition that is not known lets go where no other row is left, and where the rows left agree.
 */
#define PICKING(T)                                                                                 \
    static void pick_##T(cr_workspace *w, const cr_insn *i)                                        \
    {                                                                                              \
        const T *restrict a = VAL(w, i->a), *restrict b = VAL(w, i->b);                            \
        const int8_t *restrict c = VAL(w, i->c);                                                   \
        const uint8_t *x = ST(w, i->a), *y = ST(w, i->b), *z = ST(w, i->c);                        \
        T *restrict d = VAL(w, i->dst);                                                            \
        uint32_t n = N(w, i);                                                                      \
        uint8_t *s = own_status(w, i->dst);                                                        \
        for (uint32_t k = 0; k < n; k++) {                                                         \
            uint8_t p = status_at(x, k), q = status_at(y, k), r = status_at(z, k);                 \
            int only = r && q == CR_NO_ROW, same = !p && !q && a[k] == b[k];                       \
            d[k] = only || c[k] ? a[k] : b[k];                                                     \
            s[k] = !r ? (c[k] ? p : q) : only ? p : same ? CR_KNOWN : worst(r, worst(p, q));       \
        }                                                                                          \
    }

#define MONADIC(NAME, T, EXPR)                                                                     \
    static void NAME##_##T(cr_workspace *w, const cr_insn *i)                                      \
    {                                                                                              \
        const T *restrict a = VAL(w, i->a);                                                        \
        T *restrict d = VAL(w, i->dst);                                                            \
        for (uint32_t k = 0, n = N(w, i); k < n; k++)                                              \
            d[k] = (T)(EXPR);                                                                      \
        strict2(w, i, i->a, -1);                                                                   \
    }

#define DIVISION(T)                                                                                \
    static T divided_##T(T x, T by, int mode)                                                      \
    {                                                                                              \
        T q = (T)(x / by), r = (T)(x % by); /* towards zero; r has the sign of x */                \
        int negative = x < 0;                                                                      \
        if (r == 0)                                                                                \
            return q;                                                                              \
        T size = (T)(negative ? -r : r), rest = (T)(by - size);                                    \
        int away = mode == CR_ROUND_UP          ? !negative                                        \
                   : mode == CR_ROUND_DOWN      ? negative                                         \
                   : size != rest               ? size > rest                                      \
                   : mode == CR_ROUND_HALF_EVEN ? (q & 1) != 0                                     \
                                                : 1;                                               \
        return (T)(away ? (negative ? q - 1 : q + 1) : q);                                         \
    }                                                                                              \
    static void round_##T(cr_workspace *w, const cr_insn *i)                                       \
    {                                                                                              \
        const T *restrict a = VAL(w, i->a), *restrict b = VAL(w, i->b);                            \
        T *restrict d = VAL(w, i->dst);                                                            \
        for (uint32_t k = 0, n = N(w, i); k < n; k++)                                              \
            d[k] = divided_##T(a[k], b[k] > 0 ? b[k] : 1, i->mode);                                \
        strict2(w, i, i->a, i->b);                                                                 \
    }

#define DIVISOR(T)                                                                                 \
    static void divisor_##T(cr_workspace *w, const cr_insn *i)                                     \
    {                                                                                              \
        const T *restrict a = VAL(w, i->a);                                                        \
        const uint8_t *x = ST(w, i->a);                                                            \
        T *restrict d = VAL(w, i->dst);                                                            \
        for (uint32_t k = 0, n = N(w, i); k < n; k++)                                              \
            d[k] = (T)(status_at(x, k) || a[k] < 1 ? 1 : a[k]);                                    \
        w->frame->st[i->dst] = NULL;                                                               \
    }

#define UPWARD(T)                                                                                  \
    static void up_##T(cr_workspace *w, const cr_insn *i)                                          \
    {                                                                                              \
        const T *restrict a = VAL(w, i->a);                                                        \
        const uint8_t *x = ST(w, i->a);                                                            \
        const uint32_t *restrict p = cr_parent_rows(&w->spaces[i->space]);                         \
        T *restrict d = VAL(w, i->dst);                                                            \
        uint32_t n = N(w, i);                                                                      \
        for (uint32_t k = 0; k < n; k++)                                                           \
            d[k] = a[p[k]];                                                                        \
        w->frame->st[i->dst] = NULL;                                                               \
        if (!x)                                                                                    \
            return;                                                                                \
        uint8_t *s = own_status(w, i->dst);                                                        \
        for (uint32_t k = 0; k < n; k++)                                                           \
            s[k] = x[p[k]];                                                                        \
    }

#define SUM_LOOP(S, T)                                                                             \
    for (uint32_t r = 0, n = N(w, i); r < n; r++) {                                                \
        T sum = 0;                                                                                 \
        for (uint32_t k = off[r]; k < off[r + 1]; k++)                                             \
            sum = (T)(sum + ((const S *)VAL(w, i->a))[k]);                                         \
        ((T *)VAL(w, i->dst))[r] = sum;                                                            \
    }
/* Bytes are added up as they are, whatever the lane of the sum. */
#define SUMMATION(T)                                                                               \
    static void sum_##T(cr_workspace *w, const cr_insn *i)                                         \
    {                                                                                              \
        const uint32_t *restrict off = w->spaces[i->child].off;                                    \
        if (w->frame->plan->regs.at[i->a].lane == CR_LANE_8)                                       \
            SUM_LOOP(int8_t, T)                                                                    \
        else                                                                                       \
            SUM_LOOP(T, T)                                                                         \
        list_status(w, i, ST(w, i->a));                                                            \
    }

/* Rows known to be out are left out; of the others each must be known. */
#define EXTREME(NAME, T, BETTER)                                                                   \
    static void NAME##_##T(cr_workspace *w, const cr_insn *i)                                      \
    {                                                                                              \
        const T *restrict a = VAL(w, i->a);                                                        \
        const int8_t *m = i->b >= 0 ? VAL(w, i->b) : NULL;                                         \
        const uint8_t *x = ST(w, i->a), *y = i->b >= 0 ? ST(w, i->b) : NULL;                       \
        const cr_space_rows *c = &w->spaces[i->child];                                             \
        T *restrict d = VAL(w, i->dst);                                                            \
        uint8_t *s = x || y || c->list ? w->frame->st_memory[i->dst] : NULL;                       \
        for (uint32_t r = 0, n = N(w, i); r < n; r++) {                                            \
            T best = (T)i->imm;                                                                    \
            int any = 0;                                                                           \
            uint8_t st = status_at(c->list, r);                                                    \
            for (uint32_t k = c->off[r]; k < c->off[r + 1]; k++) {                                 \
                uint8_t q = status_at(y, k);                                                       \
                if (!q && m && !m[k])                                                              \
                    continue;                                                                      \
                st = worst(st, worst(q, status_at(x, k)));                                         \
                best = !any || a[k] BETTER best ? a[k] : best;                                     \
                any = 1;                                                                           \
            }                                                                                      \
            d[r] = best;                                                                           \
            if (s)                                                                                 \
                s[r] = st;                                                                         \
        }                                                                                          \
        w->frame->st[i->dst] = s;                                                                  \
    }

/* 1 + the rows before this one, or the rows like it. A row that is out has no place. */
#define RANKING(T)                                                                                 \
    static void rank_##T(cr_workspace *w, const cr_insn *i)                                        \
    {                                                                                              \
        const T *restrict a = VAL(w, i->a);                                                        \
        const int8_t *m = i->b >= 0 ? VAL(w, i->b) : NULL;                                         \
        const uint8_t *x = ST(w, i->a), *y = i->b >= 0 ? ST(w, i->b) : NULL;                       \
        const cr_space_rows *c = &w->spaces[i->space];                                             \
        const uint32_t *up = cr_parent_rows(&w->spaces[i->space]);                                 \
        int32_t *d = VAL(w, i->dst);                                                               \
        uint8_t *s = own_status(w, i->dst);                                                        \
        for (uint32_t r = 0, n = N(w, i); r < n; r++) {                                            \
            uint32_t p = up[r];                                                                    \
            uint8_t st = worst(status_at(y, r), status_at(x, r));                                  \
            st = worst(st, status_at(c->list, p));                                                 \
            d[r] = i->mode == CR_SHARING ? 0 : 1;                                                  \
            if (out_of(m, y, r)) {                                                                 \
                s[r] = CR_INVALID;                                                                 \
                continue;                                                                          \
            }                                                                                      \
            for (uint32_t k = c->off[p]; k < c->off[p + 1]; k++) {                                 \
                if (out_of(m, y, k))                                                               \
                    continue;                                                                      \
                st = worst(st, worst(status_at(y, k), status_at(x, k)));                           \
                d[r] += i->mode == CR_RANK_HIGHEST  ? a[k] > a[r]                                  \
                        : i->mode == CR_RANK_LOWEST ? a[k] < a[r]                                  \
                                                    : a[k] == a[r];                                \
            }                                                                                      \
            s[r] = st;                                                                             \
        }                                                                                          \
    }

#define CHOSEN(T)                                                                                  \
    static void the_##T(cr_workspace *w, const cr_insn *i)                                         \
    {                                                                                              \
        const T *restrict a = VAL(w, i->a);                                                        \
        const int8_t *m = i->b >= 0 ? VAL(w, i->b) : NULL;                                         \
        const uint8_t *x = ST(w, i->a), *y = i->b >= 0 ? ST(w, i->b) : NULL;                       \
        const cr_space_rows *c = &w->spaces[i->child];                                             \
        int32_t *d = VAL(w, i->dst);                                                               \
        uint8_t *s = own_status(w, i->dst);                                                        \
        for (uint32_t r = 0, n = N(w, i); r < n; r++) {                                            \
            uint8_t st = status_at(c->list, r);                                                    \
            int tie = 0;                                                                           \
            d[r] = -1;                                                                             \
            for (uint32_t k = c->off[r]; k < c->off[r + 1]; k++) {                                 \
                if (out_of(m, y, k))                                                               \
                    continue;                                                                      \
                st = worst(st, worst(status_at(y, k), status_at(x, k)));                           \
                int first = d[r] < 0, same = !first && a[k] == a[d[r]];                            \
                int better = !first && (i->mode ? a[k] < a[d[r]] : a[k] > a[d[r]]);                \
                tie = same || (tie && !better);                                                    \
                if (first || better || (same && i->wide == CR_TIES_LAST))                          \
                    d[r] = (int32_t)k;                                                             \
            }                                                                                      \
            s[r] = !st && tie && i->wide == CR_TIES_INVALID ? CR_INVALID : st;                     \
        }                                                                                          \
    }

/* The next row below (mode 0) or above this one, in the order of a. */
#define NEIGHBOUR(T)                                                                               \
    static void beside_##T(cr_workspace *w, const cr_insn *i)                                      \
    {                                                                                              \
        const T *restrict a = VAL(w, i->a);                                                        \
        const int8_t *m = i->b >= 0 ? VAL(w, i->b) : NULL;                                         \
        const uint8_t *x = ST(w, i->a), *y = i->b >= 0 ? ST(w, i->b) : NULL;                       \
        const cr_space_rows *c = &w->spaces[i->space];                                             \
        const uint32_t *up = cr_parent_rows(&w->spaces[i->space]);                                 \
        int32_t *d = VAL(w, i->dst);                                                               \
        uint8_t *s = own_status(w, i->dst);                                                        \
        for (uint32_t r = 0, n = N(w, i); r < n; r++) {                                            \
            uint32_t p = up[r];                                                                    \
            uint8_t st = worst(status_at(x, r), status_at(c->list, p));                            \
            int tie = 0;                                                                           \
            d[r] = -1;                                                                             \
            for (uint32_t k = c->off[p]; k < c->off[p + 1]; k++) {                                 \
                if (k == r || out_of(m, y, k))                                                     \
                    continue;                                                                      \
                st = worst(st, worst(status_at(y, k), status_at(x, k)));                           \
                if (i->mode ? a[k] <= a[r] : a[k] >= a[r])                                         \
                    continue;                                                                      \
                int first = d[r] < 0, same = !first && a[k] == a[d[r]];                            \
                int better = !first && (i->mode ? a[k] < a[d[r]] : a[k] > a[d[r]]);                \
                tie = same || (tie && !better);                                                    \
                if (first || better || (same && i->wide == CR_TIES_LAST))                          \
                    d[r] = (int32_t)k;                                                             \
            }                                                                                      \
            s[r] = !st && tie && i->wide == CR_TIES_INVALID ? CR_INVALID : st;                     \
        }                                                                                          \
    }

#define ROWOF(T)                                                                                   \
    static void row_of_##T(cr_workspace *w, const cr_insn *i)                                      \
    {                                                                                              \
        const int32_t *at = VAL(w, i->a);                                                          \
        const T *restrict v = VAL(w, i->b);                                                        \
        const uint8_t *x = ST(w, i->a), *y = ST(w, i->b);                                          \
        T *restrict d = VAL(w, i->dst);                                                            \
        uint8_t *s = own_status(w, i->dst);                                                        \
        for (uint32_t r = 0, n = N(w, i); r < n; r++) {                                            \
            uint8_t st = status_at(x, r);                                                          \
            int some = !st && at[r] >= 0;                                                          \
            d[r] = some ? v[at[r]] : (T)i->mode;                                                   \
            s[r] = st ? st : some ? status_at(y, (uint32_t)at[r]) : CR_INVALID;                    \
        }                                                                                          \
        if (i->mode) /* a divisor: always known */                                                 \
            w->frame->st[i->dst] = NULL;                                                           \
    }

/* What the month before left; the lane's proof is the type's range, checked when it was kept. */
#define CARRIED(T)                                                                                 \
    static void carried_##T(cr_workspace *w, const cr_insn *i)                                     \
    {                                                                                              \
        static const cr_kept none = {0};                                                           \
        const cr_kept *kept = w->kept ? &w->kept[i->imm] : &none;                                  \
        T *d = VAL(w, i->dst);                                                                     \
        uint8_t *s = own_status(w, i->dst);                                                        \
        for (uint32_t k = 0, n = N(w, i); k < n; k++) {                                            \
            int has = k < kept->n;                                                                 \
            d[k] = (T)(has && !kept->cell[k].status ? kept->cell[k].value : 0);                    \
            s[k] = has ? kept->cell[k].status : (uint8_t)CR_UNDETERMINED;                          \
        }                                                                                          \
    }

#define ALL_LANES(T)                                                                               \
    BINARY(add, T, a[k] + b[k])                                                                    \
    BINARY(sub, T, a[k] - b[k])                                                                    \
    BINARY(min, T, a[k] < b[k] ? a[k] : b[k])                                                      \
    BINARY(max, T, a[k] > b[k] ? a[k] : b[k])                                                      \
    COMPARE(eq, T, ==)                                                                             \
    COMPARE(lt, T, <)                                                                              \
    COMPARE(le, T, <=)                                                                             \
    MULTIPLY(T)                                                                                    \
    SELECTION(T)                                                                                   \
    PICKING(T)                                                                                     \
    MONADIC(neg, T, -a[k])                                                                         \
    DIVISION(T)                                                                                    \
    DIVISOR(T)                                                                                     \
    UPWARD(T)                                                                                      \
    SUMMATION(T)                                                                                   \
    EXTREME(highest, T, >)                                                                         \
    EXTREME(lowest, T, <)                                                                          \
    RANKING(T)                                                                                     \
    CHOSEN(T)                                                                                      \
    NEIGHBOUR(T)                                                                                   \
    ROWOF(T)                                                                                       \
    CARRIED(T)

ALL_LANES(int8_t)
ALL_LANES(int16_t)
ALL_LANES(int32_t)
ALL_LANES(int64_t)
ALL_LANES(cr_i128)

/* ---- the same value, another status ---- */

/* Values are not copied: the register stands for its operand's. */
static void k_both(cr_workspace *w, const cr_insn *i)
{
    VAL(w, i->dst) = VAL(w, i->a);
    strict2(w, i, i->a, i->b);
}

static void k_gate(cr_workspace *w, const cr_insn *i)
{
    const int8_t *restrict g = VAL(w, i->b);
    const uint8_t *x = ST(w, i->a), *y = ST(w, i->b);
    uint32_t n = N(w, i), fails = 0;
    VAL(w, i->dst) = VAL(w, i->a);
    same_status(w, i->dst, i->a);
    for (uint32_t k = 0; k < n; k++)
        fails |= (uint32_t)(!status_at(y, k) & !g[k]);
    if (!fails)
        return;
    uint8_t *s = own_status(w, i->dst);
    for (uint32_t k = 0; k < n; k++)
        s[k] = !status_at(y, k) && !g[k] ? CR_INVALID : status_at(x, k);
}

/* ---- from one lane to another ---- */

#define CONVERT(T)                                                                                 \
    static void conv_##T(cr_workspace *w, const cr_insn *i)                                        \
    {                                                                                              \
        T *restrict d = VAL(w, i->dst);                                                            \
        const void *v = VAL(w, i->a);                                                              \
        uint32_t n = N(w, i);                                                                      \
        switch (i->mode) {                                                                         \
        case CR_LANE_8: FROM(int8_t, T) break;                                                     \
        case CR_LANE_16: FROM(int16_t, T) break;                                                   \
        case CR_LANE_32: FROM(int32_t, T) break;                                                   \
        case CR_LANE_64: FROM(int64_t, T) break;                                                   \
        case CR_LANE_WIDE:                                                                         \
            for (uint32_t k = 0; k < n; k++) {                                                     \
                cr_i128 value = 0;                                                                 \
                cr_wide_to(&((const cr_wide *)v)[k], &value);                                      \
                d[k] = (T)value;                                                                   \
            }                                                                                      \
            break;                                                                                 \
        default: FROM(cr_i128, T) break;                                                           \
        }                                                                                          \
        strict2(w, i, i->a, -1);                                                                   \
    }
#define FROM(S, T)                                                                                 \
    for (uint32_t k = 0; k < n; k++)                                                               \
        d[k] = (T)((const S *)v)[k];

CONVERT(int8_t)
CONVERT(int16_t)
CONVERT(int32_t)
CONVERT(int64_t)
CONVERT(cr_i128)

/* ---- bytes ---- */

static void k_and(cr_workspace *w, const cr_insn *i)
{
    const int8_t *a = VAL(w, i->a), *b = VAL(w, i->b);
    const uint8_t *x = ST(w, i->a), *y = ST(w, i->b);
    int8_t *d = VAL(w, i->dst);
    uint32_t n = N(w, i);
    for (uint32_t k = 0; k < n; k++)
        d[k] = a[k] & b[k];
    w->frame->st[i->dst] = NULL;
    if (!x && !y)
        return;
    uint8_t *s = own_status(w, i->dst);
    for (uint32_t k = 0; k < n; k++) {
        uint8_t p = status_at(x, k), q = status_at(y, k);
        int no = (!p && !a[k]) || (!q && !b[k]);
        s[k] = no ? CR_KNOWN : worst(p, q);
    }
}

static void k_or(cr_workspace *w, const cr_insn *i)
{
    const int8_t *a = VAL(w, i->a), *b = VAL(w, i->b);
    const uint8_t *x = ST(w, i->a), *y = ST(w, i->b);
    int8_t *d = VAL(w, i->dst);
    uint32_t n = N(w, i);
    for (uint32_t k = 0; k < n; k++)
        d[k] = a[k] | b[k];
    w->frame->st[i->dst] = NULL;
    if (!x && !y)
        return;
    uint8_t *s = own_status(w, i->dst);
    for (uint32_t k = 0; k < n; k++) {
        uint8_t p = status_at(x, k), q = status_at(y, k);
        int yes = (!p && a[k]) || (!q && b[k]);
        s[k] = yes ? CR_KNOWN : worst(p, q);
    }
}

static void k_not(cr_workspace *w, const cr_insn *i)
{
    const int8_t *a = VAL(w, i->a);
    int8_t *d = VAL(w, i->dst);
    for (uint32_t k = 0, n = N(w, i); k < n; k++)
        d[k] = !a[k];
    strict2(w, i, i->a, -1);
}

static void k_known(cr_workspace *w, const cr_insn *i)
{
    const int8_t *a = VAL(w, i->a);
    const uint8_t *x = ST(w, i->a);
    int8_t *d = VAL(w, i->dst);
    int8_t want = i->op == CR_OP_KNOWN_YES;
    for (uint32_t k = 0, n = N(w, i); k < n; k++)
        d[k] = !status_at(x, k) && a[k] == want;
    w->frame->st[i->dst] = NULL;
}

/* ANY and ALL are the disjunction and conjunction of the rows: `decides` lets go of all others, the
 * list included. */
static void k_quantifier(cr_workspace *w, const cr_insn *i)
{
    const int8_t *a = VAL(w, i->a);
    const uint8_t *x = ST(w, i->a);
    const cr_space_rows *c = &w->spaces[i->child];
    int8_t *d = VAL(w, i->dst), decides = i->op == CR_OP_ANY;
    uint8_t *s = x || c->list ? w->frame->st_memory[i->dst] : NULL;
    for (uint32_t r = 0, n = N(w, i); r < n; r++) {
        uint8_t st = status_at(c->list, r);
        int decided = 0;
        for (uint32_t k = c->off[r]; k < c->off[r + 1]; k++) {
            uint8_t p = status_at(x, k);
            decided |= !p && a[k] == decides;
            st = worst(st, p);
        }
        d[r] = decided ? decides : !decides;
        if (s)
            s[r] = decided ? CR_KNOWN : st;
    }
    w->frame->st[i->dst] = s;
}

static void k_in_set(cr_workspace *w, const cr_insn *i)
{
    const int8_t *a = VAL(w, i->a);
    int8_t *d = VAL(w, i->dst);
    for (uint32_t k = 0, n = N(w, i); k < n; k++)
        d[k] = a[k] >= 0 && a[k] < 64 && ((uint64_t)i->wide >> a[k] & 1);
    strict2(w, i, i->a, -1);
}

static void k_in_mask(cr_workspace *w, const cr_insn *i)
{
    const int8_t *a = VAL(w, i->a);
    const int64_t *b = VAL(w, i->b);
    int8_t *d = VAL(w, i->dst);
    for (uint32_t k = 0, n = N(w, i); k < n; k++)
        d[k] = a[k] >= 0 && a[k] < 64 && ((uint64_t)b[k] >> a[k] & 1);
    strict2(w, i, i->a, i->b);
}

/* ---- places ---- */

static void k_within(cr_workspace *w, const cr_insn *i)
{
    const int32_t *a = VAL(w, i->a), *b = VAL(w, i->b);
    int8_t *d = VAL(w, i->dst);
    for (uint32_t k = 0, n = N(w, i); k < n; k++)
        d[k] = (int8_t)(cr_region_within(w->calc->policy, a[k], b[k]) != 0);
    strict2(w, i, i->a, i->b);
}

static void k_place(cr_workspace *w, const cr_insn *i)
{
    const int32_t *a = VAL(w, i->a);
    int32_t *d = VAL(w, i->dst);
    strict2(w, i, i->a, -1);
    for (uint32_t k = 0, n = N(w, i); k < n; k++) {
        const cr_region *r = &w->calc->policy->regions.at[a[k]];
        d[k] = i->mode ? r->province : r->city;
        if (d[k] < 0) {
            d[k] = 0;
            own_failure(w, i, k, CR_INVALID);
        }
    }
}

/* ---- time ---- */

static int add_time(const cr_workspace *w, cr_op op, int32_t day, int32_t count, int32_t *out)
{
    int32_t year;
    switch (op) {
    case CR_OP_ADD_YEARS: return cr_date_add_years(day, count, 0, out) ? CR_INVALID : CR_KNOWN;
    case CR_OP_ADD_MONTHS: return cr_date_add_months(day, count, out) ? CR_INVALID : CR_KNOWN;
    case CR_OP_ADD_DAYS: return cr_date_add_days(day, count, out) ? CR_INVALID : CR_KNOWN;
    case CR_OP_ADD_MINUTES:
        *out = day + count; /* the count is held to what fits */
        return *out < CR_TIME_MIN || *out > CR_TIME_MAX ? CR_INVALID : CR_KNOWN;
    case CR_OP_ADD_WORKDAYS: {
        int bad = cr_calendar_add(&w->calc->policy->calendar, day, count, out, &year);
        return bad == 1 ? CR_NO_DATA : bad ? CR_INVALID : CR_KNOWN;
    }
    default:
        *out = day + count;
        return *out < cr_month_of(CR_DATE_MIN) || *out > cr_month_of(CR_DATE_MAX) ? CR_INVALID
                                                                                  : CR_KNOWN;
    }
}

/* Never plus anything is never. Rows that are not known are skipped: their lanes need not be dates.
 */
static void k_add_time(cr_workspace *w, const cr_insn *i)
{
    const int32_t *a = VAL(w, i->a), *b = VAL(w, i->b);
    int32_t *d = VAL(w, i->dst);
    strict2(w, i, i->a, i->b);
    for (uint32_t k = 0, n = N(w, i); k < n; k++) {
        int32_t out = 0;
        if (a[k] == CR_NEVER) {
            d[k] = CR_NEVER;
            continue;
        }
        d[k] = 0;
        if (status_at(ST(w, i->dst), k))
            continue;
        int bad = add_time(w, (cr_op)i->op, a[k], b[k], &out);
        if (bad)
            own_failure(w, i, k, (uint8_t)bad);
        else
            d[k] = out;
    }
}

static void k_span(cr_workspace *w, const cr_insn *i)
{
    const int32_t *a = VAL(w, i->a), *b = VAL(w, i->b);
    int32_t *d = VAL(w, i->dst);
    strict2(w, i, i->a, i->b);
    for (uint32_t k = 0, n = N(w, i); k < n; k++) {
        d[k] = 0;
        if (status_at(ST(w, i->dst), k))
            continue;
        if (a[k] == CR_NEVER || b[k] == CR_NEVER)
            own_failure(w, i, k, CR_INVALID);
        else
            d[k] = i->mode == CR_SPAN_YEARS    ? cr_age_years(a[k], b[k], 0)
                   : i->mode == CR_SPAN_MONTHS ? cr_months_between(a[k], b[k])
                                               : b[k] - a[k];
    }
}

static int32_t part_of(cr_op op, int32_t v)
{
    int y, m, d;
    switch (op) {
    case CR_OP_DATE_OF: return cr_date_of(v);
    case CR_OP_MONTH_OF: return cr_month_of(v);
    case CR_OP_YEAR_OF_DATE: cr_date_split(v, &y, &m, &d); return y;
    case CR_OP_YEAR_OF_MONTH: return v / 12;
    case CR_OP_FIRST_DAY: return cr_month_first(v);
    default: return cr_month_last(v);
    }
}

static void k_part(cr_workspace *w, const cr_insn *i)
{
    const int32_t *a = VAL(w, i->a);
    int32_t *d = VAL(w, i->dst);
    int year = i->op == CR_OP_YEAR_OF_DATE || i->op == CR_OP_YEAR_OF_MONTH;
    strict2(w, i, i->a, -1);
    for (uint32_t k = 0, n = N(w, i); k < n; k++) {
        d[k] = 0;
        if (status_at(ST(w, i->dst), k))
            continue;
        if (a[k] != CR_NEVER)
            d[k] = part_of((cr_op)i->op, a[k]);
        else if (year)
            own_failure(w, i, k, CR_INVALID);
        else
            d[k] = CR_NEVER;
    }
}

/* ---- what comes from outside ---- */

static void k_on(cr_workspace *w, const cr_insn *i)
{
    int32_t *d = VAL(w, i->dst);
    for (uint32_t k = 0, n = N(w, i); k < n; k++)
        d[k] = w->days ? w->days[k] : w->on;
    w->frame->st[i->dst] = NULL;
}

static void k_cells(cr_workspace *w, const cr_insn *i)
{
    w->input->is->cells(w->input, w, i);
}

static void k_stepped(cr_workspace *w, const cr_insn *i)
{
    memset(VAL(w, i->dst), w->step > 0, N(w, i));
    w->frame->st[i->dst] = NULL;
}

#define LANES(NAME)                                                                                \
    {                                                                                              \
        NAME##_int8_t, NAME##_int16_t, NAME##_int32_t, NAME##_int64_t, NAME##_cr_i128,             \
            cr_##NAME##_cr_wide                                                                    \
    }
/* What is never wide: what comes from outside. */
#define NARROW(NAME)                                                                               \
    {                                                                                              \
        NAME##_int8_t, NAME##_int16_t, NAME##_int32_t, NAME##_int64_t, NAME##_cr_i128, NULL        \
    }
#define SAME(NAME)                                                                                 \
    {                                                                                              \
        NAME, NAME, NAME, NAME, NAME, NAME                                                         \
    }

const cr_kernel cr_kernels[CR_OP_COUNT][CR_LANES] = {
    /* CONST and FAIL are filled when the frame is made, and never run */
    [CR_OP_ON] = SAME(k_on),
    [CR_OP_INPUT] = SAME(k_cells),
    [CR_OP_ABSENT] = SAME(k_cells),
    [CR_OP_ABSENT_ON] = SAME(k_cells),
    [CR_OP_INPUT_ON] = SAME(k_cells),
    [CR_OP_CARRIED] = NARROW(carried),
    [CR_OP_STEPPED] = SAME(k_stepped),
    [CR_OP_GIVEN] = SAME(k_cells),
    [CR_OP_GIVEN_ON] = SAME(k_cells),
    [CR_OP_CONV] = LANES(conv),
    [CR_OP_ADD] = LANES(add),
    [CR_OP_SUB] = LANES(sub),
    [CR_OP_MUL] = LANES(mul),
    [CR_OP_NEG] = NARROW(neg),
    [CR_OP_MIN] = LANES(min),
    [CR_OP_MAX] = LANES(max),
    [CR_OP_EQ] = LANES(eq),
    [CR_OP_LT] = LANES(lt),
    [CR_OP_LE] = LANES(le),
    [CR_OP_SELECT] = LANES(select),
    [CR_OP_PICK] = LANES(pick),
    [CR_OP_ROUND] = LANES(round),
    [CR_OP_DIVISOR] = LANES(divisor),
    [CR_OP_BOTH] = {k_both, k_both, k_both, k_both, k_both, cr_both_cr_wide},
    [CR_OP_GATE] = SAME(k_gate),
    [CR_OP_UP] = LANES(up),
    [CR_OP_SUM] = LANES(sum),
    [CR_OP_MULTIPLE] = SAME(cr_k_multiple),
    [CR_OP_HIGHEST] = LANES(highest),
    [CR_OP_LOWEST] = LANES(lowest),
    [CR_OP_RANK] = LANES(rank),
    [CR_OP_PLACED] = SAME(cr_k_placed),
    [CR_OP_THE] = LANES(the),
    [CR_OP_BESIDE] = LANES(beside),
    [CR_OP_ROW_OF] = LANES(row_of),
    [CR_OP_ALLOCATE] = SAME(cr_k_allocate),
    [CR_OP_ANY] = SAME(k_quantifier),
    [CR_OP_ALL] = SAME(k_quantifier),
    [CR_OP_AND] = SAME(k_and),
    [CR_OP_OR] = SAME(k_or),
    [CR_OP_NOT] = SAME(k_not),
    [CR_OP_KNOWN_YES] = SAME(k_known),
    [CR_OP_KNOWN_NO] = SAME(k_known),
    [CR_OP_IN_SET] = SAME(k_in_set),
    [CR_OP_IN_MASK] = SAME(k_in_mask),
    [CR_OP_WITHIN] = SAME(k_within),
    [CR_OP_PLACE] = SAME(k_place),
    [CR_OP_ADD_DAYS] = SAME(k_add_time),
    [CR_OP_ADD_MONTHS] = SAME(k_add_time),
    [CR_OP_ADD_YEARS] = SAME(k_add_time),
    [CR_OP_ADD_WORKDAYS] = SAME(k_add_time),
    [CR_OP_MONTH_ADD] = SAME(k_add_time),
    [CR_OP_ADD_MINUTES] = SAME(k_add_time),
    [CR_OP_SPAN] = SAME(k_span),
    [CR_OP_DATE_OF] = SAME(k_part),
    [CR_OP_MONTH_OF] = SAME(k_part),
    [CR_OP_YEAR_OF_DATE] = SAME(k_part),
    [CR_OP_YEAR_OF_MONTH] = SAME(k_part),
    [CR_OP_FIRST_DAY] = SAME(k_part),
    [CR_OP_LAST_DAY] = SAME(k_part),
    [CR_OP_ROW] = SAME(cr_k_row),
    [CR_OP_ROW_VALUE] = SAME(cr_k_row_value),
    [CR_OP_LOOK_UP] = SAME(cr_k_look_up),
    [CR_OP_ROW_NONE] = SAME(cr_k_row_none),
    [CR_OP_ROW_BELOW] = SAME(cr_k_row_below),
};
