/* SPDX-License-Identifier: Apache-2.0 */
/* Exact rationals over registers: every operation proves from intervals that its lanes suffice, or
   refuses.

   A value is register / (den × div). S: div absent. U: div is a register of positive divisors. Sums
   of U with one divisor add numerators; different divisors are multiplied across, and where they
   differ from row to row, brought over their least common multiple. What 128 bits do not hold is
   wide; what needs more than the bits of a wide one does not compile. */
#include "engine/build.h"

enum { CR_MOST_CONSTANT = 80 }; /* the least common multiple of 1 to 80 is a constant of 128 bits */

static const char WIDE[] = "the exact result may need more than 128 bits";
static const char ROWS[] = "over one divisor, quotients whose divisors differ from row to row may "
                           "need more than 1015 bits:"
                           " bound the divisor or the list";

static int mul_bounds(cr_i128 alo, cr_i128 ahi, cr_i128 blo, cr_i128 bhi, cr_i128 *lo, cr_i128 *hi)
{
    cr_i128 p[4];
    if (cr_i128_mul(alo, blo, &p[0]) || cr_i128_mul(alo, bhi, &p[1]) ||
        cr_i128_mul(ahi, blo, &p[2]) || cr_i128_mul(ahi, bhi, &p[3]))
        return 1;
    *lo = *hi = p[0];
    for (int i = 1; i < 4; i++) {
        *lo = p[i] < *lo ? p[i] : *lo;
        *hi = p[i] > *hi ? p[i] : *hi;
    }
    return 0;
}

static cr_i128 with_zero_lo(cr_i128 lo)
{
    return lo < 0 ? lo : 0;
}

static cr_i128 with_zero_hi(cr_i128 hi)
{
    return hi > 0 ? hi : 0;
}

/* ---- the wide path: where the proof needs more than 128 bits, or an operand is wide ---- */

static int32_t wide2(cr_build *b, int32_t space, cr_op op, int32_t x, int32_t y, uint32_t bits)
{
    cr_insn insn = {0};
    insn.op = (uint8_t)op;
    insn.space = (int16_t)space;
    insn.a = cr_emit_lane(b, cr_emit_space(b, x, space), CR_LANE_WIDE);
    insn.b = cr_emit_lane(b, cr_emit_space(b, y, space), CR_LANE_WIDE);
    insn.c = -1;
    return b->failed ? -1 : cr_emit_wide(b, insn, bits);
}

static cr_pval wide_value(cr_pval v, int32_t reg, int negative)
{
    v.reg = reg;
    v.lo = negative ? -1 : 0;
    v.hi = 1;
    return v;
}

static uint32_t more_bits(uint32_t x, uint32_t y)
{
    return x > y ? x : y;
}

static uint32_t bits_of(cr_i128 v)
{
    uint32_t bits = 0;
    for (; v > 0; v >>= 1)
        bits++;
    return bits;
}

/* register × constant, bounds included */
static cr_pval times(cr_build *b, int32_t space, cr_pval v, cr_i128 factor)
{
    cr_i128 lo, hi, wlo, whi;
    if (b->failed || v.reg < 0 || factor == 1)
        return v;
    const cr_reg r = b->plan->regs.at[v.reg];
    if (cr_reg_wide(b, v.reg) || mul_bounds(v.lo, v.hi, factor, factor, &lo, &hi) ||
        mul_bounds(r.lo, r.hi, factor, factor, &wlo, &whi)) {
        int32_t by = cr_emit_const(b, space, factor);
        uint32_t bits = cr_reg_bits(b, v.reg) + (b->failed ? 0 : cr_reg_bits(b, by));
        return wide_value(v, wide2(b, space, CR_OP_MUL, v.reg, by, bits), v.lo < 0 || factor < 0);
    }
    if (r.is_const)
        v.reg = cr_emit_const(b, space, r.value * factor);
    else
        v.reg = cr_emit2(b, CR_OP_MUL, space, v.reg, cr_emit_const(b, space, factor), wlo, whi);
    v.lo = lo;
    v.hi = hi;
    return v;
}

/* numerator × divisor register */
static cr_pval times_reg(cr_build *b, int32_t space, cr_pval v, int32_t by)
{
    cr_i128 lo, hi, wlo, whi;
    if (b->failed || v.reg < 0 || by < 0)
        return v;
    const cr_reg r = b->plan->regs.at[v.reg], d = b->plan->regs.at[by];
    if (cr_reg_wide(b, v.reg) || cr_reg_wide(b, by) || mul_bounds(v.lo, v.hi, 1, d.hi, &lo, &hi) ||
        mul_bounds(r.lo, r.hi, 0, d.hi, &wlo, &whi)) {
        uint32_t bits = cr_reg_bits(b, v.reg) + cr_reg_bits(b, by);
        return wide_value(v, wide2(b, space, CR_OP_MUL, v.reg, by, bits), v.lo < 0);
    }
    v.reg = cr_emit2(b, CR_OP_MUL, space, v.reg, by, wlo, whi);
    v.lo = lo;
    v.hi = hi;
    return v;
}

/* ---- divisors: products of a few factors, so that a common multiple takes no more than it must
 * ---- */

static uint32_t factors_of(const cr_build *b, int32_t div, int32_t out[CR_MAX_FACTORS])
{
    if (div < 0)
        return 0;
    for (int32_t above = cr_emit_above(b, div); above >= 0; above = cr_emit_above(b, div))
        div = above;
    for (uint32_t i = 0; i < b->products.n; i++)
        if (b->products.at[i].reg == div) {
            for (uint32_t k = 0; k < b->products.at[i].n; k++)
                out[k] = b->products.at[i].factor[k];
            return b->products.at[i].n;
        }
    out[0] = div;
    return 1;
}

static int32_t deeper(const cr_build *b, int32_t x, int32_t y)
{
    int32_t s = b->plan->regs.at[x].space, t = b->plan->regs.at[y].space;
    return b->program->entities.at[s].depth >= b->program->entities.at[t].depth ? s : t;
}

/* The product stays in the row its factors belong to, so that sums see that it is one for all rows
 * of a list. */
static int32_t product_of(cr_build *b, int32_t space, const int32_t *factor, uint32_t n)
{
    cr_product p = {0};
    if (n == 0 || b->failed)
        return -1;
    int32_t reg = factor[0];
    for (uint32_t i = 1; i < n && !b->failed; i++) {
        cr_i128 hi;
        int32_t at = deeper(b, reg, factor[i]);
        if (cr_reg_wide(b, reg) || cr_reg_wide(b, factor[i]) ||
            cr_i128_mul(b->plan->regs.at[reg].hi, b->plan->regs.at[factor[i]].hi, &hi))
            reg = wide2(b, at, CR_OP_MUL, reg, factor[i],
                        cr_reg_bits(b, reg) + cr_reg_bits(b, factor[i]));
        else
            reg = cr_emit2(b, CR_OP_MUL, at, reg, factor[i], 0, hi);
    }
    if (b->failed)
        return -1;
    p.reg = reg;
    p.n = n;
    for (uint32_t i = 0; i < n; i++)
        p.factor[i] = factor[i];
    if (n > 1 && !CR_PUSH(&b->calc->arena, b->products, p)) {
        b->error->oom = 1;
        cr_build_fail(b, "out of memory");
    }
    return cr_emit_space(b, reg, space);
}

/* What `of` has beyond `than`; both sorted. */
static uint32_t factors_beyond(const int32_t *of, uint32_t n, const int32_t *than, uint32_t m,
                               int32_t *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0, k = 0; i < n; i++) {
        while (k < m && than[k] < of[i])
            k++;
        if (k < m && than[k] == of[i])
            k++;
        else
            out[count++] = of[i];
    }
    return count;
}

static uint32_t merge_factors(cr_build *b, const int32_t *x, uint32_t n, const int32_t *y,
                              uint32_t m, int32_t *out)
{
    uint32_t count = 0, i = 0, k = 0;
    if (n + m > CR_MAX_FACTORS) {
        cr_build_fail(b, "more than twelve divisors in one quotient");
        return 0;
    }
    while (i < n || k < m)
        out[count++] = k == m || (i < n && x[i] <= y[k]) ? x[i++] : y[k++];
    return count;
}

static int32_t mul_divisors(cr_build *b, int32_t space, int32_t x, int32_t y)
{
    int32_t fx[CR_MAX_FACTORS], fy[CR_MAX_FACTORS], all[CR_MAX_FACTORS];
    uint32_t n = factors_of(b, x, fx), m = factors_of(b, y, fy);
    n = merge_factors(b, fx, n, fy, m, all);
    return product_of(b, space, all, n);
}

/* Brings two values to one denominator and one divisor. */
static void align(cr_build *b, int32_t space, cr_pval *x, cr_pval *y)
{
    int32_t fx[CR_MAX_FACTORS], fy[CR_MAX_FACTORS], more[CR_MAX_FACTORS] = {0}, all[CR_MAX_FACTORS];
    cr_i128 den;
    *x = cr_pval_space(b, *x, space);
    *y = cr_pval_space(b, *y, space);
    if (b->failed)
        return;
    if (cr_lcm(x->den, y->den, &den)) {
        cr_build_fail(b, WIDE);
        return;
    }
    *x = times(b, space, *x, den / x->den);
    *y = times(b, space, *y, den / y->den);
    x->den = y->den = den;
    if (x->div == y->div || b->failed)
        return;
    uint32_t n = factors_of(b, x->div, fx), m = factors_of(b, y->div, fy);
    uint32_t k = factors_beyond(fx, n, fy, m, more);
    *y = times_reg(b, space, *y, product_of(b, space, more, k));
    k = factors_beyond(fy, m, fx, n, more);
    *x = times_reg(b, space, *x, product_of(b, space, more, k));
    n = merge_factors(b, fx, n, more, k, all);
    x->div = y->div = product_of(b, space, all, n);
}

static int32_t fold(cr_build *b, int32_t space, cr_op op, int32_t x, int32_t y)
{
    const cr_reg rx = b->plan->regs.at[x], ry = b->plan->regs.at[y];
    if (!rx.is_const || !ry.is_const)
        return -1;
    cr_i128 v = op == CR_OP_ADD   ? rx.value + ry.value
                : op == CR_OP_SUB ? rx.value - ry.value
                : op == CR_OP_MIN ? (rx.value < ry.value ? rx.value : ry.value)
                                  : (rx.value > ry.value ? rx.value : ry.value);
    return cr_emit_const(b, space, v);
}

static int32_t emit_folded(cr_build *b, int32_t space, cr_op op, int32_t x, int32_t y, cr_i128 lo,
                           cr_i128 hi)
{
    int32_t folded = fold(b, space, op, x, y);
    return folded >= 0 ? folded : cr_emit2(b, op, space, x, y, lo, hi);
}

/* x - y, where y <= x in every row that counts, and lanes are saved by saying so. */
static cr_pval not_below_zero(cr_build *b, int32_t space, cr_pval difference, cr_i128 lo,
                              cr_i128 hi)
{
    if (b->failed || hi < 0 || -lo <= hi)
        return difference;
    int32_t zero = cr_emit_const(b, space, 0);
    difference.reg = cr_emit2(b, CR_OP_MAX, space, difference.reg, zero, 0, hi);
    difference.lo = difference.lo > 0 ? difference.lo : 0;
    return difference;
}

cr_pval cr_num_add(cr_build *b, int32_t space, cr_pval x, cr_pval y, int sign)
{
    cr_i128 lo, hi, wlo, whi;
    align(b, space, &x, &y);
    if (b->failed)
        return cr_pval_none();
    const cr_reg rx = b->plan->regs.at[x.reg], ry = b->plan->regs.at[y.reg];
    int bad = sign > 0 ? cr_i128_add(x.lo, y.lo, &lo) | cr_i128_add(x.hi, y.hi, &hi) |
                             cr_i128_add(rx.lo, ry.lo, &wlo) | cr_i128_add(rx.hi, ry.hi, &whi)
                       : cr_i128_sub(x.lo, y.hi, &lo) | cr_i128_sub(x.hi, y.lo, &hi) |
                             cr_i128_sub(rx.lo, ry.hi, &wlo) | cr_i128_sub(rx.hi, ry.lo, &whi);
    if (bad || cr_reg_wide(b, x.reg) || cr_reg_wide(b, y.reg)) {
        uint32_t bits = more_bits(cr_reg_bits(b, x.reg), cr_reg_bits(b, y.reg)) + 1;
        return wide_value(x, wide2(b, space, sign > 0 ? CR_OP_ADD : CR_OP_SUB, x.reg, y.reg, bits),
                          x.lo < 0 || (sign > 0 ? y.lo < 0 : 1));
    }
    int ordered = sign < 0 && cr_guard_ordered(b, y.reg, x.reg);
    x.reg = emit_folded(b, space, sign > 0 ? CR_OP_ADD : CR_OP_SUB, x.reg, y.reg, wlo, whi);
    x.lo = lo;
    x.hi = hi;
    return ordered ? not_below_zero(b, space, x, wlo, whi) : x;
}

cr_pval cr_num_mul(cr_build *b, int32_t space, cr_pval x, cr_pval y)
{
    cr_i128 value, lo, hi, wlo, whi, den;
    x = cr_pval_space(b, x, space);
    y = cr_pval_space(b, y, space);
    if (b->failed)
        return cr_pval_none();
    if (cr_i128_mul(x.den, y.den, &den)) {
        cr_build_fail(b, WIDE);
        return cr_pval_none();
    }
    if (cr_pval_is_const(b, x, &value)) {
        cr_pval swap = x;
        x = y;
        y = swap;
    }
    int32_t div = mul_divisors(b, space, x.div, y.div);
    const cr_reg rx = b->plan->regs.at[x.reg], ry = b->plan->regs.at[y.reg];
    if (b->failed)
        return cr_pval_none();
    if (cr_reg_wide(b, x.reg) || cr_reg_wide(b, y.reg) ||
        mul_bounds(x.lo, x.hi, y.lo, y.hi, &lo, &hi) ||
        mul_bounds(rx.lo, rx.hi, ry.lo, ry.hi, &wlo, &whi)) {
        uint32_t bits = cr_reg_bits(b, x.reg) + cr_reg_bits(b, y.reg);
        x.den = den;
        x.div = div;
        return wide_value(x, wide2(b, space, CR_OP_MUL, x.reg, y.reg, bits), x.lo < 0 || y.lo < 0);
    }
    if (rx.is_const && ry.is_const)
        x.reg = cr_emit_const(b, space, rx.value * ry.value);
    else if (!(ry.is_const && ry.value == 1))
        x.reg = cr_emit2(b, CR_OP_MUL, space, x.reg, y.reg, wlo, whi);
    x.den = den;
    x.div = div;
    x.lo = lo;
    x.hi = hi;
    return x;
}

/* x / y where y was proved or guarded to be positive; a divisor that may be negative is refused. */
static cr_pval div_register(cr_build *b, int32_t space, cr_pval x, cr_pval y)
{
    cr_i128 common = cr_gcd(x.den, y.den);
    cr_pval out = times(b, space, x, y.den / common);
    out.den = x.den / common;
    out = times_reg(b, space, out, y.div);
    cr_insn insn = {0};
    insn.op = CR_OP_DIVISOR;
    insn.space = (int16_t)space;
    insn.a = y.reg;
    if (b->failed)
        return out;
    const cr_reg ry = b->plan->regs.at[y.reg];
    for (int32_t above = y.reg; above >= 0; above = cr_emit_above(b, above)) {
        insn.a = above;
        insn.space = b->plan->regs.at[above].space;
    }
    int32_t div =
        cr_emit_space(b, cr_emit(b, insn, (cr_lane)ry.lane, 1, ry.hi > 1 ? ry.hi : 1), space);
    insn.space = (int16_t)space;
    insn.op = CR_OP_BOTH;
    insn.a = cr_emit_lane(b, cr_emit_space(b, out.reg, space),
                          b->failed ? CR_LANE_8 : (cr_lane)b->plan->regs.at[out.reg].lane);
    insn.b = y.reg;
    if (b->failed)
        return out;
    const cr_reg rx = b->plan->regs.at[insn.a];
    out.reg = cr_emit(b, insn, (cr_lane)rx.lane, rx.lo, rx.hi);
    out.div = mul_divisors(b, space, x.div, div);
    return out;
}

cr_pval cr_num_div(cr_build *b, int32_t space, cr_pval x, cr_pval y)
{
    cr_i128 value = 0, den = 1;
    x = cr_pval_space(b, x, space);
    y = cr_pval_space(b, y, space);
    if (b->failed)
        return cr_pval_none();
    if (!cr_pval_is_const(b, y, &value))
        return div_register(b, space, x, y);
    if (value == 0) /* the guard that the checker asked for holds in no row: nobody reads this */
        return x;
    cr_i128 factor = value < 0 ? -y.den : y.den, by = value < 0 ? -value : value;
    cr_i128 g = cr_gcd(factor < 0 ? -factor : factor, by);
    x = times(b, space, x, factor / g);
    if (cr_i128_mul(x.den, by / g, &den))
        cr_build_fail(b, WIDE);
    x.den = den;
    return x;
}

cr_pval cr_num_scale(cr_build *b, int32_t space, cr_pval x, cr_rat by)
{
    cr_i128 g = b->failed ? 1 : cr_gcd(by.num < 0 ? -by.num : by.num, x.den);
    if (g > 1) {
        by.num /= g;
        x.den /= g;
    }
    x = times(b, space, x, by.num);
    if (!b->failed && cr_i128_mul(x.den, by.den, &x.den))
        cr_build_fail(b, WIDE);
    return x;
}

cr_pval cr_num_pick(cr_build *b, int32_t space, cr_op op, cr_pval x, cr_pval y)
{
    align(b, space, &x, &y);
    if (b->failed)
        return cr_pval_none();
    const cr_reg rx = b->plan->regs.at[x.reg], ry = b->plan->regs.at[y.reg];
    int max = op == CR_OP_MAX;
    x.lo = (x.lo > y.lo) == max ? x.lo : y.lo;
    x.hi = (x.hi > y.hi) == max ? x.hi : y.hi;
    x.reg = emit_folded(b, space, op, x.reg, y.reg, (rx.lo > ry.lo) == max ? rx.lo : ry.lo,
                        (rx.hi > ry.hi) == max ? rx.hi : ry.hi);
    return x;
}

int32_t cr_num_compare(cr_build *b, int32_t space, cr_op op, cr_pval x, cr_pval y)
{
    align(b, space, &x, &y);
    return b->failed ? -1 : cr_emit_compare(b, op, space, x.reg, y.reg);
}

cr_pval cr_num_select(cr_build *b, int32_t space, int32_t cond, cr_pval x, cr_pval y)
{
    return cr_num_choice(b, CR_OP_SELECT, space, cond, x, y);
}

cr_pval cr_num_choice(cr_build *b, cr_op op, int32_t space, int32_t cond, cr_pval x, cr_pval y)
{
    cond = cr_emit_space(b, cond, space);
    if (b->failed || cond < 0)
        return cr_pval_none();
    if (b->plan->regs.at[cond].is_const)
        return cr_pval_space(b, b->plan->regs.at[cond].value ? x : y, space);
    align(b, space, &x, &y);
    if (b->failed)
        return cr_pval_none();
    x.reg = cr_emit_choice(b, op, space, cond, x.reg, y.reg);
    x.lo = x.lo < y.lo ? x.lo : y.lo;
    x.hi = x.hi > y.hi ? x.hi : y.hi;
    return x;
}

/* Rounding bounds: one step beyond the exact quotient on either side is always enough. */
static cr_pval round_emit(cr_build *b, int32_t space, cr_pval x, int32_t divisor, cr_i128 least,
                          int mode)
{
    cr_insn insn = {0};
    const cr_reg rx = b->plan->regs.at[x.reg], rd = b->plan->regs.at[divisor];
    cr_lane lane = rx.lane > rd.lane ? (cr_lane)rx.lane : (cr_lane)rd.lane;
    insn.op = CR_OP_ROUND;
    insn.mode = (uint8_t)mode;
    insn.space = (int16_t)space;
    insn.a = cr_emit_lane(b, x.reg, lane);
    insn.b = cr_emit_lane(b, divisor, lane);
    if (lane == CR_LANE_WIDE && !b->failed) {
        uint32_t bits = cr_reg_bits(b, x.reg), less = bits_of(least) - 1;
        insn.c = -1;
        int32_t wide = cr_emit_wide(b, insn, bits > less ? bits - less + 1 : 1);
        x = wide_value(x, cr_emit_narrow(b, wide), x.lo < 0);
        if (!b->failed && !cr_reg_wide(b, x.reg)) {
            x.lo = b->plan->regs.at[x.reg].lo;
            x.hi = b->plan->regs.at[x.reg].hi;
        }
        return x;
    }
    x.lo = x.lo < 0 ? x.lo / least - 1 : 0;
    x.hi = x.hi > 0 ? x.hi / least + 1 : 0;
    x.reg =
        cr_emit(b, insn, lane, with_zero_lo(rx.lo / least - 1), with_zero_hi(rx.hi / least + 1));
    x.reg = cr_emit_lane(
        b, x.reg, b->failed ? CR_LANE_8 : cr_build_lane(b, rx.lo / least - 1, rx.hi / least + 1));
    return x;
}

cr_pval cr_num_round(cr_build *b, int32_t space, cr_pval x, cr_rat step, int mode)
{
    cr_i128 den, g;
    x = cr_pval_space(b, x, space);
    if (b->failed)
        return cr_pval_none();
    g = cr_gcd(step.den, x.den);
    cr_i128 factor = step.den / g;
    if (cr_i128_mul(x.den / g, step.num, &den)) {
        cr_build_fail(b, WIDE);
        return cr_pval_none();
    }
    if (x.div >= 0 || den != 1) {
        x = times(b, space, x, factor);
        int32_t divisor = cr_emit_const(b, space, den);
        if (x.div >= 0) {
            cr_i128 hi;
            if (b->failed)
                return cr_pval_none();
            if (cr_reg_wide(b, x.div) || cr_i128_mul(b->plan->regs.at[x.div].hi, den, &hi))
                divisor = wide2(b, space, CR_OP_MUL, x.div, divisor,
                                cr_reg_bits(b, x.div) + cr_reg_bits(b, divisor));
            else
                divisor = cr_emit2(b, CR_OP_MUL, space, x.div, divisor, 0, hi);
        }
        if (b->failed)
            return cr_pval_none();
        x = round_emit(b, space, x, divisor, den, mode);
        x.div = -1;
    } else {
        x = times(b, space, x, factor);
    }
    x = times(b, space, x, step.num);
    x.den = step.den;
    return x;
}

/* A divisor of the parent row, read in the child rows, lets numerators be added. */
static int32_t parent_divisor(const cr_build *b, int32_t space, int32_t div)
{
    int32_t above = cr_emit_above(b, div);
    return above >= 0 && b->plan->regs.at[above].space == space ? above : -1;
}

/* The least common multiple of 1 to n has less than 1.4988 n bits (Rosser and Schoenfeld 1962: its
 * logarithm is below 1.03883 n). */
static uint32_t multiple_bits(cr_i128 most)
{
    return most > CR_WIDE_BITS ? CR_WIDE_BITS + 1 : (uint32_t)(most * 14988 / 10000) + 1;
}

/* The least common multiple of the divisors of the rows at hand becomes a divisor of the row above
 * them. It has no more bits than they have together, nor than that of all numbers up to the
 * highest. */
static cr_pval over_multiple_of_rows(cr_build *b, int32_t space, int32_t child, cr_pval x)
{
    uint32_t each = cr_reg_bits(b, x.div), mine = cr_reg_bits(b, x.reg);
    int64_t rows = b->program->entities.at[child].at_most;
    uint32_t bits = rows < CR_WIDE_BITS / each ? each * (uint32_t)rows : CR_WIDE_BITS + 1;
    cr_insn insn = {0};
    if (!cr_reg_wide(b, x.div) && bits > multiple_bits(b->plan->regs.at[x.div].hi))
        bits = multiple_bits(b->plan->regs.at[x.div].hi);
    if (bits + mine > CR_WIDE_BITS - 80) {
        cr_build_fail(b, ROWS);
        return cr_pval_none();
    }
    insn.op = CR_OP_MULTIPLE;
    insn.space = (int16_t)space;
    insn.child = (int16_t)child;
    insn.a = cr_emit_lane(b, x.div, CR_LANE_WIDE);
    insn.b = insn.c = -1;
    int32_t all = cr_emit_space(b, cr_emit_wide(b, insn, bits), child);
    insn.op = CR_OP_ROUND; /* without a rest */
    insn.mode = CR_ROUND_DOWN;
    insn.space = (int16_t)child;
    insn.child = 0;
    insn.b = insn.a;
    insn.a = all;
    int32_t by = b->failed ? -1 : cr_emit_wide(b, insn, bits);
    x = times_reg(b, child, x, by);
    x.div = all;
    return x;
}

/* A divisor that differs from row to row, but is at most n, divides the least common multiple of 1
 * to n: over that, the numerators can be added and compared. */
static cr_pval over_common_multiple(cr_build *b, int32_t space, cr_pval x)
{
    cr_i128 multiple = 1, most = b->plan->regs.at[x.div].hi;
    cr_insn insn = {0};
    for (cr_i128 i = 2; i <= most && !b->failed; i++)
        if (cr_lcm(multiple, i, &multiple))
            cr_build_fail(b, WIDE);
    if (b->failed)
        return cr_pval_none();
    int32_t whole = cr_emit_const(b, space, multiple);
    if (b->failed)
        return cr_pval_none();
    cr_lane lane = (cr_lane)b->plan->regs.at[whole].lane;
    insn.op = CR_OP_ROUND; /* without a rest */
    insn.mode = CR_ROUND_DOWN;
    insn.space = (int16_t)space;
    insn.a = whole;
    insn.b = cr_emit_lane(b, x.div, lane);
    int32_t by = cr_emit(b, insn, lane, 0, multiple);
    x = times_reg(b, space, x, by);
    x.div = -1;
    if (!b->failed && cr_i128_mul(x.den, multiple, &x.den))
        cr_build_fail(b, WIDE);
    return x;
}

cr_pval cr_num_one_divisor(cr_build *b, int32_t space, int32_t child, cr_pval x)
{
    x = cr_pval_space(b, x, child);
    if (b->failed || x.div < 0 || parent_divisor(b, space, x.div) >= 0)
        return x;
    if (cr_reg_wide(b, x.div) || b->plan->regs.at[x.div].hi > CR_MOST_CONSTANT)
        return over_multiple_of_rows(b, space, child, x);
    return over_common_multiple(b, child, x);
}

cr_pval cr_num_sum(cr_build *b, int32_t space, int32_t child, cr_pval x)
{
    cr_i128 wlo, whi;
    x = cr_num_one_divisor(b, space, child, x);
    if (b->failed)
        return cr_pval_none();
    int32_t div = x.div < 0 ? -1 : parent_divisor(b, space, x.div);
    const cr_entity *e = &b->program->entities.at[child];
    const cr_reg r = b->plan->regs.at[x.reg];
    cr_insn insn = {0};
    insn.op = CR_OP_SUM;
    insn.space = (int16_t)space;
    insn.child = (int16_t)child;
    if (cr_reg_wide(b, x.reg) || cr_i128_mul(r.lo, e->at_most, &wlo) ||
        cr_i128_mul(r.hi, e->at_most, &whi) ||
        mul_bounds(with_zero_lo(x.lo), with_zero_hi(x.hi), e->at_least > 0 ? e->at_least : 0,
                   e->at_most, &x.lo, &x.hi)) {
        insn.a = cr_emit_lane(b, x.reg, CR_LANE_WIDE);
        insn.b = insn.c = -1;
        x.div = div;
        return wide_value(
            x, b->failed ? -1 : cr_emit_wide(b, insn, cr_reg_bits(b, x.reg) + bits_of(e->at_most)),
            x.lo < 0);
    }
    cr_lane lane = cr_build_lane(b, wlo, whi);
    lane = lane > (cr_lane)r.lane ? lane : (cr_lane)r.lane;
    int as_bytes = r.lane == CR_LANE_8 && lane <= CR_LANE_64 && !r.is_const;
    insn.a = as_bytes ? x.reg : cr_emit_lane(b, x.reg, lane);
    x.reg = b->failed ? -1 : cr_emit(b, insn, lane, wlo, whi);
    x.div = div;
    return x;
}

cr_pval cr_num_extreme(cr_build *b, int32_t space, int32_t child, cr_op op, cr_pval x, int32_t mask,
                       int32_t empty)
{
    x = cr_num_one_divisor(b, space, child, x);
    if (b->failed)
        return cr_pval_none();
    int32_t div = x.div < 0 ? -1 : parent_divisor(b, space, x.div);
    const cr_reg r = b->plan->regs.at[x.reg];
    cr_insn insn = {0};
    cr_lane lane = cr_build_lane(b, r.lo, r.hi > empty ? r.hi : empty);
    lane = lane > (cr_lane)r.lane ? lane : (cr_lane)r.lane;
    insn.op = (uint8_t)op;
    insn.space = (int16_t)space;
    insn.child = (int16_t)child;
    insn.a = cr_emit_lane(b, x.reg, lane);
    insn.b = cr_emit_space(b, mask, child);
    insn.imm = empty;
    x.reg = cr_emit(b, insn, lane, r.lo, r.hi > empty ? r.hi : empty);
    x.lo = with_zero_lo(x.lo);
    x.hi = with_zero_hi(x.hi);
    x.div = div;
    return x;
}
