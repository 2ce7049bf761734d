/* SPDX-License-Identifier: Apache-2.0 */
/* Names for what the walk of why.c finds. */
#include <string.h>

#include "base/rat.h"
#include "engine/causes.h"
#include "engine/value.h"

typedef struct cr_finder {
    cr_workspace *w;
    cr_findings *out;
    size_t at; /* of what was added last, or was there before */
} cr_finder;

void cr_findings_init(cr_findings *f, cr_alloc alloc)
{
    memset(f, 0, sizeof *f);
    cr_buf_init(&f->text, alloc);
}

void cr_findings_free(cr_findings *f)
{
    cr_mem_free(&f->text.a, f->at, f->cap * sizeof *f->at);
    cr_buf_free(&f->text);
}

void cr_findings_clear(cr_findings *f)
{
    cr_buf_clear(&f->text);
    f->n = 0;
}

void cr_entity_path(cr_buf *out, const cr_program *p, int32_t entity)
{
    int32_t chain[8], n = 0;
    for (int32_t e = entity; e >= 0 && p->entities.at[e].parent_field >= 0 && n < 8;
         e = p->entities.at[e].parent)
        chain[n++] = p->entities.at[e].parent_field;
    while (n > 0) {
        cr_buf_str(out, p->fields.at[chain[--n]].name);
        cr_buf_char(out, '.');
    }
}

void cr_field_path(cr_buf *out, const cr_program *p, int32_t field)
{
    cr_entity_path(out, p, p->fields.at[field].entity);
    cr_buf_str(out, p->fields.at[field].name);
}

/* ---- adding ---- */

static cr_text_span begin(const cr_finder *c)
{
    cr_text_span s = {c->out->text.n, 0};
    return s;
}

static void end(const cr_finder *c, cr_text_span *s)
{
    s->n = c->out->text.n - s->at;
}

static void key_text(const cr_finder *c, const cr_type *type, int64_t value)
{
    char text[96];
    size_t n = cr_value_text(c->w->calc->policy, type, value, 1, text, sizeof text);
    if (type->kind == CR_T_BOOL)
        cr_buf_text(&c->out->text, value ? "yes" : "no");
    else
        cr_buf_put(&c->out->text, text, n);
}

/* The region of the case that a row belongs to; the nation where it is not known. */
static int32_t place_of(const cr_workspace *w, int32_t entity, uint32_t row)
{
    int32_t region = cr_region_of_case(w, cr_root_of_row(w, entity, row));
    return region < 0 ? 0 : region;
}

/* Region and keys that a row was looked up by, or would have to have. */
static int32_t region_of(const cr_workspace *w, const cr_why *why)
{
    const cr_insn *i = &w->frame->plan->code.at[why->insn];
    int32_t region = (int32_t)cr_lane_get(w, w->frame->plan->args.at[i->a + 1], why->row);
    if (why->kind == CR_WHY_PARAMETER &&
        region == 0) /* not asked for, but whoever writes the row wants it */
        region = place_of(w, i->space, why->row);
    return region;
}

static void row_keys(const cr_finder *c, const cr_why *why, cr_found *out)
{
    const cr_workspace *w = c->w;
    const cr_insn *i = &w->frame->plan->code.at[why->insn];
    const cr_param *param = &w->calc->policy->program.params.at[why->index];
    const int32_t *args = &w->frame->plan->args.at[i->a];
    int32_t region = region_of(w, why);
    int any = 0;
    out->on = (int32_t)cr_lane_get(w, args[0], why->row);
    out->detail = begin(c);
    cr_buf_char(&c->out->text, '[');
    if (param->by_region) {
        cr_buf_str(&c->out->text, w->calc->policy->regions.at[region].code);
        any = 1;
    }
    for (int32_t k = 2; k < i->b; k++) {
        cr_buf_text(&c->out->text, any++ ? "," : "");
        key_text(c, &param->key_type[k - 2], (int64_t)cr_lane_get(w, args[k], why->row));
    }
    cr_buf_char(&c->out->text, ']');
    end(c, &out->detail);
    out->chain = begin(c);
    for (int n = 0; param->by_region && region >= 0 && n < 8; n++) {
        cr_buf_text(&c->out->text, n ? " " : "");
        cr_buf_str(&c->out->text, w->calc->policy->regions.at[region].code);
        region = param->stmt->local_only ? -1 : w->calc->policy->regions.at[region].parent;
    }
    end(c, &out->chain);
}

static int same_text(const cr_finder *c, cr_text_span a, cr_text_span b)
{
    return a.n == b.n &&
           (a.n == 0 || memcmp(c->out->text.p + a.at, c->out->text.p + b.at, a.n) == 0);
}

/* The text of what was there before is taken back. */
static int add_once(cr_finder *c, const cr_found *cause)
{
    for (size_t k = 0; k < c->out->n; k++) {
        cr_found *have = &c->out->at[k];
        if (have->kind == cause->kind && same_text(c, have->name, cause->name) &&
            same_text(c, have->detail, cause->detail)) {
            have->answer = cause->answer > have->answer ? cause->answer : have->answer;
            c->out->text.n = cause->name.at;
            c->at = k;
            return 0;
        }
    }
    if (c->out->n == c->out->cap) {
        cr_alloc alloc = c->w->alloc;
        size_t cap = c->out->cap ? c->out->cap * 2 : 16;
        cr_found *more =
            alloc.fn(alloc.user, c->out->at, c->out->cap * sizeof *more, cap * sizeof *more);
        if (!more)
            return 2;
        c->out->at = more;
        c->out->cap = cap;
    }
    c->at = c->out->n++;
    c->out->at[c->at] = *cause;
    return 0;
}

/* A cause that an earlier month left has no look-up of this month behind it. */
static int is_lookup(const cr_finder *c, const cr_why *why)
{
    return c->w->frame->plan->code.at[why->insn].op == CR_OP_ROW;
}

static int on_cause(void *user, const cr_why *why)
{
    cr_finder *c = user;
    const cr_program *p = &c->w->calc->policy->program;
    cr_found cause = {0};
    cause.answer = why->answer;
    cause.name = begin(c);
    switch (why->kind) {
    case CR_WHY_INPUT:
        cause.kind = CR_CAUSE_INPUT;
        cause.label = &p->fields.at[why->index].decl->label;
        cr_field_path(&c->out->text, &c->w->calc->policy->program, why->index);
        break;
    case CR_WHY_PARAMETER:
        cause.kind = CR_CAUSE_PARAMETER;
        cause.label = &p->params.at[why->index].stmt->label;
        cr_buf_str(&c->out->text, p->params.at[why->index].name);
        break;
    case CR_WHY_CALENDAR:
        cause.kind = CR_CAUSE_CALENDAR;
        cr_buf_text(&c->out->text, "calendar");
        break;
    default:
        cause.kind = CR_CAUSE_RULE;
        cause.label = &p->defs.at[why->index].label;
        cr_buf_str(&c->out->text, p->defs.at[why->index].name);
        break;
    }
    end(c, &cause.name);
    if (why->kind == CR_WHY_PARAMETER && is_lookup(c, why))
        row_keys(c, why, &cause);
    if (why->kind == CR_WHY_CALENDAR) {
        cause.detail = begin(c);
        cr_buf_i64(&c->out->text, why->extra);
        end(c, &cause.detail);
    }
    return c->out->text.oom ? 2 : add_once(c, &cause);
}

/* ---- numbers ---- */

void cr_cause_names_init(cr_cause_names *names, cr_alloc alloc)
{
    cr_findings_init(&names->found, alloc);
    names->slots = NULL;
}

void cr_cause_names_free(cr_cause_names *names)
{
    cr_mem_free(&names->found.text.a, names->slots, CR_CAUSE_SLOTS * sizeof *names->slots);
    cr_findings_free(&names->found);
    names->slots = NULL;
}

void cr_cause_names_trim(cr_cause_names *names)
{
    if (names->found.n < CR_CAUSE_SLOTS && !names->found.text.oom)
        return;
    cr_findings_clear(&names->found);
    if (names->slots)
        memset(names->slots, 0, CR_CAUSE_SLOTS * sizeof *names->slots);
}

/* All that the text is made of. */
static void know(const cr_finder *c, const cr_why *why, cr_cause_slot *out)
{
    const cr_workspace *w = c->w;
    const cr_insn *i = &w->frame->plan->code.at[why->insn];
    memset(out, 0, sizeof *out);
    out->kind = why->kind;
    out->index = why->index;
    out->extra = why->extra;
    if (why->kind != CR_WHY_PARAMETER || !is_lookup(c, why))
        return;
    out->looked_up = 1;
    out->region = region_of(w, why);
    for (int32_t k = 2; k < i->b; k++)
        out->key[k - 2] = (int64_t)cr_lane_get(w, w->frame->plan->args.at[i->a + k], why->row);
}

static int same_slot(const cr_cause_slot *a, const cr_cause_slot *b)
{
    return a->kind == b->kind && a->looked_up == b->looked_up && a->index == b->index &&
           a->extra == b->extra && a->region == b->region &&
           memcmp(a->key, b->key, sizeof a->key) == 0;
}

static uint32_t slot_of(const cr_cause_slot *s)
{
    uint64_t h = s->kind + (uint64_t)s->looked_up * 8;
    const int64_t parts[] = {s->index, s->extra, s->region};
    for (size_t i = 0; i < 3; i++)
        h = (h ^ (uint64_t)parts[i]) * UINT64_C(0x9E3779B97F4A7C15);
    for (size_t i = 0; s->looked_up && i < CR_MAX_KEYS; i++)
        h = (h ^ (uint64_t)s->key[i]) * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(h >> 32) % CR_CAUSE_SLOTS;
}

int cr_cause_number(cr_cause_names *names, cr_workspace *w, const cr_why *why, uint32_t *number)
{
    cr_finder c = {w, &names->found, 0};
    cr_cause_slot known;
    if (!names->slots)
        names->slots = cr_mem_get(&names->found.text.a, CR_CAUSE_SLOTS, sizeof *names->slots);
    if (!names->slots)
        return 2;
    know(&c, why, &known);
    cr_cause_slot *slot = &names->slots[slot_of(&known)];
    if (slot->taken && same_slot(slot, &known)) {
        *number = slot->number;
        return 0;
    }
    if (on_cause(&c, why))
        return 2;
    known.number = (uint32_t)c.at;
    known.taken = 1;
    *slot = known;
    *number = known.number;
    return 0;
}

/* A default as the pack writes it. */
static void literal_text(cr_buf *out, const cr_expr *x)
{
    char text[100];
    if (x && x->kind == CR_X_NUMBER)
        cr_buf_put(out, text, cr_rat_text(x->number, 0, text, sizeof text));
    else if (x && x->kind == CR_X_BOOL)
        cr_buf_text(out, x->integer ? "yes" : "no");
    else if (x)
        cr_buf_str(out, x->text);
}

static int on_use(void *user, const cr_why *why)
{
    cr_finder *c = user;
    const cr_policy *policy = c->w->calc->policy;
    cr_found note = {0};
    note.name = begin(c);
    if (why->kind == CR_WHY_DEFAULT) {
        const cr_sym_field *f = &policy->program.fields.at[why->index];
        note.kind = why->answer == 1 ? CR_NOTE_ASSUMED : CR_NOTE_PRESUMED;
        note.label = &f->decl->label;
        cr_field_path(&c->out->text, &policy->program, why->index);
        end(c, &note.name);
        note.detail = begin(c);
        literal_text(&c->out->text, why->answer == 1 ? f->assume : f->presume);
        end(c, &note.detail);
    } else if (why->extra >= 0) {
        const cr_prow *row = &policy->tables.at[why->index].rows.at[why->extra];
        if (c->w->on <= row->confirmed_to)
            return 0;
        note.kind = CR_NOTE_UNCONFIRMED;
        note.label = &policy->program.params.at[why->index].stmt->label;
        cr_buf_str(&c->out->text, policy->program.params.at[why->index].name);
        end(c, &note.name);
        row_keys(c, why, &note);
        note.on = row->confirmed_to;
    } else {
        return 0;
    }
    return c->out->text.oom ? 2 : add_once(c, &note);
}

int cr_causes_find(cr_workspace *w, const cr_pval *value, uint32_t row, cr_findings *out)
{
    cr_finder c = {w, out, 0};
    int32_t reg = cr_status_register(value);
    return cr_why_walk(w, &reg, &row, 1, 0, on_cause, &c);
}

int cr_notes_find(cr_workspace *w, const cr_pval *value, uint32_t row, cr_findings *out)
{
    cr_finder c = {w, out, 0};
    int32_t reg = cr_status_register(value);
    return cr_why_walk(w, &reg, &row, 1, 1, on_use, &c);
}

/* What stands before the sign: of several overrides of one row the last one counts. */
static cr_str target_of(cr_str let)
{
    size_t n = 0;
    while (n < let.n && let.p[n] != '=')
        n++;
    return cr_str_part(let, 0, n);
}

static int set_again(const cr_policy *policy, uint32_t let)
{
    for (uint32_t i = let + 1; i < policy->let_texts.n; i++)
        if (cr_str_eq(target_of(policy->let_texts.at[i]), target_of(policy->let_texts.at[let])))
            return 1;
    return 0;
}

int cr_notes_overrides(cr_workspace *w, cr_findings *out)
{
    cr_finder c = {w, out, 0};
    const cr_policy *policy = w->calc->policy;
    for (uint32_t i = 0; i < policy->let_texts.n; i++) {
        cr_found note = {0};
        if (set_again(policy, i))
            continue;
        note.kind = CR_NOTE_OVERRIDE;
        note.name = begin(&c);
        cr_buf_str(&out->text, policy->let_texts.at[i]);
        end(&c, &note.name);
        if (out->text.oom || add_once(&c, &note))
            return 2;
    }
    return 0;
}
