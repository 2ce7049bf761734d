/* SPDX-License-Identifier: Apache-2.0 */
/* What holds inside of an arm.

   Where `income < standard` has to be true for an arm to be taken, `standard - income` is not
   negative there, whatever the bounds of the two say. The difference is then raised to 0, which
   changes nothing in the rows that take the arm and keeps what is computed from it in narrow lanes
   in all the others. It changes nothing for a condition that is not known either: if the difference
   is known, so is the comparison, and a condition that hangs on it by AND alone would be known to
   fail if it failed. Conditions behind gates and choices therefore say nothing here.

   Only the arm's own arithmetic is read in this light (cr_guard_reaches). Definitions and
   locals are lowered once for all their readers, and a share among the rows of a list reads rows
   that do not take the arm: there, everything starts afresh. */
#include "engine/build.h"

enum { MOST_PARTS = 64 }; /* of a condition that are looked at */

/* The same value in the lane where it was computed. */
static int32_t origin(const cr_build *b, int32_t reg)
{
    const cr_insn *insn = &b->plan->code.at[b->plan->regs.at[reg].insn];
    for (; insn->op == CR_OP_CONV; insn = &b->plan->code.at[b->plan->regs.at[reg].insn])
        reg = insn->a;
    return reg;
}

static void add(cr_build *b, int32_t least, int32_t most)
{
    cr_ordered o = {origin(b, least), origin(b, most)};
    if (!CR_PUSH(&b->calc->arena, b->ordered, o)) {
        b->error->oom = 1;
        cr_build_fail(b, "out of memory");
    }
}

uint32_t cr_guard_enter(cr_build *b, int32_t cond)
{
    int32_t parts[MOST_PARTS];
    uint32_t before = b->ordered.n, n = 0;
    if (!b->failed && cond >= 0)
        parts[n++] = cond;
    while (n > 0 && !b->failed) {
        const cr_insn i = b->plan->code.at[b->plan->regs.at[parts[--n]].insn];
        if (i.op == CR_OP_LT || i.op == CR_OP_LE)
            add(b, i.a, i.b);
        else if (i.op == CR_OP_UP || i.op == CR_OP_KNOWN_YES)
            parts[n++] = i.a;
        else if (i.op == CR_OP_AND && n + 2 <= MOST_PARTS) {
            parts[n++] = i.a;
            parts[n++] = i.b;
        }
    }
    return before;
}

void cr_guard_leave(cr_build *b, uint32_t before)
{
    b->ordered.n = before;
}

uint32_t cr_guard_forget(cr_build *b)
{
    uint32_t from = b->ordered_from;
    b->ordered_from = b->ordered.n;
    return from;
}

void cr_guard_recall(cr_build *b, uint32_t from)
{
    b->ordered_from = from;
}

int cr_guard_ordered(const cr_build *b, int32_t least, int32_t most)
{
    int32_t x = origin(b, least), y = origin(b, most);
    for (uint32_t i = b->ordered_from; i < b->ordered.n; i++)
        if (b->ordered.at[i].least == x && b->ordered.at[i].most == y)
            return 1;
    return 0;
}

/* Computed from its parts in the row at hand and for this reader alone: what holds in the arm holds
   for the parts. Names are lowered once for all their readers, lists reach into other rows. */
int cr_guard_reaches(const cr_expr *x)
{
    switch (x->kind) {
    case CR_X_NEG:
    case CR_X_ADD:
    case CR_X_SUB:
    case CR_X_MUL:
    case CR_X_DIV:
    case CR_X_HIGHEST:
    case CR_X_LOWEST:
    case CR_X_CONVERT:
    case CR_X_FOR_ONE:
    case CR_X_IF: return 1;
    default: return 0;
    }
}
