/* SPDX-License-Identifier: Apache-2.0 */
/* Running the example blocks of a policy. An example with overrides runs on a policy of its own,
 * built from the same texts. */
#include <string.h>

#include "api/handles.h"
#include "base/rat.h"

static const cr_str NONE = {NULL, 0};

typedef struct cr_row_id { /* a row that the example names */
    int32_t parent;        /* among cr_run.rows; -1 = the root */
    cr_str list, id;
    int32_t field, entity, depth;
    uint32_t row;
} cr_row_id;

typedef struct cr_total { /* of `gives total of …` */
    cr_rat sum;
    const cr_type *type;
    uint32_t months, missing;
} cr_total;

typedef struct cr_coverage { /* what the examples have reached so far */
    cr_arena arena;
    uint8_t
        *defs; /* per definition of the program; the same in every policy built from its texts */
    CR_VEC(cr_pos) rows; /* of parameters: where they are written */
} cr_coverage;

typedef struct cr_run {
    cr_coverage *coverage;
    civ_policy *policy; /* of this example */
    const cr_program *p;
    const cr_stmt *example;
    civ_case *facts;
    civ_calculator *calculator;
    civ_workspace *workspace;
    cr_arena arena;
    CR_VEC(const cr_fact *) list; /* all facts, givens first */
    CR_VEC(cr_row_id) rows;
    int32_t root;
    int32_t month;    /* of a timeline; 0 = none */
    cr_total *totals; /* per expectation */
    cr_buf *out;
    uint32_t failed, checks;
    int oom; /* then nothing is said about the example */
} cr_run;

static void fail(cr_run *r, cr_pos pos, const char *text, cr_str name)
{
    cr_buf_str(r->out, r->policy->core->files[pos.file].name);
    cr_buf_char(r->out, ':');
    cr_buf_i64(r->out, pos.line);
    cr_buf_text(r->out, ": example ");
    cr_buf_str(r->out, r->example->name);
    cr_buf_text(r->out, ": ");
    if (r->month) {
        char month[8];
        cr_month_text(r->month, month);
        cr_buf_text(r->out, month);
        cr_buf_text(r->out, ": ");
    }
    cr_buf_str(r->out, name);
    cr_buf_text(r->out, text);
    r->failed++;
}

static void fail_line(cr_run *r, cr_pos pos, const char *text, cr_str name)
{
    fail(r, pos, text, name);
    cr_buf_char(r->out, '\n');
}

/* ---- facts ---- */

static const cr_stmt *find_given(const cr_program *p, cr_str name)
{
    for (uint32_t i = 0; i < p->examples.n; i++)
        if (p->examples.at[i]->kind == CR_S_GIVEN && cr_str_eq(p->examples.at[i]->name, name))
            return p->examples.at[i];
    return NULL;
}

static int gather(cr_run *r, const cr_stmt *s, int depth)
{
    if (depth > 8) {
        fail_line(r, s->name_pos, ": given blocks nested more than 8 deep", s->name);
        return 0;
    }
    for (uint32_t i = 0; i < s->givens.n; i++) {
        const cr_stmt *g = find_given(r->p, s->givens.at[i]);
        if (!g)
            fail_line(r, s->name_pos, ": no such given block", s->givens.at[i]);
        else if (gather(r, g, depth + 1))
            return 1;
    }
    for (uint32_t i = 0; i < s->facts.n; i++)
        if (!CR_PUSH(&r->arena, r->list, &s->facts.at[i]))
            return 1;
    return 0;
}

static void put_value(cr_run *r, int32_t field, uint32_t row, const cr_expr *x, cr_pos pos)
{
    const cr_sym_field *f = &r->p->fields.at[field];
    cr_literal v;
    cr_i128 scale = 1;
    int64_t value = 0;
    for (int32_t i = 0; f->type.kind == CR_T_NUMBER && i < f->type.decimals; i++)
        scale *= 10;
    if (x->kind == CR_X_NAME && cr_str_eq(x->text, CR_STR("unknown"))) {
        r->oom |= cr_case_mark(r->facts->core, field, row, CR_CELL_UNKNOWN) != 0;
        return;
    }
    if (cr_check_value(r->p, x, &f->type, &v) || scale % v.number.den != 0 ||
        cr_i128_to_i64(v.number.num * (scale / v.number.den), &value)) {
        fail_line(r, pos, ": not a value of the field", f->name);
        return;
    }
    if (f->type.kind == CR_T_REGION)
        value = cr_policy_region(r->policy->core, v.text);
    r->oom |= cr_case_put(r->facts->core, field, row, value) != 0;
}

static void put_fact(cr_run *r, const cr_fact *f, int32_t entity, uint32_t row)
{
    for (uint32_t i = 0; i < f->names.n; i++) {
        int32_t field = cr_program_field(r->p, entity, f->names.at[i]);
        if (field < 0) {
            fail_line(r, f->at.at[i], ": no such field", f->names.at[i]);
            continue;
        }
        r->facts->core->from = f->since.at[i] == CR_DATE_MIN ? CR_PLAIN : f->since.at[i];
        put_value(r, field, row, f->values.at[i], f->at.at[i]);
        r->facts->core->from = CR_PLAIN;
    }
}

static int is_root_fact(const cr_run *r, const cr_fact *f)
{
    return f->path.n == 1 && cr_str_eq(f->path.at[0].list, r->p->entities.at[r->root].name);
}

static void put_root(cr_run *r)
{
    for (uint32_t i = 0; i < r->list.n; i++)
        if (is_root_fact(r, r->list.at[i]))
            put_fact(r, r->list.at[i], r->root, 0);
}

/* ---- rows of lists ---- */

static int32_t known_row(const cr_run *r, int32_t parent, const cr_path_part *part)
{
    for (uint32_t i = 0; i < r->rows.n; i++)
        if (r->rows.at[i].parent == parent && cr_str_eq(r->rows.at[i].list, part->list) &&
            cr_str_eq(r->rows.at[i].id, part->id))
            return (int32_t)i;
    return -1;
}

static int32_t find_row(const cr_run *r, const cr_path_part *path, uint32_t n)
{
    int32_t at = -1;
    for (uint32_t i = 0; i < n; i++) {
        at = known_row(r, at, &path[i]);
        if (at < 0)
            return -1;
    }
    return at;
}

/* The first mention of an id makes its row; -1 = there is no such list, -2 = out of memory. */
static int32_t name_row(cr_run *r, int32_t parent, const cr_path_part *part)
{
    int32_t entity = parent < 0 ? r->root : r->rows.at[parent].entity;
    int32_t field = cr_program_field(r->p, entity, part->list), at = known_row(r, parent, part);
    if (at >= 0)
        return at;
    if (field < 0 || r->p->fields.at[field].child < 0)
        return -1;
    cr_row_id id = {parent, part->list, part->id, field, r->p->fields.at[field].child, 1, 0};
    if (parent >= 0)
        id.depth = r->rows.at[parent].depth + 1;
    return CR_PUSH(&r->arena, r->rows, id) ? (int32_t)r->rows.n - 1 : -2;
}

/* `members : …` and `members.certificates : …` speak of every row of a list. */
static int is_for_all(const cr_fact *f)
{
    return f->path.n == 1 && f->path.at[0].id.n == 0 && !f->none;
}

static int name_rows(cr_run *r)
{
    for (uint32_t i = 0; i < r->list.n; i++) {
        const cr_fact *f = r->list.at[i];
        int32_t at = -1;
        if (is_root_fact(r, f) || is_for_all(f))
            continue;
        for (uint32_t k = 0; k < f->path.n && f->path.at[k].id.n > 0; k++) {
            at = name_row(r, at, &f->path.at[k]);
            if (at == -2)
                return 1;
            if (at == -1) {
                fail_line(r, f->pos, ": no such list", f->path.at[k].list);
                break;
            }
        }
    }
    return 0;
}

/* Rows of a list go in parent by parent: those of one depth, by the row of their parent. */
static int make_rows(cr_run *r)
{
    for (int32_t depth = 1, more = 1; more; depth++) {
        uint32_t parents = 0;
        more = 0;
        for (uint32_t i = 0; i < r->rows.n; i++)
            parents += depth == 1 || r->rows.at[i].depth == depth - 1;
        for (uint32_t parent = 0; parent < (parents ? parents : 1); parent++)
            for (uint32_t i = 0; i < r->rows.n; i++) {
                cr_row_id *id = &r->rows.at[i];
                uint32_t above = id->parent < 0 ? 0 : r->rows.at[id->parent].row;
                if (id->depth != depth || above != parent)
                    continue;
                more = 1;
                int bad = cr_case_row(r->facts->core, id->field, above, &id->row);
                r->oom |= bad == 1;
                if (bad)
                    return 1;
            }
    }
    return 0;
}

/* `members none`, `members a certificates none`: the list is known to be empty. */
static int put_empty(cr_run *r, const cr_fact *f)
{
    int32_t above = find_row(r, f->path.at, f->path.n - 1);
    int32_t entity = f->path.n == 1 ? r->root : above < 0 ? -1 : r->rows.at[above].entity;
    int32_t field =
        entity < 0 ? -1 : cr_program_field(r->p, entity, f->path.at[f->path.n - 1].list);
    if (field < 0 || r->p->fields.at[field].child < 0) {
        fail_line(r, f->pos, ": no such list", f->path.at[f->path.n - 1].list);
        return 0;
    }
    return cr_case_mark(r->facts->core, field, above < 0 ? 0 : r->rows.at[above].row,
                        CR_CELL_KNOWN);
}

/* Whether a dotted path of lists leads to the row. */
static int leads_to(const cr_run *r, cr_str lists, int32_t row)
{
    for (; row >= 0; row = r->rows.at[row].parent) {
        cr_str list = r->rows.at[row].list;
        if (lists.n < list.n || !cr_str_eq(cr_str_part(lists, lists.n - list.n, lists.n), list))
            return 0;
        lists.n -= list.n;
        if (lists.n > 0 && lists.p[--lists.n] != '.')
            return 0;
    }
    return lists.n == 0;
}

static int put_rows(cr_run *r)
{
    if (name_rows(r) || make_rows(r))
        return 1;
    for (uint32_t i = 0; i < r->list.n; i++) /* what holds for every row, then the rows' own */
        for (uint32_t k = 0; is_for_all(r->list.at[i]) && k < r->rows.n; k++)
            if (leads_to(r, r->list.at[i]->path.at[0].list, (int32_t)k))
                put_fact(r, r->list.at[i], r->rows.at[k].entity, r->rows.at[k].row);
    for (uint32_t i = 0; i < r->list.n; i++) {
        const cr_fact *f = r->list.at[i];
        int32_t at = f->none || is_root_fact(r, f) ? -1 : find_row(r, f->path.at, f->path.n);
        if (f->none && f->path.n > 0 && put_empty(r, f))
            return 1;
        if (at >= 0)
            put_fact(r, f, r->rows.at[at].entity, r->rows.at[at].row);
    }
    return 0;
}

/* ---- expectations ---- */

static int32_t find_output(const cr_run *r, int32_t entity, cr_str name)
{
    for (uint32_t i = 0; i < r->calculator->core.outputs.n; i++) {
        const cr_output *o = &r->calculator->core.outputs.at[i];
        if (cr_str_eq(o->name, name) && r->p->defs.at[o->def].entity == entity)
            return (int32_t)i;
    }
    return -1;
}

static void show_answer(cr_run *r, const cr_gives *g, const civ_value *v)
{
    static const char *const answers[] = {"", "undetermined", "no data", "not in force", "invalid"};
    fail(r, g->pos, " gave ", g->name);
    if (v->answer)
        cr_buf_text(r->out, answers[v->answer]);
    else if (v->is_none)
        cr_buf_text(r->out, "none");
    else
        cr_buf_put(r->out, v->text.data, v->text.length);
}

static void show_causes(cr_run *r, size_t output, uint32_t row)
{
    size_t n = 0;
    civ_cause cause = {0};
    cause.struct_size = sizeof cause;
    civ_status bad = civ_result_causes(&n, r->workspace, output, row);
    r->oom |= bad == CIV_ERROR_MEMORY;
    if (bad)
        return;
    for (size_t i = 0; i < n; i++) {
        civ_result_cause(&cause, r->workspace, i);
        cr_buf_text(r->out, i ? ", " : " (");
        cr_buf_put(r->out, cause.name.data, cause.name.length);
        cr_buf_put(r->out, cause.detail.data, cause.detail.length);
    }
    cr_buf_text(r->out, n ? ")" : "");
}

static int same_rows(cr_run *r, size_t output, uint32_t row, const cr_expr *want)
{
    const uint32_t *rows;
    size_t n;
    int32_t entity = r->p->defs.at[r->calculator->core.outputs.at[output].def].type.index;
    civ_status bad = civ_result_rows(&rows, &n, r->workspace, output, row);
    r->oom |= bad == CIV_ERROR_MEMORY;
    if (bad || want->kind != CR_X_IN || n != want->args.n)
        return 0;
    for (size_t i = 0; i < n; i++) {
        int found = 0;
        for (uint32_t k = 0; k < r->rows.n; k++)
            found |= cr_str_eq(r->rows.at[k].id, want->args.at[i]->text) &&
                     r->rows.at[k].row == rows[i] && r->rows.at[k].entity == entity;
        if (!found)
            return 0;
    }
    return 1;
}

static int same_number(const civ_value *v, const cr_literal *want, const cr_type *type)
{
    cr_rat scale = {1, 1}, scaled;
    for (int32_t i = 0;
         v->kind != CIV_KIND_EXACT && type->kind == CR_T_NUMBER && i < type->decimals; i++)
        scale.num *= 10;
    return !cr_rat_mul(want->number, scale, &scaled) && v->denominator > 0 &&
           scaled.num == v->number && scaled.den == v->denominator;
}

static int same_value(cr_run *r, size_t output, uint32_t row, const cr_expr *want,
                      const civ_value *v)
{
    const cr_output *o = &r->calculator->core.outputs.at[output];
    const cr_type *type = &r->p->defs.at[o->def].type;
    cr_literal literal;
    cr_str text = {v->text.data, v->text.length};
    if (v->answer)
        return 0;
    if (type->kind == CR_T_ROWS)
        return same_rows(r, output, row, want);
    if (type->kind == CR_T_SET)
        return !cr_check_value(r->p, want, type, &literal) &&
               v->number == (int64_t)literal.number.num;
    if (o->reason || type->kind == CR_T_REGION)
        return cr_str_eq(text, want->text);
    if (want->kind == CR_X_NONE && cr_type_is_time(type))
        return v->is_none;
    if (v->is_none || cr_check_value(r->p, want, type, &literal))
        return 0;
    return same_number(v, &literal, type);
}

static int causes_hold(cr_run *r, size_t output, uint32_t row, const cr_gives *g)
{
    size_t n = 0;
    civ_cause cause = {0};
    cause.struct_size = sizeof cause;
    civ_status bad = civ_result_causes(&n, r->workspace, output, row);
    r->oom |= bad == CIV_ERROR_MEMORY;
    if (bad)
        return 0;
    for (uint32_t k = 0; k < g->causes.n; k++) {
        int found = 0;
        for (size_t i = 0; i < n && !found; i++) {
            civ_result_cause(&cause, r->workspace, i);
            found = cr_str_eq(cr_str_text(cause.name), g->causes.at[k]);
        }
        if (!found)
            return 0;
    }
    return 1;
}

static void check(cr_run *r, const cr_gives *g)
{
    int32_t at = find_row(r, g->path.at, g->path.n);
    int32_t entity = at >= 0 ? r->rows.at[at].entity : r->root;
    uint32_t row = at >= 0 ? r->rows.at[at].row : 0;
    civ_value v = CIV_VALUE_INIT;
    r->checks++;
    if (g->path.n && at < 0) {
        fail_line(r, g->pos, ": no such row", g->path.at[0].id);
        return;
    }
    int32_t output = find_output(r, entity, g->name);
    if (output < 0) {
        fail_line(r, g->pos, ": no such output", g->name);
        return;
    }
    if (civ_result_value(&v, r->workspace, (size_t)output, row))
        return;
    int right = g->expect == CR_EXPECT_VALUE
                    ? same_value(r, (size_t)output, row, g->value, &v)
                    : v.answer == (int32_t)g->expect && causes_hold(r, (size_t)output, row, g);
    if (right)
        return;
    show_answer(r, g, &v);
    if (v.answer)
        show_causes(r, (size_t)output, row);
    cr_buf_char(r->out, '\n');
}

/* ---- coverage ---- */

static int on_reached(void *user, const cr_why *why)
{
    cr_run *r = user;
    const cr_ptable *table;
    if (why->kind != CR_WHY_ROW || why->extra < 0)
        return 0;
    table = &r->policy->core->tables.at[why->index];
    const cr_row *row = table->rows.at[why->extra].row;
    if (!row)
        return 0; /* an override of the example */
    for (uint32_t i = 0; i < r->coverage->rows.n; i++)
        if (r->coverage->rows.at[i].file == row->pos.file &&
            r->coverage->rows.at[i].line == row->pos.line)
            return 0;
    return !CR_PUSH(&r->coverage->arena, r->coverage->rows, row->pos);
}

static void cover_defs(cr_run *r, const cr_frame *f, const cr_plan_def *defs)
{
    for (uint32_t d = 0; d < r->p->defs.n; d++)
        if (cr_why_reached_any(f, defs[d].value.reg))
            r->coverage->defs[d] = 1;
}

typedef struct cr_starts { /* of a walk */
    CR_VEC(int32_t) regs;
    CR_VEC(uint32_t) rows;
} cr_starts;

static int start_at(cr_run *r, cr_starts *s, int32_t def, int32_t reg)
{
    for (uint32_t row = 0; row < r->workspace->core->spaces[r->p->defs.at[def].entity].n; row++)
        if (!CR_PUSH(&r->arena, s->regs, reg) || !CR_PUSH(&r->arena, s->rows, row))
            return 1;
    return 0;
}

/* Walks back from every result, and in a timeline from what is carried into the next month: the
 * definitions and rows on the way are reached; arms not taken are not. */
static int reach(cr_run *r)
{
    const cr_frame *f = r->workspace->core->frame;
    cr_starts s = {0};
    for (uint32_t i = 0; i < r->calculator->core.outputs.n; i++) {
        const cr_output *o = &r->calculator->core.outputs.at[i];
        const cr_pval *v = o->reason ? &f->plan->defs[o->def].reason : &f->plan->defs[o->def].value;
        r->coverage->defs[o->def] = 1;
        if (start_at(r, &s, o->def, v->rows >= 0 ? v->div : v->reg))
            return 1;
    }
    for (uint32_t i = 0; r->month && i < f->plan->code.n; i++) {
        const cr_insn *insn = &f->plan->code.at[i];
        if (insn->op == CR_OP_CARRIED &&
            start_at(r, &s, insn->imm, f->plan->defs[insn->imm].value.reg))
            return 1;
    }
    if (cr_why_walk(r->workspace->core, s.regs.at, s.rows.at, s.regs.n, 1, on_reached, r))
        return 1;
    cover_defs(r, f, f->plan->defs);
    for (const cr_day *day = f->plan->days; day; day = day->next)
        cover_defs(r, f, day->defs);
    return 0;
}

static void not_reached(cr_buf *out, const cr_policy *policy, cr_pos pos, cr_str name)
{
    cr_buf_text(out, "not reached: ");
    cr_buf_str(out, policy->files[pos.file].name);
    cr_buf_char(out, ':');
    cr_buf_i64(out, pos.line);
    cr_buf_text(out, " ");
    cr_buf_str(out, name);
    cr_buf_char(out, '\n');
}

static int is_reached(const cr_coverage *c, cr_pos pos)
{
    for (uint32_t i = 0; i < c->rows.n; i++)
        if (c->rows.at[i].file == pos.file && c->rows.at[i].line == pos.line)
            return 1;
    return 0;
}

static void report_coverage(cr_buf *out, const cr_policy *policy, const cr_coverage *c)
{
    const cr_program *p = &policy->program;
    for (uint32_t i = 0; i < p->defs.n; i++)
        if (!c->defs[i] && p->defs.at[i].n_args == 0 && p->defs.at[i].versions.n > 0)
            not_reached(out, policy, p->defs.at[i].versions.at[0].stmt->name_pos,
                        p->defs.at[i].name);
    for (uint32_t i = 0; i < p->params.n; i++)
        for (uint32_t k = 0; k < p->params.at[i].stmt->rows.n; k++)
            if (!is_reached(c, p->params.at[i].stmt->rows.at[k].pos))
                not_reached(out, policy, p->params.at[i].stmt->rows.at[k].pos,
                            p->params.at[i].name);
}

/* ---- one example ---- */

static civ_status own_policy(civ_policy **out, civ_policy *base, const cr_stmt *s, civ_error *error)
{
    civ_policy_builder *b = NULL;
    civ_status bad = civ_policy_builder_create(&b, base->engine, error);
    for (uint32_t i = 0; i < base->core->n_files && !bad; i++) {
        const cr_file *f = &base->core->files[i];
        if (f->is_let)
            bad = civ_policy_builder_let(b, cr_text(f->text), error);
        else
            bad = civ_policy_builder_add(b, cr_text(f->name), cr_text(f->text),
                                         f->is_amendment  ? CIV_FILE_AMENDMENT
                                         : f->is_examples ? CIV_FILE_EXAMPLES
                                                          : CIV_FILE_PACK,
                                         error);
    }
    for (uint32_t i = 0; i < s->lets.n && !bad; i++)
        bad = civ_policy_builder_let(b, cr_text(s->lets.at[i].text), error);
    if (!bad)
        bad = civ_policy_build(out, b, error);
    civ_policy_builder_release(b);
    return bad;
}

static civ_text root_in(cr_run *r, const cr_stmt *s, int depth)
{
    civ_text none = {NULL, 0};
    for (uint32_t i = 0; i < s->facts.n; i++) {
        int32_t e = s->facts.at[i].path.n == 1
                        ? cr_program_entity(r->p, s->facts.at[i].path.at[0].list)
                        : -1;
        if (e >= 0 && r->p->entities.at[e].parent < 0)
            return cr_text(r->p->entities.at[e].name);
    }
    for (uint32_t i = 0; i < s->givens.n && depth < 8; i++)
        for (uint32_t k = 0; k < r->p->examples.n; k++)
            if (r->p->examples.at[k]->kind == CR_S_GIVEN &&
                cr_str_eq(r->p->examples.at[k]->name, s->givens.at[i])) {
                civ_text root = root_in(r, r->p->examples.at[k], depth + 1);
                if (root.length > 0)
                    return root;
            }
    return none;
}

/* The root that the facts of the example name; empty where they name none. */
static civ_text root_named(cr_run *r)
{
    return root_in(r, r->example, 0);
}

static civ_status make_calculator(cr_run *r, civ_error *error)
{
    CR_VEC(civ_text) wanted = {0};
    for (uint32_t i = 0; i < r->example->gives.n; i++)
        if (!CR_PUSH(&r->arena, wanted, cr_text(r->example->gives.at[i].name)))
            return CIV_ERROR_MEMORY;
    if (wanted.n == 0)
        return CIV_ERROR_ARGUMENT;
    civ_calculator_options options = CIV_CALCULATOR_OPTIONS_INIT;
    options.root = root_named(r);
    options.explain = 1; /* keeps every look-up, so that rows no example reaches can be told */
    return civ_calculator_create(&r->calculator, r->policy, wanted.at, wanted.n, &options, error);
}

/* ---- timelines ---- */

static int in_months(const cr_gives *g, int32_t month)
{
    return g->from <= month && month <= g->to;
}

static void add_to_total(cr_run *r, const cr_gives *g, cr_total *total)
{
    int32_t at = find_row(r, g->path.at, g->path.n);
    int32_t output = find_output(r, at >= 0 ? r->rows.at[at].entity : r->root, g->name);
    civ_value v = CIV_VALUE_INIT;
    cr_rat month;
    if (output < 0 ||
        civ_result_value(&v, r->workspace, (size_t)output, at >= 0 ? r->rows.at[at].row : 0))
        return;
    total->months++;
    if (v.answer || v.denominator <= 0 || cr_rat_make(v.number, v.denominator, &month) ||
        cr_rat_add(total->sum, month, &total->sum))
        total->missing++;
    else
        total->type = &r->p->defs.at[r->calculator->core.outputs.at[output].def].type;
}

static int run_months(cr_run *r, civ_error *error)
{
    r->totals = cr_arena_get(&r->arena, (size_t)r->example->gives.n + 1, sizeof *r->totals);
    if (!r->totals)
        return CIV_ERROR_MEMORY;
    for (uint32_t i = 0; i < r->example->gives.n; i++)
        r->totals[i].sum.den = 1;
    for (int32_t m = r->example->first_month; m <= r->example->last_month; m++) {
        int bad =
            civ_evaluate_month(r->workspace, r->facts, m, m == r->example->first_month, error);
        if (bad)
            return bad;
        r->month = m;
        for (uint32_t i = 0; i < r->example->gives.n; i++) {
            const cr_gives *g = &r->example->gives.at[i];
            if (in_months(g, m) && g->total)
                add_to_total(r, g, &r->totals[i]);
            else if (in_months(g, m))
                check(r, g);
        }
    }
    return 0;
}

/* The sum over the months, in the unit of one month's value. */
static void check_total(cr_run *r, const cr_gives *g, const cr_total *total)
{
    char text[100];
    cr_literal want;
    cr_rat sum = total->sum, scale = {1, 1};
    if (!g->total)
        return;
    r->checks++;
    int scaled = total->type && cr_kind_of(total->type) != CIV_KIND_EXACT;
    for (int32_t i = 0; scaled && i < total->type->decimals; i++)
        scale.den *= 10;
    if (cr_rat_mul(sum, scale, &sum))
        sum.num = 0;
    int right = total->months > 0 && !total->missing && total->type &&
                !cr_check_value(r->p, g->value, total->type, &want) &&
                cr_rat_cmp(sum, want.number) == 0;
    if (right)
        return;
    fail(r, g->pos,
         total->missing ? " has months without a value; the others add up to " : " adds up to ",
         g->name);
    cr_buf_put(r->out, text, cr_rat_text(sum, 0, text, sizeof text));
    cr_buf_char(r->out, '\n');
}

/* Facts into the case. */
static civ_status put_facts(cr_run *r, civ_error *error)
{
    if (gather(r, r->example, 0)) {
        r->oom = 1;
        return CIV_ERROR_MEMORY;
    }
    put_root(r);
    if (put_rows(r) && !r->oom)
        return cr_fail(error, CIV_ERROR_STATE, ": rows that the list does not take", NONE, NONE);
    return r->oom ? CIV_ERROR_MEMORY : CIV_OK;
}

static civ_status decide(cr_run *r, civ_error *error)
{
    civ_status bad = make_calculator(r, error);
    if (bad)
        return bad;
    r->root = r->calculator->core.root;
    bad = civ_case_create(&r->facts, r->policy, cr_text(r->p->entities.at[r->root].name), error);
    if (!bad)
        bad = civ_workspace_create(&r->workspace, r->calculator, error);
    if (!bad)
        bad = put_facts(r, error);
    if (!bad)
        bad = r->example->first_month ? (civ_status)run_months(r, error)
                                      : civ_evaluate(r->workspace, r->facts, r->example->on, error);
    return bad;
}

static void run(cr_run *r, civ_policy *base)
{
    civ_error error = CIV_ERROR_INIT;
    civ_status bad = CIV_OK;
    r->policy = base;
    if (r->example->lets.n > 0)
        bad = own_policy(&r->policy, base, r->example, &error);
    if (bad) {
        r->policy = base;
        r->oom |= bad == CIV_ERROR_MEMORY;
        fail_line(r, r->example->name_pos, ": an override that the policy does not take",
                  r->example->name);
        return;
    }
    if (r->policy == base)
        civ_policy_retain(base);
    r->p = &r->policy->core->program;
    bad = decide(r, &error);
    r->oom |= bad == CIV_ERROR_MEMORY;
    if (bad) {
        fail_line(r, r->example->name_pos, error.message, NONE);
        return;
    }
    for (uint32_t i = 0; i < r->example->gives.n && !r->example->first_month; i++)
        check(r, &r->example->gives.at[i]);
    for (uint32_t i = 0; i < r->example->gives.n && r->example->first_month; i++)
        check_total(r, &r->example->gives.at[i], &r->totals[i]);
    r->oom |= reach(r);
}

static void finish(cr_run *r, civ_policy *base)
{
    civ_workspace_release(r->workspace);
    civ_calculator_release(r->calculator);
    civ_case_release(r->facts);
    if (r->policy != base || r->p)
        civ_policy_release(r->policy);
    cr_arena_free(&r->arena);
}

civ_status civ_policy_test(civ_test_report *out, civ_policy *policy, int32_t lang, civ_error *error)
{
    (void)lang;
    if (!out || !policy)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    if (out->struct_size < sizeof *out)
        return cr_fail(error, CIV_ERROR_STRUCT_SIZE, NULL, NONE, NONE);
    cr_coverage coverage = {0};
    cr_arena_init(&coverage.arena, policy->engine->alloc);
    coverage.defs = cr_arena_get(&coverage.arena, (size_t)policy->core->program.defs.n + 1, 1);
    if (!coverage.defs)
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    int oom = 0;
    out->examples = out->failed = out->checks = 0;
    cr_buf_clear(&policy->text);
    for (uint32_t i = 0; i < policy->core->program.examples.n; i++) {
        cr_run r = {0};
        if (policy->core->program.examples.at[i]->kind != CR_S_EXAMPLE)
            continue;
        cr_arena_init(&r.arena, policy->engine->alloc);
        r.example = policy->core->program.examples.at[i];
        r.out = &policy->text;
        r.coverage = &coverage;
        run(&r, policy);
        finish(&r, policy);
        oom |= r.oom;
        out->examples++;
        out->failed += r.failed > 0;
        out->checks += r.checks;
    }
    if (out->examples > 0)
        report_coverage(&policy->text, policy->core, &coverage);
    cr_arena_free(&coverage.arena);
    cr_str text = {policy->text.p, policy->text.n};
    out->text = cr_text(text);
    return oom || policy->text.oom ? cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE) : CIV_OK;
}
