/* SPDX-License-Identifier: Apache-2.0 */
/* Policies through the public door: builders, diagnostics, and what a policy holds. */
#include <string.h>

#include "api/handles.h"
#include "base/date.h"
#include "engine/plan.h"
#include "lang/format.h"
#include "policy/embedded.h"

static const cr_str NONE = {NULL, 0};

struct civ_policy_builder {
    civ_engine *engine;
    cr_arena arena;
    CR_VEC(cr_file) files;
    CR_VEC(cr_str) lets;
    int32_t known; /* rows recorded later are left out */
    uint8_t has_known;
    cr_file *printed; /* files and lets, for diagnostics */
    cr_diags diags;
    cr_buf text; /* of the last rendered diagnostic, and of formatting */
    cr_buf text_zh;
    cr_buf line, line_zh;
};

civ_status civ_policy_builder_create(civ_policy_builder **out, civ_engine *engine, civ_error *error)
{
    if (!out || !engine)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    *out = NULL;
    civ_policy_builder *b = cr_mem_get(&engine->alloc, 1, sizeof *b);
    if (!b)
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    b->engine = engine;
    cr_arena_init(&b->arena, engine->alloc);
    cr_diags_init(&b->diags, &b->arena);
    cr_buf_init(&b->text, engine->alloc);
    cr_buf_init(&b->text_zh, engine->alloc);
    cr_buf_init(&b->line, engine->alloc);
    cr_buf_init(&b->line_zh, engine->alloc);
    *out = b;
    return CIV_OK;
}

void civ_policy_builder_release(civ_policy_builder *b)
{
    if (!b)
        return;
    cr_alloc alloc = b->engine->alloc;
    cr_arena_free(&b->arena);
    cr_buf_free(&b->text);
    cr_buf_free(&b->text_zh);
    cr_buf_free(&b->line);
    cr_buf_free(&b->line_zh);
    cr_mem_free(&alloc, b, sizeof *b);
}

civ_status civ_policy_builder_add(civ_policy_builder *b, civ_text name, civ_text text,
                                  civ_file_kind kind, civ_error *error)
{
    cr_file f = {0};
    if (!b || (!text.data && text.length > 0))
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    f.name = cr_arena_text(&b->arena, cr_str_text(name));
    f.text = cr_arena_text(&b->arena, cr_str_text(text));
    f.is_amendment = kind == CIV_FILE_AMENDMENT;
    f.is_examples = kind == CIV_FILE_EXAMPLES;
    if (!f.name.p || !f.text.p || !CR_PUSH(&b->arena, b->files, f))
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    return CIV_OK;
}

civ_status civ_policy_builder_add_embedded(civ_policy_builder *b, civ_error *error)
{
    civ_status status = CIV_OK;
    for (size_t i = 0; i < cr_embedded_count && !status; i++) {
        civ_text name = {cr_embedded_files[i].path, strlen(cr_embedded_files[i].path)};
        civ_text text = {(const char *)cr_embedded_files[i].bytes, cr_embedded_files[i].size};
        status = civ_policy_builder_add(b, name, text, CIV_FILE_PACK, error);
    }
    return status;
}

civ_status civ_policy_builder_let(civ_policy_builder *b, civ_text let, civ_error *error)
{
    if (!b || !let.data)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    cr_str copy = cr_arena_text(&b->arena, cr_str_text(let));
    if (!copy.p || !CR_PUSH(&b->arena, b->lets, copy))
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    return CIV_OK;
}

civ_status civ_policy_builder_known(civ_policy_builder *b, int32_t day, civ_error *error)
{
    if (!b)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    if (day < CR_DATE_MIN || day > CR_DATE_MAX)
        return cr_fail(error, CIV_ERROR_DATE, NULL, NONE, NONE);
    b->known = day;
    b->has_known = 1;
    return CIV_OK;
}

/* ---- building ---- */

static int keep_files(civ_policy_builder *b)
{
    b->printed = cr_arena_get(&b->arena, (size_t)b->files.n + b->lets.n + 1, sizeof *b->printed);
    for (uint32_t i = 0; b->printed && i < b->files.n + b->lets.n; i++) {
        if (i < b->files.n) {
            b->printed[i] = b->files.at[i];
        } else {
            b->printed[i].name = CR_STR("let");
            b->printed[i].text = b->lets.at[i - b->files.n];
        }
    }
    return b->printed == NULL;
}

static int add_output(civ_policy *policy, int32_t def, int reason, cr_str name)
{
    cr_public_output *o = &policy->outputs[policy->n_outputs++];
    o->core.def = def;
    o->core.reason = (uint8_t)reason;
    o->core.name = name;
    return name.p == NULL;
}

/* m.status has the reason m.reason, m.x_status m.x_reason; a decision D has D.reason. */
static cr_str reason_name(cr_arena *arena, const cr_def *d)
{
    char *p = cr_arena_get(arena, d->name.n + 10, 1);
    cr_str s = {p, 0};
    if (!p)
        return s;
    int of_status = d->kind == CR_DEF_STATUS && d->name.n > 6 &&
                    memcmp(d->name.p + d->name.n - 6, "status", 6) == 0;
    size_t stem = of_status ? d->name.n - 6 : d->name.n;
    memcpy(p, d->name.p, stem);
    memcpy(p + stem, of_status ? "reason" : ".reason", of_status ? 7 : 8);
    s.n = stem + (of_status ? 6 : 7);
    return s;
}

static int list_outputs(civ_policy *policy)
{
    const cr_program *p = &policy->core->program;
    policy->outputs =
        cr_arena_get(&policy->core->arena, (size_t)p->defs.n * 2 + 1, sizeof *policy->outputs);
    if (!policy->outputs)
        return 1;
    for (uint32_t i = 0; i < p->defs.n; i++) {
        const cr_def *d = &p->defs.at[i];
        if (d->n_args > 0 || d->versions.n == 0 || d->type.kind == CR_T_ROW)
            continue; /* a row is read through its fields */
        if (add_output(policy, (int32_t)i, 0, d->name))
            return 1;
        if ((d->kind == CR_DEF_DECIDE || d->kind == CR_DEF_STATUS) &&
            add_output(policy, (int32_t)i, 1, reason_name(&policy->core->arena, d)))
            return 1;
    }
    return 0;
}

static int unit_texts(civ_policy *policy, const cr_type *type, cr_str out[2])
{
    for (int zh = 0; zh < 2; zh++) {
        cr_buf buf;
        out[zh] = CR_STR("");
        if (type->kind != CR_T_NUMBER || cr_unit_none(type->unit))
            continue;
        cr_buf_init(&buf, policy->engine->alloc);
        cr_unit_text(&buf, type->unit, zh);
        cr_str text = {buf.p, buf.n};
        out[zh] = cr_arena_text(&policy->core->arena, text);
        int bad = buf.oom || !out[zh].p;
        cr_buf_free(&buf);
        if (bad)
            return 1;
    }
    return 0;
}

/* Units in words, for fields and then for definitions. */
static int list_units(civ_policy *policy)
{
    const cr_program *p = &policy->core->program;
    policy->units = cr_arena_get(&policy->core->arena, (size_t)p->fields.n + p->defs.n + 1,
                                 sizeof *policy->units);
    if (!policy->units)
        return 1;
    for (uint32_t i = 0; i < p->fields.n; i++)
        if (unit_texts(policy, &p->fields.at[i].type, policy->units[i].text))
            return 1;
    for (uint32_t i = 0; i < p->defs.n; i++)
        if (unit_texts(policy, &p->defs.at[i].type, policy->units[p->fields.n + i].text))
            return 1;
    return 0;
}

static civ_status wrap(civ_policy **out, civ_engine *engine, cr_policy *core, civ_error *error)
{
    civ_policy *policy = cr_mem_get(&engine->alloc, 1, sizeof *policy);
    if (policy) {
        policy->core = core;
        policy->engine = engine;
        policy->references = 1;
        cr_buf_init(&policy->text, engine->alloc);
    }
    if (!policy || list_outputs(policy) || list_units(policy)) {
        cr_mem_free(&engine->alloc, policy, sizeof *policy);
        cr_policy_release(core);
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    }
    *out = policy;
    return CIV_OK;
}

civ_status civ_policy_build(civ_policy **out, civ_policy_builder *b, civ_error *error)
{
    cr_policy *core = NULL;
    if (!out || !b)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    *out = NULL;
    cr_diags_init(&b->diags, &b->arena);
    if (keep_files(b))
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    cr_policy_input in = {b->files.at,
                          b->files.n,
                          b->lets.at,
                          b->lets.n,
                          b->engine->max_policy_bytes,
                          b->has_known ? &b->known : NULL};
    int bad = cr_policy_build(&core, &in, b->engine->alloc, &b->diags);
    if (bad == 1)
        return cr_fail(error, CIV_ERROR_POLICY, NULL, NONE, NONE);
    if (bad == 3)
        return cr_fail(error, CIV_ERROR_LIMIT,
                       "the policy needs more memory than the engine allows", NONE, NONE);
    if (bad)
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    bad = cr_plan_check(core, b->engine->alloc, &b->diags);
    if (cr_diags_keep(&b->diags) || bad == 2) {
        cr_policy_release(core);
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    }
    if (bad) {
        cr_policy_release(core);
        return cr_fail(error, CIV_ERROR_POLICY, NULL, NONE, NONE);
    }
    return wrap(out, b->engine, core, error);
}

void civ_policy_retain(civ_policy *policy)
{
    if (policy)
        __atomic_add_fetch(&policy->references, 1, __ATOMIC_RELAXED);
}

void civ_policy_release(civ_policy *policy)
{
    if (!policy || __atomic_sub_fetch(&policy->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    cr_alloc alloc = policy->engine->alloc;
    cr_buf_free(&policy->text);
    cr_policy_release(policy->core);
    cr_mem_free(&alloc, policy, sizeof *policy);
}

/* ---- diagnostics ---- */

size_t civ_policy_builder_diagnostic_count(const civ_policy_builder *b)
{
    return b ? b->diags.list.n : 0;
}

static civ_text written(cr_buf *buf)
{
    cr_str s = {buf->p, buf->n};
    return cr_text(s);
}

civ_status civ_policy_builder_diagnostic(civ_diagnostic *out, const civ_policy_builder *builder,
                                         size_t index)
{
    civ_policy_builder *b =
        (civ_policy_builder *)builder; /* the texts are the builder's, made when asked for */
    if (!out || out->struct_size < sizeof *out)
        return CIV_ERROR_STRUCT_SIZE;
    if (!b || index >= b->diags.list.n)
        return CIV_ERROR_ARGUMENT;
    const cr_diag *d = &b->diags.list.at[index];
    uint32_t n_files = b->files.n + b->lets.n;
    cr_buf *const bufs[] = {&b->text, &b->text_zh, &b->line, &b->line_zh};
    for (int i = 0; i < 4; i++)
        cr_buf_clear(bufs[i]);
    cr_diag_print(&b->text, d, b->printed, b->printed ? n_files : 0, 0);
    cr_diag_print(&b->text_zh, d, b->printed, b->printed ? n_files : 0, 1);
    cr_diag_sentence(&b->line, d, 0);
    cr_diag_sentence(&b->line_zh, d, 1);
    out->number = (int32_t)d->code;
    out->is_warning = d->severity == CR_WARNING;
    out->line = d->pos.line;
    out->column = d->pos.col;
    out->length = d->pos.len;
    out->file = cr_text(b->printed && d->pos.file < n_files ? b->printed[d->pos.file].name : NONE);
    out->message_en = written(&b->line);
    out->message_zh = written(&b->line_zh);
    out->nearest = cr_text(d->nearest);
    out->rendered = written(&b->text);
    out->rendered_zh = written(&b->text_zh);
    return b->text.oom || b->text_zh.oom || b->line.oom || b->line_zh.oom ? CIV_ERROR_MEMORY
                                                                          : CIV_OK;
}

civ_status civ_format_policy(civ_text *text, civ_policy_builder *b, civ_text name, civ_text source,
                             civ_error *error)
{
    if (!text || !b)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    text->data = NULL;
    text->length = 0;
    cr_diags_init(&b->diags, &b->arena);
    b->files.n = b->lets.n = 0;
    if (civ_policy_builder_add(b, name, source, CIV_FILE_PACK, error) || keep_files(b))
        return CIV_ERROR_MEMORY;
    cr_buf_clear(&b->text);
    int bad = cr_format(&b->text, &b->files.at[0], &b->diags);
    if (bad)
        return cr_fail(error, bad == 2 ? CIV_ERROR_MEMORY : CIV_ERROR_POLICY, NULL,
                       cr_str_text(name), NONE);
    *text = written(&b->text);
    return CIV_OK;
}

/* ---- what a policy holds ---- */

civ_text civ_policy_name(const civ_policy *p)
{
    return cr_text(p ? p->core->name : NONE);
}

civ_text civ_policy_version(const civ_policy *p)
{
    return cr_text(p ? p->core->version : NONE);
}

civ_text civ_policy_sha256(const civ_policy *p)
{
    return cr_text(p ? cr_str_of(p->core->sha256) : NONE);
}

size_t civ_policy_module_count(const civ_policy *p)
{
    return p ? p->core->program.modules.n : 0;
}

civ_status civ_policy_module(const civ_policy *p, size_t index, civ_text *name, civ_text *label_zh,
                             civ_text *label_en, int32_t *item)
{
    if (!p || index >= p->core->program.modules.n)
        return CIV_ERROR_ARGUMENT;
    const cr_module *m = &p->core->program.modules.at[index];
    if (name)
        *name = cr_text(m->name);
    if (label_zh)
        *label_zh = cr_text(m->stmt->label.zh);
    if (label_en)
        *label_en = cr_text(m->stmt->label.en);
    if (item)
        *item = (int32_t)m->stmt->item;
    return CIV_OK;
}

/* ---- sources ---- */

size_t civ_policy_source_count(const civ_policy *p)
{
    return p ? p->core->program.sources.n : 0;
}

civ_status civ_policy_source(civ_source *out, const civ_policy *p, size_t index)
{
    if (!out || out->struct_size < sizeof *out)
        return CIV_ERROR_STRUCT_SIZE;
    if (!p || index >= p->core->program.sources.n)
        return CIV_ERROR_ARGUMENT;
    const cr_stmt *s = p->core->program.sources.at[index].stmt;
    out->confidence = s->confidence;
    out->from = s->period.from;
    out->to = s->period.to;
    out->name = cr_text(s->name);
    out->label_en = cr_text(s->label.en);
    out->label_zh = cr_text(s->label.zh);
    out->number = cr_text(s->number);
    out->issuer = cr_text(s->issuer);
    out->address = cr_text(s->address);
    return CIV_OK;
}

static int among(const cr_cites *cites, size_t source)
{
    for (uint32_t i = 0; i < cites->n; i++)
        if (cites->at[i].source_index == (int32_t)source)
            return 1;
    return 0;
}

static int rule_cites(const cr_stmt *s, size_t source)
{
    int found = among(&s->cites, source);
    for (uint32_t i = 0; i < s->clauses.n; i++)
        found |= among(&s->clauses.at[i].cites, source);
    return found;
}

int32_t civ_policy_cites(const civ_policy *p, civ_text module, size_t source)
{
    cr_str name = cr_str_text(module);
    int found = 0;
    if (!p)
        return 0;
    const cr_program *program = &p->core->program;
    for (uint32_t i = 0; i < program->defs.n; i++)
        for (uint32_t v = 0; v < program->defs.at[i].versions.n; v++)
            found |= cr_str_eq(program->defs.at[i].module, name) &&
                     rule_cites(program->defs.at[i].versions.at[v].stmt, source);
    for (uint32_t i = 0; i < program->params.n; i++)
        for (uint32_t k = 0; k < p->core->tables.at[i].rows.n; k++)
            found |= cr_str_eq(program->params.at[i].stmt->module, name) &&
                     among(&p->core->tables.at[i].rows.at[k].cites, source);
    return found;
}

size_t civ_policy_entity_count(const civ_policy *p)
{
    return p ? p->core->program.entities.n : 0;
}

civ_status civ_policy_entity(const civ_policy *p, size_t index, civ_text *name, civ_text *parent,
                             civ_text *list)
{
    if (!p || index >= p->core->program.entities.n)
        return CIV_ERROR_ARGUMENT;
    const cr_entity *e = &p->core->program.entities.at[index];
    if (name)
        *name = cr_text(e->name);
    if (parent)
        *parent = cr_text(e->parent >= 0 ? p->core->program.entities.at[e->parent].name : NONE);
    if (list)
        *list =
            cr_text(e->parent_field >= 0 ? p->core->program.fields.at[e->parent_field].name : NONE);
    return CIV_OK;
}

size_t civ_policy_field_count(const civ_policy *p)
{
    return p ? p->core->program.fields.n : 0;
}

civ_status civ_policy_field(civ_item *out, const civ_policy *p, size_t index)
{
    if (!out || out->struct_size < sizeof *out)
        return CIV_ERROR_STRUCT_SIZE;
    if (!p || index >= p->core->program.fields.n)
        return CIV_ERROR_ARGUMENT;
    cr_item_of_field(out, p, (int32_t)index);
    return CIV_OK;
}

civ_status civ_policy_field_value(const civ_policy *p, size_t field, size_t value, civ_text *name,
                                  civ_text *label_zh, civ_text *label_en)
{
    if (!p || field >= p->core->program.fields.n ||
        p->core->program.fields.at[field].type.kind != CR_T_ENUM)
        return CIV_ERROR_ARGUMENT;
    const cr_enum *e = &p->core->program.enums.at[p->core->program.fields.at[field].type.index];
    if (value >= e->n_values)
        return CIV_ERROR_ARGUMENT;
    if (name)
        *name = cr_text(e->values[value].name);
    if (label_zh)
        *label_zh = cr_text(e->values[value].label.zh);
    if (label_en)
        *label_en = cr_text(e->values[value].label.en);
    return CIV_OK;
}

size_t civ_policy_output_count(const civ_policy *p)
{
    return p ? p->n_outputs : 0;
}

civ_status civ_policy_output(civ_item *out, const civ_policy *p, size_t index)
{
    if (!out || out->struct_size < sizeof *out)
        return CIV_ERROR_STRUCT_SIZE;
    if (!p || index >= p->n_outputs)
        return CIV_ERROR_ARGUMENT;
    cr_item_of_output(out, p, &p->outputs[index].core, (int32_t)index);
    return CIV_OK;
}
