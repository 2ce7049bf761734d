/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of few rows that are not known, out of those of operands; see few.h. */
#include "engine/kernels.h"

/* The lists of registers that are not known, each once. -1 = one has none. */
static int lists_of(const cr_workspace *w, const int32_t regs[3], const cr_few *list[3])
{
    int n = 0;
    for (int k = 0; k < 3; k++) {
        if (regs[k] < 0 || !ST(w, regs[k]))
            continue;
        const cr_few *few = FEW(w, regs[k]);
        if (!few)
            return -1;
        if ((n < 1 || list[0] != few) && (n < 2 || list[1] != few))
            list[n++] = few;
    }
    return n;
}

void cr_list_few(cr_workspace *w, const cr_insn *i, int32_t a, int32_t b, int32_t c)
{
    const int32_t regs[] = {a, b, c};
    const cr_few *list[3];
    int n = w->frame->few ? lists_of(w, regs, list) : -1;
    cr_few *to = n > 0 ? w->frame->few_memory[i->dst] : NULL, *both = w->frame->scratch;
    const uint32_t most = cr_few_most(N(w, i));
    int fits = to != NULL;
    if (n == 1) {
        to->n = list[0]->n;
        memcpy(to->row, list[0]->row, to->n * sizeof *to->row);
    } else if (n == 2) {
        fits = cr_few_join(to, list[0], list[1], most);
    } else if (n == 3) {
        fits = cr_few_join(both, list[0], list[1], most) && cr_few_join(to, both, list[2], most);
    }
    if (fits)
        w->frame->few[i->dst] = to;
}
