/* SPDX-License-Identifier: Apache-2.0 */
/* Schedules: what of a plan is executed, and where its registers lie.

   One case executes what the outputs hang on, every register with memory of its own. Blocks execute
   the same with kernels that take constants as they are, and a register's place passes to others
   when nothing reads it any more, so that what a block works on stays in the cache. A value or a
   status may be another register's by reference (BOTH, GATE, and statuses of what has one operand
   that is not known), so a place is kept as long as whatever may refer to it is read. */
#include "engine/kernels.h"

static void mark_operands(const cr_plan *plan, uint8_t *live, const cr_insn *i)
{
    const int32_t operands[] = {i->a, i->b, i->c};
    switch (i->op) {
    case CR_OP_CONST:
    case CR_OP_FAIL:
    case CR_OP_ON:
    case CR_OP_INPUT:
    case CR_OP_ABSENT:
    case CR_OP_STEPPED:
    case CR_OP_CARRIED:
    case CR_OP_GIVEN: return;
    case CR_OP_ROW:
        for (int32_t k = 0; k < i->b; k++)
            live[plan->args.at[i->a + k]] = 1;
        return;
    default:
        for (int k = 0; k < 3; k++)
            if (operands[k] >= 0)
                live[operands[k]] = 1;
    }
}

static void mark_value(uint8_t *live, const cr_pval *v)
{
    if (v->reg >= 0)
        live[v->reg] = 1;
    if (v->div >= 0)
        live[v->div] = 1;
}

/* Outputs, and what passes to the next month. */
static void mark_outputs(const cr_calculator *calc, const cr_plan *plan, uint8_t *live)
{
    const cr_program *p = &calc->policy->program;
    for (uint32_t i = 0; i < calc->outputs.n; i++) {
        const cr_plan_def *d = &plan->defs[calc->outputs.at[i].def];
        mark_value(live, calc->outputs.at[i].reason ? &d->reason : &d->value);
    }
    for (uint32_t i = 0; i < p->defs.n; i++)
        if (p->defs.at[i].carried)
            mark_value(live, &plan->defs[i].value);
}

/* A conversion of what is read in only there can read it in the wider lane at once. */
static void fold_conversions(cr_plan *plan, uint8_t *live, const uint32_t *uses, int32_t *to)
{
    for (uint32_t i = 0; i < plan->code.n; i++) {
        cr_insn *insn = &plan->code.at[i];
        if (insn->op != CR_OP_CONV || insn->lane == CR_LANE_WIDE || !live[insn->dst] ||
            uses[insn->a] != 1)
            continue;
        cr_reg *from = &plan->regs.at[insn->a];
        cr_insn *source = &plan->code.at[from->insn];
        if ((source->op != CR_OP_INPUT && source->op != CR_OP_ROW_VALUE) ||
            cr_insn_is_constant(source) || from->lane > insn->lane)
            continue;
        source->lane = from->lane = insn->lane;
        to[insn->dst] = insn->a;
        live[insn->dst] = 0;
    }
}

static void count_use(const cr_plan *plan, uint32_t *uses, const cr_insn *i)
{
    const int32_t operands[] = {i->a, i->b, i->c};
    if (i->op == CR_OP_ROW)
        for (int32_t k = 0; k < i->b; k++)
            uses[plan->args.at[i->a + k]]++;
    else if (i->op > CR_OP_CARRIED)
        for (int k = 0; k < 3; k++)
            if (operands[k] >= 0)
                uses[operands[k]]++;
}

static void rename(const int32_t *to, int32_t *reg)
{
    if (*reg >= 0)
        *reg = to[*reg];
}

static void rename_defs(cr_plan_def *defs, const int32_t *to, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        rename(to, &defs[i].value.reg);
        rename(to, &defs[i].value.div);
        rename(to, &defs[i].reason.reg);
    }
}

static void rename_all(cr_plan *plan, const int32_t *to, uint32_t n_defs)
{
    for (uint32_t i = 0; i < plan->code.n; i++) {
        cr_insn *insn = &plan->code.at[i];
        if (insn->op == CR_OP_ROW || insn->op <= CR_OP_CARRIED)
            continue;
        rename(to, &insn->a);
        rename(to, &insn->b);
        rename(to, &insn->c);
    }
    for (uint32_t i = 0; i < plan->args.n; i++)
        rename(to, &plan->args.at[i]);
    rename_defs(plan->defs, to, n_defs);
    for (cr_day *day = plan->days; day; day = day->next)
        rename_defs(day->defs, to, n_defs);
}

static int tidy(cr_calculator *calc, cr_plan *plan, uint8_t *live)
{
    uint32_t *uses = cr_arena_get(&calc->arena, (size_t)plan->regs.n + 1, sizeof *uses);
    int32_t *to = cr_arena_get(&calc->arena, (size_t)plan->regs.n + 1, sizeof *to);
    if (!uses || !to)
        return 1;
    for (uint32_t i = 0; i < plan->regs.n; i++)
        to[i] = (int32_t)i;
    for (uint32_t i = 0; i < plan->code.n; i++)
        if (live[plan->code.at[i].dst])
            count_use(plan, uses, &plan->code.at[i]);
    for (uint32_t i = 0; i < calc->policy->program.defs.n; i++) { /* read from outside */
        const int32_t regs[] = {plan->defs[i].value.reg, plan->defs[i].value.div,
                                plan->defs[i].reason.reg};
        for (int k = 0; k < 3; k++)
            if (regs[k] >= 0)
                uses[regs[k]] += 2;
    }
    fold_conversions(plan, live, uses, to);
    rename_all(plan, to, calc->policy->program.defs.n);
    return 0;
}

/* ---- what blocks execute ---- */

typedef struct cr_lives { /* per register: the last step that may read it; -1 = none */
    int32_t *value, *status;
} cr_lives;

static int refers_to_value(const cr_insn *i)
{
    return i->op == CR_OP_GATE || (i->op == CR_OP_BOTH && i->lane != CR_LANE_WIDE);
}

/* By the column of op.def: what is always known has no status, what lets go has its own. */
static int refers_to_status(const cr_insn *i)
{
    static const char rule[] = {
#define CR_OP(name, lanes, status, text) status[0],
#include "engine/op.def"
#undef CR_OP
    };
    return i->op == CR_OP_GATE || rule[i->op] == 'S' || rule[i->op] == 'O';
}

static int has_arguments(const cr_insn *i)
{
    return i->op == CR_OP_ROW || i->op == CR_OP_LOOK_UP;
}

static uint32_t operands_of(const cr_plan *plan, const cr_insn *i, int32_t out[CR_MAX_KEYS + 2])
{
    uint32_t n = 0;
    const int32_t operands[] = {i->a, i->b, i->c};
    if (has_arguments(i))
        for (int32_t k = 0; k < i->b; k++)
            out[n++] = plan->args.at[i->a + k];
    else if (i->op > CR_OP_CARRIED)
        for (int k = 0; k < 3; k++)
            if (operands[k] >= 0)
                out[n++] = operands[k];
    return n;
}

static void later(int32_t *at, int32_t step)
{
    *at = step > *at ? step : *at;
}

static void keep_output(const cr_lives *lives, const cr_pval *v, int32_t end)
{
    const int32_t regs[] = {v->reg, v->div};
    for (int k = 0; k < 2; k++)
        if (regs[k] >= 0)
            lives->value[regs[k]] = lives->status[regs[k]] = end;
}

static void find_lives(const cr_calculator *calc, const cr_plan *plan, const cr_lives *lives)
{
    const cr_program *p = &calc->policy->program;
    for (uint32_t r = 0; r < plan->regs.n; r++)
        lives->value[r] = lives->status[r] = -1;
    for (uint32_t i = 0; i < calc->outputs.n; i++) {
        const cr_plan_def *d = &plan->defs[calc->outputs.at[i].def];
        keep_output(lives, calc->outputs.at[i].reason ? &d->reason : &d->value,
                    (int32_t)plan->block.n);
    }
    for (uint32_t i = 0; i < p->defs.n; i++)
        if (p->defs.at[i].carried)
            keep_output(lives, &plan->defs[i].value, (int32_t)plan->block.n);
    for (int32_t s = (int32_t)plan->block.n - 1; s >= 0; s--) {
        const cr_insn *i = &plan->block.steps[s].insn;
        int32_t operands[CR_MAX_KEYS + 2];
        for (uint32_t k = operands_of(plan, i, operands); k-- > 0;) {
            later(&lives->value[operands[k]], s);
            later(&lives->status[operands[k]], s);
            if (refers_to_status(i))
                later(&lives->status[operands[k]], lives->status[i->dst]);
        }
        if (refers_to_value(i))
            later(&lives->value[i->a], lives->value[i->dst]);
    }
}

/* Places of one kind (a space and a lane): a stack of those that are free. */
typedef struct cr_places {
    uint32_t *count; /* per kind */
    int32_t *place;  /* per register */
    int32_t *free;   /* per kind: the register whose place was freed last; -1 = none */
    int32_t *below;  /* per register: the one freed before it */
    int32_t *ending; /* per step: a register that is read last there; -1 = none */
    int32_t *next;   /* per register: another one */
} cr_places;

static int make_places(cr_calculator *calc, const cr_plan *plan, cr_places *p, uint32_t kinds)
{
    cr_arena *arena = &calc->arena;
    p->count = cr_arena_get(arena, kinds, sizeof *p->count);
    p->place = cr_arena_get(arena, (size_t)plan->regs.n + 1, sizeof *p->place);
    p->free = cr_arena_get(arena, kinds, sizeof *p->free);
    p->below = cr_arena_get(arena, (size_t)plan->regs.n + 1, sizeof *p->below);
    p->ending = cr_arena_get(arena, (size_t)plan->block.n + 1, sizeof *p->ending);
    p->next = cr_arena_get(arena, (size_t)plan->regs.n + 1, sizeof *p->next);
    if (!p->count || !p->place || !p->free || !p->below || !p->ending || !p->next)
        return 1;
    for (uint32_t k = 0; k < kinds; k++)
        p->free[k] = -1;
    for (uint32_t r = 0; r < plan->regs.n; r++)
        p->place[r] = -1;
    for (uint32_t s = 0; s < plan->block.n; s++)
        p->ending[s] = -1;
    return 0;
}

static uint32_t kind_of(const cr_plan *plan, int32_t reg, int of_status)
{
    const cr_reg *r = &plan->regs.at[reg];
    return of_status ? (uint32_t)r->space : (uint32_t)r->space * CR_LANES + r->lane;
}

/* The result gets its place before those of the operands are free: kernels do not work in place. */
static void hand_out(const cr_plan *plan, cr_places *p, const int32_t *last, int of_status)
{
    for (uint32_t s = 0; s < plan->block.n; s++) {
        const cr_insn *i = &plan->block.steps[s].insn;
        if (of_status || !refers_to_value(i)) {
            uint32_t kind = kind_of(plan, i->dst, of_status);
            int32_t free = p->free[kind];
            int32_t end = last[i->dst] > (int32_t)s ? last[i->dst] : (int32_t)s;
            p->place[i->dst] = free >= 0 ? p->place[free] : (int32_t)p->count[kind]++;
            p->free[kind] = free >= 0 ? p->below[free] : -1;
            if (end < (int32_t)plan->block.n) {
                p->next[i->dst] = p->ending[end];
                p->ending[end] = i->dst;
            }
        }
        for (int32_t r = p->ending[s]; r >= 0; r = p->next[r]) {
            uint32_t kind = kind_of(plan, r, of_status);
            p->below[r] = p->free[kind];
            p->free[kind] = r;
        }
    }
}

/* ---- kernels for blocks ---- */

static int is_const(const cr_plan *plan, int32_t reg)
{
    return reg >= 0 && plan->regs.at[reg].is_const;
}

static int commutes(const cr_insn *i)
{
    return i->op == CR_OP_ADD || i->op == CR_OP_MUL || i->op == CR_OP_MIN || i->op == CR_OP_MAX ||
           i->op == CR_OP_EQ;
}

/* The kernel, and which constants it takes as they are; others are repeated row by row. */
static cr_kernel choose_kernel(const cr_calculator *calc, const cr_plan *plan, cr_insn *i,
                               uint8_t *repeated)
{
    cr_cpu_level level = (cr_cpu_level)calc->level;
    int32_t operands[CR_MAX_KEYS + 2];
    cr_shape shape = CR_SHAPE_ANY;
    if (i->op > CR_OP_CARRIED && !has_arguments(i)) {
        if (commutes(i) && is_const(plan, i->a) && !is_const(plan, i->b)) {
            int32_t a = i->a;
            i->a = i->b;
            i->b = a;
        }
        shape = (is_const(plan, i->b) ? CR_SHAPE_RIGHT : 0) | (is_const(plan, i->a) ? 2 : 0);
    }
    cr_kernel kernel = cr_block_kernel(level, i, shape);
    if (!kernel && shape == CR_SHAPE_BOTH)
        kernel = cr_block_kernel(level, i, shape = CR_SHAPE_RIGHT);
    if (!kernel)
        kernel = cr_block_kernel(level, i, shape = CR_SHAPE_ANY);
    for (uint32_t k = operands_of(plan, i, operands); k-- > 0;)
        if ((operands[k] != i->a || !(shape & CR_SHAPE_LEFT)) &&
            (operands[k] != i->b || !(shape & CR_SHAPE_RIGHT)))
            repeated[operands[k]] = 1;
    if (!has_arguments(i) && i->op > CR_OP_CARRIED && i->a == i->b && shape != CR_SHAPE_BOTH)
        repeated[i->a] = 1;
    return kernel ? kernel : cr_kernels[i->op][i->lane];
}

/* Outputs are read row by row. */
static void repeat_outputs(const cr_calculator *calc, cr_plan *plan)
{
    for (uint32_t i = 0; i < calc->outputs.n; i++) {
        const cr_plan_def *d = &plan->defs[calc->outputs.at[i].def];
        const cr_pval *v = calc->outputs.at[i].reason ? &d->reason : &d->value;
        if (v->reg >= 0)
            plan->block.repeated[v->reg] = 1;
        if (v->div >= 0)
            plan->block.repeated[v->div] = 1;
    }
}

/* ---- fewer steps ---- */

typedef struct cr_uses {     /* per register */
    uint32_t *all, *as_date; /* by steps, and by look-ups as the date; outputs count as two */
    uint8_t *day;            /* it is the date decided for */
} cr_uses;

static int count_uses(cr_calculator *calc, const cr_plan *plan, cr_uses *u)
{
    const cr_program *p = &calc->policy->program;
    size_t n = (size_t)plan->regs.n + 1;
    u->all = cr_arena_get(&calc->arena, n, sizeof *u->all);
    u->as_date = cr_arena_get(&calc->arena, n, sizeof *u->as_date);
    u->day = cr_arena_get(&calc->arena, n, 1);
    if (!u->all || !u->as_date || !u->day)
        return 1;
    for (uint32_t s = 0; s < plan->n_run; s++) {
        const cr_insn *i = &plan->run[s].insn;
        int32_t operands[CR_MAX_KEYS + 2];
        for (uint32_t k = operands_of(plan, i, operands); k-- > 0;)
            u->all[operands[k]]++;
        if (i->op == CR_OP_ROW)
            u->as_date[plan->args.at[i->a]]++;
        u->day[i->dst] = i->op == CR_OP_ON || (i->op == CR_OP_UP && u->day[i->a]);
    }
    for (uint32_t i = 0; i < p->defs.n; i++) {
        const int32_t regs[] = {plan->defs[i].value.reg, plan->defs[i].value.div,
                                plan->defs[i].reason.reg};
        for (int k = 0; k < 3; k++)
            if (regs[k] >= 0)
                u->all[regs[k]] += 2;
    }
    return 0;
}

/* A day that only look-ups ask for passes on as such. */
static void find_unread_days(const cr_plan *plan, cr_uses *u)
{
    for (uint32_t s = plan->n_run; s-- > 0;) {
        const cr_insn *i = &plan->run[s].insn;
        if (!u->day[i->dst])
            continue;
        if (u->all[i->dst] != u->as_date[i->dst])
            u->day[i->dst] = 2; /* read by others, too */
        else if (i->op == CR_OP_UP)
            u->as_date[i->a]++;
    }
}

/* Look-ups whose row is asked for one value become one step, in the place of the ROW. */
static void merge_steps(cr_plan *plan, const cr_uses *u, int32_t *value_of)
{
    cr_schedule *b = &plan->block;
    for (uint32_t r = 0; r < plan->regs.n; r++)
        value_of[r] = -1;
    for (uint32_t s = 0; s < plan->n_run; s++) {
        const cr_insn *i = &plan->run[s].insn;
        if (i->op == CR_OP_ROW_VALUE && u->all[i->a] == 1 && i->lane <= CR_LANE_128 &&
            !cr_reg_is_filled(plan, i->a))
            value_of[i->a] = (int32_t)s;
    }
    for (uint32_t s = 0; s < plan->n_run; s++) {
        cr_step step = plan->run[s];
        if (step.insn.op == CR_OP_ROW_VALUE && value_of[step.insn.a] >= 0)
            continue;
        if (step.insn.op == CR_OP_ROW) {
            step.insn.child = (int16_t)(u->day[plan->args.at[step.insn.a]] != 0);
            if (value_of[step.insn.dst] >= 0) {
                const cr_insn *value = &plan->run[value_of[step.insn.dst]].insn;
                step.insn.op = CR_OP_LOOK_UP;
                step.insn.lane = value->lane;
                step.insn.dst = value->dst;
            }
        }
        b->steps[b->n++] = step;
    }
}

static int schedule_block(cr_calculator *calc, cr_plan *plan)
{
    cr_schedule *b = &plan->block;
    size_t n = (size_t)plan->regs.n + 1, spaces = calc->policy->program.entities.n;
    cr_lives lives = {cr_arena_get(&calc->arena, n, sizeof *lives.value),
                      cr_arena_get(&calc->arena, n, sizeof *lives.status)};
    int32_t *value_of = cr_arena_get(&calc->arena, n, sizeof *value_of);
    cr_places values, statuses;
    cr_uses uses;
    b->steps = cr_arena_get(&calc->arena, (size_t)plan->n_run + 1, sizeof *b->steps);
    b->repeated = cr_arena_get(&calc->arena, n, 1);
    if (!lives.value || !lives.status || !value_of || !b->steps || !b->repeated ||
        count_uses(calc, plan, &uses))
        return 1;
    find_unread_days(plan, &uses);
    merge_steps(plan, &uses, value_of);
    if (make_places(calc, plan, &values, (uint32_t)(spaces * CR_LANES)) ||
        make_places(calc, plan, &statuses, (uint32_t)spaces))
        return 1;
    find_lives(calc, plan, &lives);
    hand_out(plan, &values, lives.value, 0);
    hand_out(plan, &statuses, lives.status, 1);
    b->value = values.place;
    b->values = values.count;
    b->status = statuses.place;
    b->statuses = statuses.count;
    for (uint32_t s = 0; s < b->n; s++) {
        cr_step *step = &b->steps[s];
        step->kernel = uses.day[step->insn.dst] == 1
                           ? cr_k_day
                           : choose_kernel(calc, plan, &step->insn, b->repeated);
    }
    repeat_outputs(calc, plan);
    return 0;
}

/* ---- what one case executes ---- */

static void find_region(const cr_calculator *calc, cr_plan *plan)
{
    int32_t field = cr_program_field(&calc->policy->program, calc->root, CR_STR("region"));
    plan->region = -1;
    for (uint32_t i = plan->n_run; field >= 0 && i-- > 0;) {
        const cr_insn *insn = &plan->run[i].insn;
        if (insn->op == CR_OP_INPUT && insn->imm == field && insn->space == calc->root)
            plan->region = insn->dst;
    }
}

/* Explaining plans keep everything; others run what the outputs hang on. Constants are filled once
 * with the frame. */
int cr_plan_schedule(cr_calculator *calc, cr_plan *plan)
{
    uint8_t *live = cr_arena_get(&calc->arena, (size_t)plan->regs.n + 1, 1);
    plan->run = cr_arena_get(&calc->arena, (size_t)plan->code.n + 1, sizeof *plan->run);
    if (!live || !plan->run)
        return 1;
    mark_outputs(calc, plan, live);
    for (uint32_t i = plan->code.n; i-- > 0;)
        if (calc->explain || live[plan->code.at[i].dst])
            mark_operands(plan, live, &plan->code.at[i]);
    if (!calc->explain && tidy(calc, plan, live))
        return 1;
    for (uint32_t i = 0; i < plan->code.n; i++) {
        cr_insn *insn = &plan->code.at[i];
        if (cr_reg_is_filled(plan, insn->dst) || (!calc->explain && !live[insn->dst]))
            continue;
        if (insn->op == CR_OP_ROW)
            insn->c = (int32_t)plan->n_rows++; /* its own place among what was seen */
        cr_step step = {cr_kernels[insn->op][insn->lane], *insn};
        plan->run[plan->n_run++] = step;
    }
    find_region(calc, plan);
    return calc->explain ? 0 : schedule_block(calc, plan);
}
