/* SPDX-License-Identifier: Apache-2.0 */
/* The backward walk behind causes and notes.

   Registers are never overwritten, so after an evaluation every intermediate value still stands.
   Rows asked about are marked per register; instructions are visited from the last to the first,
   and each passes its marks to the operands that its result hangs on, by the same rules by which
   its status was made. So causes cost nothing unless somebody asks, and a walk costs what it
   reaches: of each register it is known between which rows there are marks.

   A mark is a byte for one question. Many are asked at once where marks are 64 bits, one for each
   question: what several hang on is walked over once. Questions about different roots never meet,
   so they may share a bit. */
#include <string.h>

#include "engine/kernels.h"
#include "engine/why.h"

typedef struct cr_walk {
    cr_workspace *w;
    const cr_marks *marks;
    int used;
    cr_why_visit visit;
    void *user;
    int stop;
    uint64_t who; /* asks about the row that is looked at */
} cr_walk;

static int status_of(const cr_walk *walk, int32_t reg, uint32_t row)
{
    return cr_status_get(walk->w, reg, row);
}

static void mark(cr_walk *walk, int32_t reg, uint32_t row)
{
    const cr_marks *m = walk->marks;
    cr_reach *r = &m->reach[reg];
    if (r->end == 0)
        r->first = row;
    r->first = row < r->first ? row : r->first;
    r->end = row >= r->end ? row + 1 : r->end;
    if (m->many)
        ((uint64_t *)m->at[reg])[row] |= walk->who;
    else
        ((uint8_t *)m->at[reg])[row] = 1;
}

/* An operand matters for a cause only if it is not known; for what was used, always. */
static void pass(cr_walk *walk, int32_t reg, uint32_t row)
{
    if (reg >= 0 && (walk->used || status_of(walk, reg, row)))
        mark(walk, reg, row);
}

static void found(cr_walk *walk, cr_why_kind kind, int answer, int32_t index, const cr_insn *i,
                  uint32_t row, int32_t extra)
{
    cr_why why = {
        (uint8_t)kind, (uint8_t)answer, index,    (int32_t)(i - walk->w->frame->plan->code.at),
        row,           extra,           walk->who};
    if (!walk->stop)
        walk->stop = walk->visit(walk->user, &why);
}

static int known_is(const cr_walk *walk, int32_t reg, uint32_t row, int value)
{
    return !status_of(walk, reg, row) && (cr_lane_get(walk->w, reg, row) != 0) == value;
}

/* ---- one row of one instruction ---- */

static void step_logic(cr_walk *walk, const cr_insn *i, uint32_t row)
{
    int decides = i->op == CR_OP_OR;
    if (known_is(walk, i->dst, row,
                 decides)) { /* only deciding operands matter, and the first is enough */
        int32_t one = known_is(walk, i->a, row, decides) ? i->a : i->b;
        pass(walk, one, row);
        return;
    }
    pass(walk, i->a, row);
    pass(walk, i->b, row);
}

static void step_select(cr_walk *walk, const cr_insn *i, uint32_t row)
{
    pass(walk, i->c, row);
    if (status_of(walk, i->c, row)) {
        pass(walk, i->a, row);
        pass(walk, i->b, row);
    } else {
        pass(walk, cr_lane_get(walk->w, i->c, row) ? i->a : i->b, row);
    }
}

/* As a choice; but the only row left is not chosen by the condition that is not known. */
static void step_pick(cr_walk *walk, const cr_insn *i, uint32_t row)
{
    if (status_of(walk, i->c, row) && status_of(walk, i->b, row) == CR_NO_ROW)
        pass(walk, i->a, row);
    else
        step_select(walk, i, row);
}

static void step_multiply(cr_walk *walk, const cr_insn *i, uint32_t row)
{
    if (!status_of(walk, i->dst, row) && known_is(walk, i->a, row, 0))
        pass(walk, i->a, row);
    else if (!status_of(walk, i->dst, row) && known_is(walk, i->b, row, 0))
        pass(walk, i->b, row);
    else {
        pass(walk, i->a, row);
        pass(walk, i->b, row);
    }
}

/* A gate that fails is a cause of its own: the fields after `else`, or those that its condition
 * names. */
static void name_fields(cr_walk *walk, const cr_insn *i, uint32_t row, const cr_expr *x, int depth)
{
    if (!x || depth > 64)
        return;
    if (x->kind == CR_X_NAME && x->ref.kind == CR_REF_FIELD)
        found(walk, CR_WHY_INPUT, CR_INVALID, x->ref.index, i, row, 0);
    if (x->kind == CR_X_AGGREGATE)
        found(walk, CR_WHY_INPUT, CR_INVALID, x->ref.index, i, row, 0);
    name_fields(walk, i, row, x->a, depth + 1);
    name_fields(walk, i, row, x->b, depth + 1);
    name_fields(walk, i, row, x->c, depth + 1);
    for (uint32_t k = 0; k < x->args.n; k++)
        name_fields(walk, i, row, x->args.at[k], depth + 1);
}

static void gate_causes(cr_walk *walk, const cr_insn *i, uint32_t row)
{
    const cr_program *p = &walk->w->calc->policy->program;
    const cr_def *require = &p->defs.at[i->imm];
    int32_t on =
        i->c < 0 ? cr_day_of_row(walk->w, i->space, row) : (int32_t)cr_lane_get(walk->w, i->c, row);
    for (uint32_t v = 0; v < require->versions.n; v++) {
        const cr_stmt *stmt = require->versions.at[v].stmt;
        if (on < require->versions.at[v].from || on > require->versions.at[v].to)
            continue;
        for (uint32_t k = 0; k < stmt->else_names.n; k++) {
            int32_t field = -1;
            for (int32_t e = require->entity; e >= 0 && field < 0; e = p->entities.at[e].parent)
                field = cr_program_field(p, e, stmt->else_names.at[k]);
            if (field >= 0)
                found(walk, CR_WHY_INPUT, CR_INVALID, field, i, row, 0);
        }
        if (stmt->else_names.n == 0 && stmt->clauses.n > 0)
            name_fields(walk, i, row, stmt->clauses.at[0].cond, 0);
    }
}

static void step_gate(cr_walk *walk, const cr_insn *i, uint32_t row)
{
    int closed = known_is(walk, i->b, row, 0);
    if (closed && !walk->used && i->mode)
        found(walk, CR_WHY_RULE, CR_INVALID, i->imm, i, row, 0);
    else if (closed && !walk->used)
        gate_causes(walk, i, row);
    if (closed && i->mode)
        return;
    pass(walk, i->a, row);
}

static void step_list(cr_walk *walk, const cr_insn *i, uint32_t row)
{
    const cr_space_rows *c = &walk->w->spaces[i->child];
    const cr_entity *e = &walk->w->calc->policy->program.entities.at[i->child];
    int quantifier = i->op == CR_OP_ANY || i->op == CR_OP_ALL;
    int decides = i->op == CR_OP_ANY;
    int decided = quantifier && known_is(walk, i->dst, row, decides);
    if (c->list && c->list[row] && !decided && !walk->used)
        found(walk, CR_WHY_INPUT, c->list[row], e->parent_field, i, row, 0);
    for (uint32_t k = c->off[row]; k < c->off[row + 1]; k++) {
        if (decided && !known_is(walk, i->a, k, decides))
            continue;
        if (!quantifier && i->op != CR_OP_SUM && i->b >= 0) {
            if (known_is(walk, i->b, k, 0))
                continue;
            pass(walk, i->b, k);
        }
        pass(walk, i->a, k);
    }
}

static int is_out(const cr_walk *walk, const cr_insn *i, uint32_t row)
{
    return i->b >= 0 && known_is(walk, i->b, row, 0);
}

/* The rows below `parent` that are not out; a list that is not known. For `row` of the
   instruction. */
static void pass_rows(cr_walk *walk, const cr_insn *i, int32_t space, uint32_t parent, uint32_t row)
{
    const cr_space_rows *c = &walk->w->spaces[space];
    const cr_entity *e = &walk->w->calc->policy->program.entities.at[space];
    if (c->list && c->list[parent] && !walk->used)
        found(walk, CR_WHY_INPUT, c->list[parent], e->parent_field, i, row, 0);
    for (uint32_t k = c->off[parent]; k < c->off[parent + 1]; k++) {
        pass(walk, i->b, k);
        if (!is_out(walk, i, k))
            pass(walk, i->a, k);
    }
}

static void step_rank(cr_walk *walk, const cr_insn *i, uint32_t row)
{
    if (is_out(walk, i, row)) {
        pass(walk, i->b, row);
        if (!walk->used)
            found(walk, CR_WHY_RULE, CR_INVALID, i->imm, i, row, 0);
        return;
    }
    pass_rows(walk, i, i->space, cr_parent_rows(&walk->w->spaces[i->space])[row], row);
}

static void step_placed(cr_walk *walk, const cr_insn *i, uint32_t row)
{
    const cr_space_rows *c = &walk->w->spaces[i->space];
    uint32_t parent = cr_parent_rows(&walk->w->spaces[i->space])[row];
    if (walk->used || (c->list && c->list[parent])) {
        pass(walk, i->c, row);
        pass_rows(walk, i, i->space, parent, row);
        return;
    }
    pass(walk, i->b, row);
    cr_ahead ahead = cr_placed_ahead(walk->w, i, row);
    if (is_out(walk, i, row) || cr_placed_inside(walk->w, i, row, ahead))
        return;
    pass(walk, i->c, row);
    for (uint32_t k = c->off[parent]; k < c->off[parent + 1]; k++)
        if (cr_placed_beside(walk->w, i, row, k).open) {
            pass(walk, i->a, row);
            pass(walk, i->a, k);
            pass(walk, i->b, k);
        }
}

static void step_allocate(cr_walk *walk, const cr_insn *i, uint32_t row)
{
    const cr_space_rows *c = &walk->w->spaces[i->space];
    const cr_entity *e = &walk->w->calc->policy->program.entities.at[i->space];
    uint32_t parent = cr_parent_rows(&walk->w->spaces[i->space])[row];
    int open = status_of(walk, i->a, parent) || (c->list && c->list[parent]);
    pass(walk, i->a, parent);
    if (c->list && c->list[parent] && !walk->used)
        found(walk, CR_WHY_INPUT, c->list[parent], e->parent_field, i, row, 0);
    for (uint32_t k = c->off[parent]; k < c->off[parent + 1]; k++) {
        open |= status_of(walk, i->b, k) != 0;
        pass(walk, i->b, k);
    }
    if (!open && status_of(walk, i->dst, row) && !walk->used)
        found(walk, CR_WHY_RULE, CR_INVALID, i->imm, i, row, 0);
}

static void step_the(cr_walk *walk, const cr_insn *i, uint32_t row)
{
    const cr_space_rows *c = &walk->w->spaces[i->child];
    int open = c->list && c->list[row];
    for (uint32_t k = c->off[row]; k < c->off[row + 1]; k++)
        open |= !is_out(walk, i, k) &&
                (status_of(walk, i->a, k) || (i->b >= 0 && status_of(walk, i->b, k)));
    if (!open && status_of(walk, i->dst, row) && !walk->used)
        found(walk, CR_WHY_RULE, CR_INVALID, i->imm, i, row, 0);
    pass_rows(walk, i, i->child, row, row);
}

static void step_beside(cr_walk *walk, const cr_insn *i, uint32_t row)
{
    const cr_space_rows *c = &walk->w->spaces[i->space];
    const cr_entity *e = &walk->w->calc->policy->program.entities.at[i->space];
    uint32_t parent = cr_parent_rows(&walk->w->spaces[i->space])[row];
    int open = (c->list && c->list[parent]) || status_of(walk, i->a, row);
    pass(walk, i->a, row);
    if (c->list && c->list[parent] && !walk->used)
        found(walk, CR_WHY_INPUT, c->list[parent], e->parent_field, i, row, 0);
    for (uint32_t k = c->off[parent]; k < c->off[parent + 1]; k++) {
        if (k == row || is_out(walk, i, k))
            continue;
        open |= status_of(walk, i->a, k) || (i->b >= 0 && status_of(walk, i->b, k));
        pass(walk, i->a, k);
        pass(walk, i->b, k);
    }
    if (!open && status_of(walk, i->dst, row) && !walk->used)
        found(walk, CR_WHY_RULE, CR_INVALID, i->imm, i, row, 0);
}

static void step_row_of(cr_walk *walk, const cr_insn *i, uint32_t row)
{
    int known = !status_of(walk, i->a, row);
    int64_t at = known ? (int64_t)cr_lane_get(walk->w, i->a, row) : -1;
    pass(walk, i->a, row);
    if (at >= 0)
        pass(walk, i->b, (uint32_t)at);
    else if (known && !walk->used)
        found(walk, CR_WHY_RULE, CR_INVALID, i->imm, i, row, 0);
}

static int32_t calendar_year(const cr_walk *walk, const cr_insn *i, uint32_t row)
{
    int32_t out, year = 0;
    cr_calendar_add(&walk->w->calc->policy->calendar, (int32_t)cr_lane_get(walk->w, i->a, row),
                    (int32_t)cr_lane_get(walk->w, i->b, row), &out, &year);
    return year;
}

static void step_row(cr_walk *walk, const cr_insn *i, uint32_t row)
{
    const int32_t *args = &walk->w->frame->plan->args.at[i->a];
    int blocked = 0;
    for (int32_t j = 0; j < i->b; j++) {
        blocked |= status_of(walk, args[j], row);
        pass(walk, args[j], row);
    }
    if (walk->used)
        found(walk, CR_WHY_ROW, 0, i->imm, i, row, (int32_t)cr_lane_get(walk->w, i->dst, row));
    else if (!blocked)
        found(walk, CR_WHY_PARAMETER, CR_NO_DATA, i->imm, i, row, 0);
}

/* Operations that may fail by themselves: then every operand is to blame, known or not. */
static void step_strict(cr_walk *walk, const cr_insn *i, uint32_t row)
{
    int from_operand =
        (i->a >= 0 && status_of(walk, i->a, row)) || (i->b >= 0 && status_of(walk, i->b, row));
    pass(walk, i->a, row);
    pass(walk, i->b, row);
    if (from_operand || walk->used || !status_of(walk, i->dst, row))
        return;
    if (i->op == CR_OP_ADD_WORKDAYS && status_of(walk, i->dst, row) == CR_NO_DATA)
        found(walk, CR_WHY_CALENDAR, CR_NO_DATA, -1, i, row, calendar_year(walk, i, row));
}

/* The causes that the month before left with the value. */
static void step_carried(cr_walk *walk, const cr_insn *i, uint32_t row)
{
    const cr_kept *kept = walk->w->kept ? &walk->w->kept[i->imm] : NULL;
    if (walk->used || !kept || row >= kept->n)
        return;
    const cr_kept_cell *cell = &kept->cell[row];
    for (uint32_t k = 0; k < cell->n_causes; k++) {
        const cr_kept_cause *c = &walk->w->causes[0].at[cell->cause + k];
        found(walk, (cr_why_kind)c->kind, c->answer, c->index, i, row, c->extra);
    }
}

static void step_input_on(cr_walk *walk, const cr_insn *i, uint32_t row)
{
    pass(walk, i->a, row);
    if (status_of(walk, i->dst, row) && !status_of(walk, i->a, row) && !walk->used)
        found(walk, CR_WHY_INPUT, status_of(walk, i->dst, row), i->imm, i, row, 0);
}

static void step_leaf(cr_walk *walk, const cr_insn *i, uint32_t row)
{
    int st = status_of(walk, i->dst, row);
    if (i->op == CR_OP_ABSENT || i->op == CR_OP_ABSENT_ON) {
        if (walk->used && cr_lane_get(walk->w, i->dst, row))
            found(walk, CR_WHY_DEFAULT, i->mode, i->imm, i, row, 0);
    } else if (st && !walk->used) {
        int rule = i->op == CR_OP_FAIL && i->mode != CR_UNDETERMINED;
        found(walk, rule ? CR_WHY_RULE : CR_WHY_INPUT, st, i->imm, i, row, 0);
    }
}

static void step(cr_walk *walk, const cr_insn *i, uint32_t row)
{
    switch (i->op) {
    case CR_OP_CONST:
    case CR_OP_ON: break;
    case CR_OP_FAIL:
    case CR_OP_INPUT:
    case CR_OP_ABSENT:
    case CR_OP_GIVEN: step_leaf(walk, i, row); break;
    case CR_OP_STEPPED: break;
    case CR_OP_CARRIED: step_carried(walk, i, row); break;
    case CR_OP_ABSENT_ON:
        pass(walk, i->a, row);
        step_leaf(walk, i, row);
        break;
    case CR_OP_GIVEN_ON:
    case CR_OP_INPUT_ON: step_input_on(walk, i, row); break;
    case CR_OP_AND:
    case CR_OP_OR: step_logic(walk, i, row); break;
    case CR_OP_SELECT: step_select(walk, i, row); break;
    case CR_OP_PICK: step_pick(walk, i, row); break;
    case CR_OP_MUL: step_multiply(walk, i, row); break;
    case CR_OP_GATE: step_gate(walk, i, row); break;
    case CR_OP_UP: pass(walk, i->a, cr_parent_rows(&walk->w->spaces[i->space])[row]); break;
    case CR_OP_SUM:
    case CR_OP_MULTIPLE:
    case CR_OP_HIGHEST:
    case CR_OP_LOWEST:
    case CR_OP_ANY:
    case CR_OP_ALL: step_list(walk, i, row); break;
    case CR_OP_ALLOCATE: step_allocate(walk, i, row); break;
    case CR_OP_RANK: step_rank(walk, i, row); break;
    case CR_OP_PLACED: step_placed(walk, i, row); break;
    case CR_OP_THE: step_the(walk, i, row); break;
    case CR_OP_BESIDE: step_beside(walk, i, row); break;
    case CR_OP_ROW_OF: step_row_of(walk, i, row); break;
    case CR_OP_ROW: step_row(walk, i, row); break;
    case CR_OP_CONV:
    case CR_OP_NEG:
    case CR_OP_NOT:
    case CR_OP_DIVISOR:
    case CR_OP_IN_SET:
    case CR_OP_PLACE:
    case CR_OP_KNOWN_YES:
    case CR_OP_KNOWN_NO:
    case CR_OP_DATE_OF:
    case CR_OP_MONTH_OF:
    case CR_OP_YEAR_OF_DATE:
    case CR_OP_YEAR_OF_MONTH:
    case CR_OP_FIRST_DAY:
    case CR_OP_LAST_DAY:
    case CR_OP_ROW_VALUE:
    case CR_OP_ROW_NONE:
    case CR_OP_ROW_BELOW: pass(walk, i->a, row); break;
    default: step_strict(walk, i, row); break;
    }
}

/* ---- the walk ---- */

static size_t width_of(const cr_marks *m)
{
    return m->many ? sizeof(uint64_t) : 1;
}

static int make_marks(cr_workspace *w, cr_marks *m)
{
    const cr_frame *f = w->frame;
    uint32_t n = f->plan->regs.n;
    size_t head = n * (sizeof *m->at + sizeof *m->reach), size = head;
    for (uint32_t r = 0; r < n; r++)
        size += f->caps[f->plan->regs.at[r].space] * width_of(m);
    m->block = cr_mem_get(&w->alloc, size, 1);
    if (!m->block)
        return 2;
    m->size = size;
    m->at = m->block;
    m->reach = (cr_reach *)(void *)(m->at + n);
    char *at = (char *)m->block + head;
    for (uint32_t r = 0; r < n; r++) {
        m->at[r] = at;
        at += f->caps[f->plan->regs.at[r].space] * width_of(m);
    }
    return 0;
}

/* Marks stand until the next walk, for those who want to know what was reached. */
static int clear_marks(cr_workspace *w, cr_marks *m)
{
    if (!m->block)
        return make_marks(w, m);
    for (uint32_t r = 0; r < w->frame->plan->regs.n; r++) {
        cr_reach *reach = &m->reach[r];
        if (reach->end == 0)
            continue;
        memset((char *)m->at[r] + reach->first * width_of(m), 0,
               (reach->end - reach->first) * width_of(m));
        reach->end = 0;
    }
    return 0;
}

int cr_why_reached(const cr_frame *f, int32_t reg, uint32_t row)
{
    return ((const uint8_t *)f->marks[0].at[reg])[row];
}

int cr_why_reached_any(const cr_frame *f, int32_t reg)
{
    return reg >= 0 && f->marks[0].reach[reg].end > 0;
}

static int go(cr_walk *walk)
{
    const cr_plan *plan = walk->w->frame->plan;
    const cr_marks *m = walk->marks;
    for (uint32_t r = plan->regs.n; r-- > 0 && !walk->stop;) {
        const cr_insn *i = &plan->code.at[plan->regs.at[r].insn];
        for (uint32_t row = m->reach[r].first; row < m->reach[r].end && !walk->stop; row++) {
            walk->who =
                m->many ? ((const uint64_t *)m->at[r])[row] : ((const uint8_t *)m->at[r])[row];
            if (walk->who)
                step(walk, i, row);
        }
    }
    return walk->stop;
}

int cr_why_walk(cr_workspace *w, const int32_t *regs, const uint32_t *rows, uint32_t n, int used,
                cr_why_visit visit, void *user)
{
    cr_walk walk = {w, &w->frame->marks[0], used, visit, user, 0, 1};
    if (clear_marks(w, &w->frame->marks[0]))
        return 2;
    for (uint32_t i = 0; i < n; i++)
        pass(&walk, regs[i], rows[i]);
    return go(&walk);
}

int cr_why_ask(cr_workspace *w, const cr_question *questions, uint32_t n, int used,
               cr_why_visit visit, void *user)
{
    cr_walk walk = {w, &w->frame->marks[1], used, visit, user, 0, 0};
    w->frame->marks[1].many = 1;
    if (clear_marks(w, &w->frame->marks[1]))
        return 2;
    for (uint32_t i = 0; i < n; i++) {
        walk.who = questions[i].who;
        pass(&walk, questions[i].reg, questions[i].row);
    }
    return go(&walk);
}

int32_t cr_region_of_case(const cr_workspace *w, uint32_t root_row)
{
    int32_t reg = w->frame->plan->region;
    return reg < 0 || cr_status_get(w, reg, root_row) ? -1 : (int32_t)cr_lane_get(w, reg, root_row);
}

/* How near the version's place is to the region of the case: -1 = it does not hold there. */
static int nearness(const cr_policy *policy, const cr_version *v, int32_t region)
{
    int32_t place = v->region.n ? cr_policy_region(policy, v->region) : 0;
    if (place == 0)
        return 0;
    while (region >= 0 && region != place)
        region = policy->regions.at[region].parent;
    return region < 0 ? -1 : policy->regions.at[place].depth;
}

const cr_version *cr_version_of_case(const cr_workspace *w, const cr_def *d)
{
    const cr_version *best = NULL;
    int nearest = -1;
    int32_t region = d->versions.n > 1 ? cr_region_of_case(w, 0) : -1;
    for (uint32_t i = 0; i < d->versions.n; i++) {
        const cr_version *v = &d->versions.at[i];
        int near = nearness(w->calc->policy, v, region);
        if (v->from <= w->on && w->on <= v->to && near > nearest) {
            nearest = near;
            best = v;
        }
    }
    return best;
}
