/* SPDX-License-Identifier: Apache-2.0 */
/* Answers as JSON. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct cli_answering {
    civ_workspace *w;
    const civ_calculator *calculator;
    civ_policy *policy;
    const cli_case *c;
    struct json_object *answer;
    struct json_object *causes; /* the maps, which stand behind the rows */
} cli_answering;

static struct json_object *json_text(civ_text t)
{
    return json_object_new_string_len(t.data, (int)t.length);
}

static struct json_object *map_of(struct json_object *o, const char *key, int list)
{
    struct json_object *v;
    if (!json_object_object_get_ex(o, key, &v)) {
        v = list ? json_object_new_array() : json_object_new_object();
        json_object_object_add(o, key, v);
    }
    return v;
}

static struct json_object *rows_value(cli_answering *a, const civ_item *item, size_t output,
                                      uint32_t row)
{
    const uint32_t *rows;
    size_t n;
    char id[256];
    struct json_object *list = json_object_new_array();
    if (civ_result_rows(&rows, &n, a->w, output, row) == CIV_OK)
        for (size_t i = 0; i < n; i++) {
            cli_row_id(a->c, item->child, rows[i], id, sizeof id);
            json_object_array_add(list, json_object_new_string(id));
        }
    return list;
}

static struct json_object *words_value(civ_text text)
{
    struct json_object *list = json_object_new_array();
    for (size_t from = 0, i = 0; i <= text.length; i++)
        if (i == text.length || text.data[i] == ',') {
            if (i > from)
                json_object_array_add(
                    list, json_object_new_string_len(text.data + from, (int)(i - from)));
            from = i + 1;
        }
    return list;
}

static struct json_object *json_value(cli_answering *a, const civ_item *item, const civ_value *v,
                                      size_t output, uint32_t row)
{
    if (v->kind == CIV_KIND_ROWS)
        return rows_value(a, item, output, row);
    if (v->is_none)
        return NULL;
    if (v->kind == CIV_KIND_SET)
        return words_value(v->text);
    if (v->kind == CIV_KIND_BOOL)
        return json_object_new_boolean(v->number != 0);
    if (v->kind == CIV_KIND_INTEGER)
        return json_object_new_int64(v->number);
    return json_text(v->text);
}

/* ---- causes ---- */

static struct json_object *parameter_cause(const civ_cause *c)
{
    struct json_object *o = json_object_new_object(), *chain = json_object_new_array(),
                       *keys = json_object_new_array();
    char day[11];
    json_object_object_add(o, "parameter", json_text(c->name));
    for (size_t from = 1, i = 1; i < c->detail.length; i++)
        if (c->detail.data[i] == ',' || c->detail.data[i] == ']') {
            if (i > from)
                json_object_array_add(
                    keys, json_object_new_string_len(c->detail.data + from, (int)(i - from)));
            from = i + 1;
        }
    for (size_t from = 0, i = 0; i <= c->chain.length; i++)
        if (i == c->chain.length || c->chain.data[i] == ' ') {
            if (i > from)
                json_object_array_add(
                    chain, json_object_new_string_len(c->chain.data + from, (int)(i - from)));
            from = i + 1;
        }
    cli_date_text(c->on, day);
    json_object_object_add(o, "keys", keys);
    json_object_object_add(o, "regions", chain);
    json_object_object_add(o, "on", json_object_new_string(day));
    return o;
}

static const char *map_name(const civ_cause *c)
{
    if (c->kind == CIV_CAUSE_PARAMETER || c->kind == CIV_CAUSE_CALENDAR)
        return "no_data";
    if (c->kind == CIV_CAUSE_RULE)
        return "not_in_force";
    return c->answer == CIV_INVALID ? "invalid" : "undetermined";
}

static void add_causes(cli_answering *a, const char *path, size_t output, uint32_t row,
                       int32_t answer)
{
    static const char *const names[] = {"", "undetermined", "no_data", "not_in_force", "invalid"};
    size_t n = 0;
    map_of(map_of(a->causes, names[answer], 0), path, 1);
    if (civ_result_causes(&n, a->w, output, row))
        return;
    for (size_t i = 0; i < n; i++) {
        civ_cause c;
        memset(&c, 0, sizeof c);
        c.struct_size = sizeof c;
        civ_result_cause(&c, a->w, i);
        struct json_object *list = map_of(map_of(a->causes, map_name(&c), 0), path, 1);
        if (c.kind == CIV_CAUSE_PARAMETER) {
            json_object_array_add(list, parameter_cause(&c));
        } else if (c.kind == CIV_CAUSE_CALENDAR) {
            char text[64];
            snprintf(text, sizeof text, "calendar %.*s", (int)c.detail.length, c.detail.data);
            json_object_array_add(list, json_object_new_string(text));
        } else {
            json_object_array_add(list, json_text(c.name));
        }
    }
}

/* ---- outputs ---- */

typedef struct cli_entity { /* as the policy has it; parent is empty for a root */
    civ_text name, parent, list;
} cli_entity;

static int find_entity(const civ_policy *policy, civ_text name, cli_entity *out)
{
    for (size_t i = 0; i < civ_policy_entity_count(policy); i++) {
        civ_policy_entity(policy, i, &out->name, &out->parent, &out->list);
        if (out->name.length == name.length && memcmp(out->name.data, name.data, name.length) == 0)
            return 1;
    }
    return 0;
}

/* `members[0].parents[1].`; nothing for the root. Returns the length. */
static size_t row_path(const civ_policy *policy, const cli_case *c, civ_text entity, uint32_t row,
                       char *out, size_t cap)
{
    cli_entity e;
    uint32_t parent, position;
    out[0] = 0;
    if (!find_entity(policy, entity, &e) || e.parent.length == 0 ||
        civ_case_place(&parent, &position, c->facts, entity, row))
        return 0;
    size_t n = row_path(policy, c, e.parent, parent, out, cap);
    int more = snprintf(out + n, cap - n, "%.*s[%u].", (int)e.list.length, e.list.data,
                        (unsigned)position);
    return more > 0 && (size_t)more < cap - n ? n + (size_t)more : n;
}

void cli_output_path(const civ_policy *policy, const cli_case *c, const civ_item *item,
                     uint32_t row, char *out, size_t cap)
{
    size_t n = row_path(policy, c, item->entity, row, out, cap);
    snprintf(out + n, cap - n, "%.*s", (int)item->name.length, item->name.data);
}

/* The object that stands for a row: the answer itself for the root, else a place in a list of the
 * object of the row above. */
static struct json_object *row_object(cli_answering *a, civ_text entity, uint32_t row)
{
    cli_entity e;
    uint32_t parent, position;
    char key[96], id[256];
    if (!find_entity(a->policy, entity, &e) || e.parent.length == 0 ||
        civ_case_place(&parent, &position, a->c->facts, entity, row))
        return a->answer;
    snprintf(key, sizeof key, "%.*s", (int)e.list.length, e.list.data);
    struct json_object *rows = map_of(row_object(a, e.parent, parent), key, 1);
    while (json_object_array_length(rows) <= position) {
        struct json_object *o = json_object_new_object();
        uint32_t first = row - position;
        cli_row_id(a->c, entity, first + (uint32_t)json_object_array_length(rows), id, sizeof id);
        json_object_object_add(o, "id", json_object_new_string(id));
        json_object_array_add(rows, o);
    }
    return json_object_array_get_idx(rows, position);
}

/* The lowest confidence of the documents behind a value; nothing where it rests on none. */
static void add_confidence(cli_answering *a, const char *path, size_t output, uint32_t row)
{
    static const char *const words[] = {
        "",         "official",         "secondary_full_text", "secondary", "secondary_doubtful",
        "recalled", "recalled_doubtful"};
    int32_t lowest = 0;
    if (civ_result_confidence(&lowest, a->w, output, row) == CIV_OK && lowest > 0)
        json_object_object_add(map_of(a->answer, "confidence", 0), path,
                               json_object_new_string(words[lowest]));
}

static void add_output(cli_answering *a, size_t output)
{
    civ_item item;
    memset(&item, 0, sizeof item);
    item.struct_size = sizeof item;
    civ_calculator_output(&item, a->calculator, output);
    civ_value v = CIV_VALUE_INIT;
    for (uint32_t row = 0; civ_result_value(&v, a->w, output, row) == CIV_OK; row++) {
        char name[128], path[256];
        struct json_object *o = row_object(a, item.entity, row);
        if (o == a->answer)
            o = map_of(a->answer, "outputs", 0);
        snprintf(name, sizeof name, "%.*s", (int)item.name.length, item.name.data);
        cli_output_path(a->policy, a->c, &item, row, path, sizeof path);
        if (v.answer == CIV_KNOWN) {
            json_object_object_add(o, name, json_value(a, &item, &v, output, row));
            add_confidence(a, path, output, row);
        }
        if (v.answer != CIV_KNOWN)
            add_causes(a, path, output, row, v.answer);
    }
}

static void add_notes(cli_answering *a)
{
    static const char *const names[] = {"", "assumed", "presumed", "unconfirmed", "overrides"};
    size_t n = 0;
    for (int i = 1; i <= 4; i++)
        map_of(a->answer, names[i], 1);
    if (civ_result_notes(&n, a->w))
        return;
    for (size_t i = 0; i < n; i++) {
        civ_note note;
        memset(&note, 0, sizeof note);
        note.struct_size = sizeof note;
        civ_result_note(&note, a->w, i);
        struct json_object *list = map_of(a->answer, names[note.kind], 1), *o;
        if (note.kind != CIV_NOTE_UNCONFIRMED) {
            json_object_array_add(list, json_text(note.name));
            continue;
        }
        char text[256], day[11];
        snprintf(text, sizeof text, "%.*s%.*s", (int)note.name.length, note.name.data,
                 (int)note.detail.length, note.detail.data);
        cli_date_text(note.date, day);
        o = json_object_new_object();
        json_object_object_add(o, "row", json_object_new_string(text));
        json_object_object_add(o, "confirmed_to", json_object_new_string(day));
        json_object_array_add(list, o);
    }
}

struct json_object *cli_answer(civ_workspace *w, const civ_calculator *calculator,
                               civ_policy *policy, const cli_case *c, const cli_options *o)
{
    cli_answering a = {
        w, calculator, policy, c, json_object_new_object(), json_object_new_object()};
    struct json_object *p = json_object_new_object();
    json_object_object_add(a.answer, "on", json_object_new_string(o->on));
    json_object_object_add(p, "name", json_text(civ_policy_name(policy)));
    json_object_object_add(p, "version", json_text(civ_policy_version(policy)));
    json_object_object_add(p, "sha256", json_text(civ_policy_sha256(policy)));
    json_object_object_add(a.answer, "policy", p);
    map_of(a.answer, "outputs", 0);
    map_of(a.answer, "confidence", 0);
    for (size_t i = 0; i < civ_calculator_output_count(calculator); i++)
        add_output(&a, i);
    static const char *const maps[] = {"undetermined", "no_data", "not_in_force", "invalid"};
    for (int i = 0; i < 4; i++)
        json_object_object_add(a.answer, maps[i], json_object_get(map_of(a.causes, maps[i], 0)));
    json_object_put(a.causes);
    add_notes(&a);
    return a.answer;
}
