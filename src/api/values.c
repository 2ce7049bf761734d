/* SPDX-License-Identifier: Apache-2.0 */
/* Types and values as callers see them. */
#include <string.h>

#include "api/handles.h"
#include "base/date.h"

int32_t cr_kind_of(const cr_type *type)
{
    switch (type->kind) {
    case CR_T_BOOL: return CIV_KIND_BOOL;
    case CR_T_DATE: return CIV_KIND_DATE;
    case CR_T_MONTH: return CIV_KIND_MONTH;
    case CR_T_TIME: return CIV_KIND_DATETIME;
    case CR_T_ENUM: return CIV_KIND_ENUM;
    case CR_T_REGION: return CIV_KIND_REGION;
    case CR_T_ROWS: return CIV_KIND_ROWS;
    case CR_T_REASON: return CIV_KIND_REASON;
    case CR_T_SET: return CIV_KIND_SET;
    case CR_T_NUMBER:
        return type->exact || type->decimals < 0 ? CIV_KIND_EXACT
               : type->money                     ? CIV_KIND_MONEY
               : type->decimals > 0              ? CIV_KIND_NUMBER
                                                 : CIV_KIND_INTEGER;
    default: return CIV_KIND_TEXT;
    }
}

static int64_t to_64(cr_i128 v)
{
    return v > INT64_MAX ? INT64_MAX : v < INT64_MIN ? INT64_MIN : (int64_t)v;
}

static void item_bounds(civ_item *out, const civ_policy *policy, const cr_sym_field *f)
{
    if (f->type.kind == CR_T_NUMBER) {
        out->minimum = to_64(f->type.lo);
        out->maximum = to_64(f->type.hi);
    } else if (f->child >= 0) {
        out->minimum = policy->core->program.entities.at[f->child].at_least;
        out->maximum = policy->core->program.entities.at[f->child].at_most;
    } else if (cr_type_is_time(&f->type)) {
        int32_t first, last;
        cr_time_bounds(&f->type, &first, &last);
        out->minimum = first;
        out->maximum = last;
    }
}

static void item_type(civ_item *out, const civ_policy *policy, const cr_type *type)
{
    const cr_program *p = &policy->core->program;
    out->kind = cr_kind_of(type);
    out->decimals = type->kind == CR_T_NUMBER && type->decimals > 0 ? type->decimals : 0;
    out->is_event = type->event;
    if (type->kind == CR_T_ENUM || type->kind == CR_T_SET)
        out->value_count = (int32_t)p->enums.at[type->index].n_values;
    if (type->kind == CR_T_ROWS)
        out->child = cr_text(p->entities.at[type->index].name);
}

void cr_item_of_field(civ_item *out, const civ_policy *policy, int32_t field)
{
    const cr_program *p = &policy->core->program;
    const cr_sym_field *f = &p->fields.at[field];
    uint32_t size = out->struct_size;
    memset(out, 0, sizeof *out);
    out->struct_size = size;
    out->index = field;
    item_type(out, policy, &f->type);
    item_bounds(out, policy, f);
    out->has_default = f->assume ? 1 : f->presume ? 2 : 0;
    out->name = cr_text(f->name);
    out->entity = cr_text(p->entities.at[f->entity].name);
    out->module = cr_text(f->module);
    out->unit_en = cr_text(policy->units[field].text[0]);
    out->unit_zh = cr_text(policy->units[field].text[1]);
    out->label_zh = cr_text(f->decl->label.zh);
    out->label_en = cr_text(f->decl->label.en);
}

static const cr_type REASON_TYPE = {.kind = CR_T_REASON};

void cr_item_of_output(civ_item *out, const civ_policy *policy, const cr_output *output,
                       int32_t index)
{
    const cr_program *p = &policy->core->program;
    const cr_def *d = &p->defs.at[output->def];
    uint32_t size = out->struct_size;
    memset(out, 0, sizeof *out);
    out->struct_size = size;
    out->index = index;
    item_type(out, policy, output->reason ? &REASON_TYPE : &d->type);
    out->is_internal =
        d->internal || d->kind == CR_DEF_REQUIRE || (output->reason && d->kind == CR_DEF_DECIDE);
    out->name = cr_text(output->name);
    out->entity = cr_text(p->entities.at[d->entity].name);
    out->module = cr_text(d->module);
    const cr_unit_words *unit = &policy->units[p->fields.n + (uint32_t)output->def];
    out->unit_en = cr_text(output->reason ? CR_STR("") : unit->text[0]);
    out->unit_zh = cr_text(output->reason ? CR_STR("") : unit->text[1]);
    out->label_zh = cr_text(d->label.zh);
    out->label_en = cr_text(d->label.en);
    if (output->reason) {
        out->label_zh = cr_text(CR_STR("原因"));
        out->label_en = cr_text(CR_STR("reason"));
    }
}
