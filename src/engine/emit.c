/* SPDX-License-Identifier: Apache-2.0 */
/* Registers and instructions: value numbering, constants, lanes and row spaces. */
#include "engine/build.h"

#include <string.h>

enum { MAX_OPERATIONS = 200000, MAX_TOTAL = 2000000 };

void cr_build_fail(cr_build *b, const char *text)
{
    if (b->failed)
        return;
    b->failed = 1;
    b->error->text = text;
    b->error->index = b->current;
    if (b->current >= 0)
        b->error->def = b->program->defs.at[b->current].name;
}

static void fail_memory(cr_build *b)
{
    b->error->oom = 1;
    cr_build_fail(b, "out of memory");
}

cr_pval cr_pval_none(void)
{
    cr_pval v = {-1, -1, 1, 0, 0, -1};
    return v;
}

/* The narrowest lane whose range holds every value; the engine option may ask for wider ones. */
cr_lane cr_build_lane(const cr_build *b, cr_i128 lo, cr_i128 hi)
{
    cr_lane lane = CR_LANE_128;
    if (lo >= INT8_MIN && hi <= INT8_MAX)
        lane = CR_LANE_8;
    else if (lo >= INT16_MIN && hi <= INT16_MAX)
        lane = CR_LANE_16;
    else if (lo >= INT32_MIN && hi <= INT32_MAX)
        lane = CR_LANE_32;
    else if (lo >= INT64_MIN && hi <= INT64_MAX)
        lane = CR_LANE_64;
    return lane < b->calc->min_lane ? (cr_lane)b->calc->min_lane : lane;
}

cr_insn cr_insn_of(cr_op op, int32_t space)
{
    cr_insn insn = {0};
    insn.op = (uint8_t)op;
    insn.space = (int16_t)space;
    insn.a = insn.b = insn.c = -1;
    return insn;
}

/* ---- value numbering ---- */

static uint32_t insn_hash(const cr_insn *insn)
{
    uint64_t h = insn->op * 31u + insn->lane;
    const uint64_t parts[] = {insn->mode,
                              (uint64_t)(uint16_t)insn->space,
                              (uint64_t)(uint16_t)insn->child,
                              (uint64_t)(uint32_t)insn->a,
                              (uint64_t)(uint32_t)insn->b,
                              (uint64_t)(uint32_t)insn->c,
                              (uint64_t)(uint32_t)insn->imm,
                              (uint64_t)insn->wide};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        h = (h ^ parts[i]) * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(h >> 32);
}

static int args_same(const cr_build *b, const cr_insn *x, const cr_insn *y)
{
    for (int32_t i = 0; i < x->b; i++)
        if (b->plan->args.at[x->a + i] != b->plan->args.at[y->a + i])
            return 0;
    return 1;
}

static int insn_same(const cr_build *b, const cr_insn *x, const cr_insn *y)
{
    if (x->op != y->op || x->lane != y->lane || x->mode != y->mode || x->space != y->space ||
        x->child != y->child || x->b != y->b || x->c != y->c || x->imm != y->imm ||
        x->wide != y->wide)
        return 0;
    return x->op == CR_OP_ROW ? args_same(b, x, y) : x->a == y->a;
}

static int table_grow(cr_build *b)
{
    uint32_t size = b->table_size ? b->table_size * 2 : 1024;
    int32_t *table = cr_arena_get(&b->calc->arena, size, sizeof *table);
    if (!table)
        return 1;
    memset(table, 0xFF, size * sizeof *table);
    b->table = table;
    b->table_size = size;
    for (uint32_t i = 0; i < b->plan->code.n; i++) {
        cr_insn key = b->plan->code.at[i];
        if (key.op == CR_OP_ROW)
            key.a = 0;
        uint32_t at = insn_hash(&key) & (size - 1);
        while (table[at] >= 0)
            at = (at + 1) & (size - 1);
        table[at] = (int32_t)i;
    }
    return 0;
}

/* The result lane differs from the operand lane where the result is a byte. */
static cr_lane result_lane(const cr_insn *insn, cr_lane lane)
{
    switch (insn->op) {
    case CR_OP_EQ:
    case CR_OP_LT:
    case CR_OP_LE:
    case CR_OP_PLACED: return CR_LANE_8;
    case CR_OP_RANK:
    case CR_OP_THE:
    case CR_OP_BESIDE: return CR_LANE_32;
    default: return lane;
    }
}

/* ---- wide registers ---- */

static uint32_t magnitude_bits(cr_i128 v)
{
    cr_u128 m = v < 0 ? -(cr_u128)v : (cr_u128)v;
    uint32_t bits = 0;
    for (; m; m >>= 1)
        bits++;
    return bits;
}

int cr_reg_wide(const cr_build *b, int32_t reg)
{
    return reg >= 0 && b->plan->regs.at[reg].lane == CR_LANE_WIDE;
}

uint32_t cr_reg_bits(const cr_build *b, int32_t reg)
{
    if (reg < 0)
        return 0;
    const cr_reg *r = &b->plan->regs.at[reg];
    uint32_t lo = magnitude_bits(r->lo), hi = magnitude_bits(r->hi);
    return r->bits ? r->bits : lo > hi ? lo : hi;
}

/* What only moves or chooses values is as wide as the widest of them. */
static uint32_t bits_of_operands(const cr_build *b, const cr_insn *insn)
{
    uint32_t x = insn->op == CR_OP_ROW_OF ? 0 : cr_reg_bits(b, insn->a);
    uint32_t y = cr_reg_bits(b, insn->b);
    return x > y ? x : y;
}

int32_t cr_emit_wide(cr_build *b, cr_insn insn, uint32_t bits)
{
    if (bits > CR_WIDE_BITS - 8)
        cr_build_fail(b, "the exact result may need more than 1015 bits");
    if (b->failed)
        return -1;
    b->bits = bits ? bits : 1;
    int32_t reg = cr_emit(b, insn, CR_LANE_WIDE, -1, 1);
    b->bits = 0;
    return reg;
}

int32_t cr_emit_narrow(cr_build *b, int32_t reg)
{
    if (b->failed || !cr_reg_wide(b, reg) || cr_reg_bits(b, reg) > 126)
        return reg;
    cr_i128 most = (cr_i128)1 << cr_reg_bits(b, reg);
    cr_insn insn = {0};
    insn.op = CR_OP_CONV;
    insn.mode = CR_LANE_WIDE;
    insn.space = b->plan->regs.at[reg].space;
    insn.a = reg;
    insn.b = insn.c = -1;
    return cr_emit(b, insn, cr_build_lane(b, -most, most), -most, most);
}

static int32_t new_register(cr_build *b, cr_insn insn, cr_lane lane, cr_i128 lo, cr_i128 hi)
{
    cr_reg reg = {0};
    reg.lane = (uint8_t)result_lane(&insn, lane);
    reg.space = insn.space;
    reg.insn = (int32_t)b->plan->code.n;
    reg.lo = lo < 0 ? lo : 0;
    reg.hi = hi > 0 ? hi : 0;
    if (reg.lane == CR_LANE_WIDE)
        reg.bits = b->bits ? b->bits : bits_of_operands(b, &insn);
    insn.dst = (int32_t)b->plan->regs.n;
    if (!CR_PUSH(&b->calc->arena, b->plan->regs, reg) ||
        !CR_PUSH(&b->calc->arena, b->plan->code, insn)) {
        fail_memory(b);
        return -1;
    }
    return insn.dst;
}

static int is_number(const cr_build *b, int32_t reg, cr_i128 value)
{
    const cr_reg *r = &b->plan->regs.at[reg];
    return r->is_const && r->value == value;
}

/* What a register already is: once a, and whether c holds. -1 = nothing simpler. */
static int32_t simpler(const cr_build *b, const cr_insn *i)
{
    if (i->lane == CR_LANE_WIDE)
        return -1;
    if (i->op == CR_OP_MUL && is_number(b, i->b, 1))
        return i->a;
    if (i->op == CR_OP_MUL && is_number(b, i->a, 1))
        return i->b;
    if (i->op == CR_OP_SELECT && b->plan->regs.at[i->c].lane == i->lane && is_number(b, i->a, 1) &&
        is_number(b, i->b, 0))
        return i->c;
    return -1;
}

int32_t cr_emit(cr_build *b, cr_insn insn, cr_lane lane, cr_i128 lo, cr_i128 hi)
{
    if (b->failed)
        return -1;
    if (b->plan->code.n > MAX_OPERATIONS || b->total > MAX_TOTAL) {
        b->current = -1; /* no definition is to blame more than another */
        cr_build_fail(b, "the plan has more than 200000 operations, or all plans two million");
        return -1;
    }
    if ((b->plan->code.n + 1) * 2 > b->table_size && table_grow(b)) {
        fail_memory(b);
        return -1;
    }
    insn.lane = (uint8_t)lane;
    int32_t same = simpler(b, &insn);
    if (same >= 0)
        return same;
    cr_insn key = insn;
    if (key.op == CR_OP_ROW)
        key.a = 0;
    uint32_t at = insn_hash(&key) & (b->table_size - 1);
    for (; b->table[at] >= 0; at = (at + 1) & (b->table_size - 1))
        if (insn_same(b, &b->plan->code.at[b->table[at]], &insn))
            return b->plan->code.at[b->table[at]].dst;
    b->total++;
    int32_t dst = new_register(b, insn, lane, lo, hi);
    if (dst >= 0)
        b->table[at] = (int32_t)b->plan->code.n - 1;
    return dst;
}

/* Constants are numbered by their low and high halves: `wide` and the pair a, b. */
int32_t cr_emit_const(cr_build *b, int32_t space, cr_i128 value)
{
    cr_insn insn = {0};
    insn.op = CR_OP_CONST;
    insn.space = (int16_t)space;
    insn.wide = (int64_t)(uint64_t)(cr_u128)value;
    insn.a = (int32_t)(value >> 64);
    insn.b = (int32_t)(value >> 96);
    int32_t reg = cr_emit(b, insn, cr_build_lane(b, value, value), value, value);
    if (reg >= 0) {
        b->plan->regs.at[reg].is_const = 1;
        b->plan->regs.at[reg].value = value;
    }
    return reg;
}

/* The register of the parent row that `reg` repeats in the child rows; -1 = it does not. */
int32_t cr_emit_above(const cr_build *b, int32_t reg)
{
    const cr_insn *insn = &b->plan->code.at[b->plan->regs.at[reg].insn];
    return insn->op == CR_OP_UP ? insn->a : -1;
}

int32_t cr_emit_lane(cr_build *b, int32_t reg, cr_lane lane)
{
    if (reg < 0)
        return -1;
    const cr_reg r = b->plan->regs.at[reg];
    if (r.lane == lane)
        return reg;
    int32_t above = cr_emit_above(b, reg);
    if (above >= 0) /* convert once, in the parent row */
        return cr_emit_space(b, cr_emit_lane(b, above, lane), r.space);
    cr_insn insn = {0};
    insn.op = CR_OP_CONV;
    insn.mode = r.lane;
    insn.space = r.space;
    insn.a = reg;
    int32_t out = cr_emit(b, insn, lane, r.lo, r.hi);
    if (out >= 0) {
        b->plan->regs.at[out].is_const = r.is_const;
        b->plan->regs.at[out].value = r.value;
    }
    return out;
}

static int32_t up_one(cr_build *b, int32_t reg, int32_t space)
{
    const cr_reg r = b->plan->regs.at[reg];
    cr_insn insn = {0};
    insn.op = CR_OP_UP;
    insn.space = (int16_t)space;
    insn.child = r.space;
    insn.a = reg;
    return cr_emit(b, insn, (cr_lane)r.lane, r.lo, r.hi);
}

int32_t cr_emit_space(cr_build *b, int32_t reg, int32_t space)
{
    if (reg < 0)
        return -1;
    const cr_reg r = b->plan->regs.at[reg];
    if (r.space == space)
        return reg;
    if (r.is_const)
        return cr_emit_lane(b, cr_emit_const(b, space, r.value), (cr_lane)r.lane);
    int32_t chain[8];
    int n = 0;
    for (int32_t s = space; s != r.space; s = b->program->entities.at[s].parent) {
        if (s < 0 || n == 8) {
            cr_build_fail(b, "a value is read from a row that is no ancestor");
            return -1;
        }
        chain[n++] = s;
    }
    while (n > 0 && reg >= 0)
        reg = up_one(b, reg, chain[--n]);
    return reg;
}

cr_pval cr_pval_space(cr_build *b, cr_pval v, int32_t space)
{
    v.reg = cr_emit_space(b, v.reg, space);
    if (v.rows < 0)
        v.div = cr_emit_space(b, v.div, space);
    return v;
}

cr_pval cr_pval_reg(cr_build *b, int32_t reg)
{
    cr_pval v = cr_pval_none();
    v.reg = reg;
    if (reg >= 0) {
        v.lo = b->plan->regs.at[reg].lo;
        v.hi = b->plan->regs.at[reg].hi;
    }
    return v;
}

cr_pval cr_pval_const(cr_build *b, int32_t space, cr_i128 value, cr_i128 den)
{
    cr_pval v = {cr_emit_const(b, space, value), -1, den, value, value, -1};
    return v;
}

int cr_pval_is_const(const cr_build *b, cr_pval v, cr_i128 *value)
{
    if (v.reg < 0 || v.div >= 0 || !b->plan->regs.at[v.reg].is_const)
        return 0;
    *value = b->plan->regs.at[v.reg].value;
    return 1;
}

/* ---- shapes of instructions ---- */

static cr_lane wider(const cr_build *b, int32_t a, int32_t b2, cr_lane least)
{
    cr_lane lane = least;
    if (b->plan->regs.at[a].lane > lane)
        lane = (cr_lane)b->plan->regs.at[a].lane;
    if (b2 >= 0 && b->plan->regs.at[b2].lane > lane)
        lane = (cr_lane)b->plan->regs.at[b2].lane;
    return lane;
}

int32_t cr_emit2(cr_build *b, cr_op op, int32_t space, int32_t a, int32_t b2, cr_i128 lo,
                 cr_i128 hi)
{
    a = cr_emit_space(b, a, space);
    b2 = cr_emit_space(b, b2, space);
    if (b->failed || a < 0)
        return -1;
    cr_lane lane = wider(b, a, b2, cr_build_lane(b, lo < 0 ? lo : 0, hi > 0 ? hi : 0));
    cr_insn insn = {0};
    insn.op = (uint8_t)op;
    insn.space = (int16_t)space;
    insn.a = cr_emit_lane(b, a, lane);
    insn.b = b2 < 0 ? -1 : cr_emit_lane(b, b2, lane);
    return cr_emit(b, insn, lane, lo, hi);
}

int32_t cr_emit_compare(cr_build *b, cr_op op, int32_t space, int32_t a, int32_t b2)
{
    a = cr_emit_space(b, a, space);
    b2 = cr_emit_space(b, b2, space);
    if (b->failed || a < 0 || b2 < 0)
        return -1;
    const cr_reg ra = b->plan->regs.at[a], rb = b->plan->regs.at[b2];
    if (ra.is_const && rb.is_const) {
        int holds = op == CR_OP_EQ   ? ra.value == rb.value
                    : op == CR_OP_LT ? ra.value < rb.value
                                     : ra.value <= rb.value;
        return cr_emit_const(b, space, holds);
    }
    cr_lane lane = wider(b, a, b2, CR_LANE_8);
    cr_insn insn = {0};
    insn.op = (uint8_t)op;
    insn.space = (int16_t)space;
    insn.a = cr_emit_lane(b, a, lane);
    insn.b = cr_emit_lane(b, b2, lane);
    return cr_emit(b, insn, lane, 0, 1);
}

/* AND, OR, NOT, KNOWN_YES, KNOWN_NO with the foldings that no status can see. */
static int fold_bool(cr_build *b, cr_op op, int32_t space, int32_t a, int32_t b2, int32_t *out)
{
    const cr_reg ra = b->plan->regs.at[a];
    const cr_reg rb = b->plan->regs.at[b2 < 0 ? a : b2];
    int yes_is_unit = op == CR_OP_AND;
    if (op == CR_OP_AND || op == CR_OP_OR) {
        if (ra.is_const && rb.is_const)
            *out = cr_emit_const(b, space,
                                 op == CR_OP_AND ? ra.value && rb.value : ra.value || rb.value);
        else if (ra.is_const)
            *out = (ra.value != 0) == yes_is_unit ? b2 : a;
        else if (rb.is_const)
            *out = (rb.value != 0) == yes_is_unit ? a : b2;
        else if (a == b2)
            *out = a;
        else
            return 0;
        return 1;
    }
    if (!ra.is_const)
        return 0;
    *out = cr_emit_const(b, space, op == CR_OP_KNOWN_YES ? ra.value != 0 : ra.value == 0);
    return 1;
}

int32_t cr_emit_bool(cr_build *b, cr_op op, int32_t space, int32_t a, int32_t b2)
{
    a = cr_emit_lane(b, cr_emit_space(b, a, space), CR_LANE_8);
    b2 = cr_emit_lane(b, cr_emit_space(b, b2, space), CR_LANE_8);
    if (b->failed || a < 0)
        return -1;
    int32_t folded = -1;
    if (fold_bool(b, op, space, a, b2, &folded))
        return cr_emit_lane(b, folded, CR_LANE_8);
    cr_insn insn = {0};
    insn.op = (uint8_t)op;
    insn.space = (int16_t)space;
    insn.a = a;
    insn.b = b2;
    return cr_emit(b, insn, CR_LANE_8, 0, 1);
}

int32_t cr_emit_choice(cr_build *b, cr_op op, int32_t space, int32_t cond, int32_t x, int32_t y)
{
    cond = cr_emit_space(b, cond, space);
    x = cr_emit_space(b, x, space);
    y = cr_emit_space(b, y, space);
    if (b->failed || cond < 0 || x < 0 || y < 0)
        return -1;
    if (b->plan->regs.at[cond].is_const)
        return b->plan->regs.at[cond].value ? x : y;
    const cr_reg rx = b->plan->regs.at[x], ry = b->plan->regs.at[y];
    if (x == y && rx.is_const && op == CR_OP_SELECT)
        return x;
    cr_lane lane = wider(b, x, y, CR_LANE_8);
    cr_insn insn = {0};
    insn.op = (uint8_t)op;
    insn.space = (int16_t)space;
    insn.a = cr_emit_lane(b, x, lane);
    insn.b = cr_emit_lane(b, y, lane);
    insn.c = cond;
    return cr_emit(b, insn, lane, rx.lo < ry.lo ? rx.lo : ry.lo, rx.hi > ry.hi ? rx.hi : ry.hi);
}

int32_t cr_emit_select(cr_build *b, int32_t space, int32_t cond, int32_t x, int32_t y)
{
    return cr_emit_choice(b, CR_OP_SELECT, space, cond, x, y);
}
