/* SPDX-License-Identifier: Apache-2.0 */
/* civicrules describe: what a module reads and gives, as text or as a JSON schema of the case. */
#include <string.h>

#include "cli.h"

static const char *kind_name(int32_t kind)
{
    static const char *const names[] = {"",      "yes/no", "integer", "number", "money",
                                        "exact", "date",   "month",   "enum",   "region",
                                        "text",  "list",   "reason",  "set"};
    return kind >= 0 && kind < (int32_t)(sizeof names / sizeof *names) ? names[kind] : "";
}

static void print_values(const civ_policy *policy, const civ_item *f, int zh)
{
    for (int32_t i = 0; i < f->value_count; i++) {
        civ_text name, label_zh, label_en;
        if (civ_policy_field_value(policy, (size_t)f->index, (size_t)i, &name, &label_zh,
                                   &label_en))
            continue;
        civ_text label = zh ? label_zh : label_en;
        printf("%s%.*s %.*s", i ? ", " : "      ", (int)name.length, name.data, (int)label.length,
               label.data);
    }
    if (f->value_count)
        putchar('\n');
}

static void print_item(const civ_item *f, int zh, int input)
{
    civ_text label = zh ? f->label_zh : f->label_en;
    char name[160];
    snprintf(name, sizeof name, "%.*s.%.*s", (int)f->entity.length, f->entity.data,
             (int)f->name.length, f->name.data);
    civ_text unit = zh ? f->unit_zh : f->unit_en;
    char kind[64];
    snprintf(kind, sizeof kind, "%s%s%.*s", kind_name(f->kind), unit.length ? ", " : "",
             (int)unit.length, unit.data);
    printf("  %-44s %-22s %s%s %.*s\n", name, kind, f->is_event ? (zh ? "事件 " : "event ") : "",
           !input                ? ""
           : f->has_default == 1 ? (zh ? "有缺省" : "assumed when absent")
           : f->has_default == 2 ? (zh ? "可推定" : "may be presumed")
           : f->is_event         ? ""
                                 : (zh ? "需填报" : "required"),
           (int)label.length, label.data);
}

static civ_item fresh(void)
{
    civ_item f;
    memset(&f, 0, sizeof f);
    f.struct_size = sizeof f;
    return f;
}

static void print_source(const civ_source *d, int zh)
{
    static const char *const words[][2] = {{"", ""},
                                           {"official", "官方"},
                                           {"secondary, full text", "转载全文"},
                                           {"secondary", "转引"},
                                           {"secondary, doubtful", "转引存疑"},
                                           {"recalled", "忆述"},
                                           {"recalled, doubtful", "忆述存疑"}};
    const civ_text parts[] = {d->number, d->issuer, d->address};
    civ_text label = zh ? d->label_zh : d->label_en;
    printf("  %.*s", (int)label.length, label.data);
    for (int i = 0; i < 3; i++)
        if (parts[i].length)
            printf(zh ? "，%.*s" : ", %.*s", (int)parts[i].length, parts[i].data);
    if (d->confidence > 0 && d->confidence <= 6)
        printf(zh ? "（%s）" : " (%s)", words[d->confidence][zh != 0]);
    putchar('\n');
}

static void describe_sources(const civ_policy *policy, civ_text module, int zh)
{
    puts(zh ? "依据：" : "sources:");
    for (size_t i = 0; i < civ_policy_source_count(policy); i++) {
        civ_source d;
        memset(&d, 0, sizeof d);
        d.struct_size = sizeof d;
        if (civ_policy_cites(policy, module, i) && civ_policy_source(&d, policy, i) == CIV_OK)
            print_source(&d, zh);
    }
}

static void describe_text(const civ_policy *policy, const civ_calculator *calculator, int zh)
{
    civ_text root = civ_calculator_root(calculator);
    printf(zh ? "%.*s 输入：\n" : "inputs of %.*s:\n", (int)root.length, root.data);
    for (size_t i = 0; i < civ_policy_field_count(policy); i++) {
        civ_item f = fresh();
        if (!civ_calculator_reads(calculator, i) || civ_policy_field(&f, policy, i))
            continue;
        print_item(&f, zh, 1);
        print_values(policy, &f, zh);
    }
    puts(zh ? "输出：" : "outputs:");
    for (size_t i = 0; i < civ_calculator_output_count(calculator); i++) {
        civ_item f = fresh();
        civ_calculator_output(&f, calculator, i);
        print_item(&f, zh, 0);
    }
}

/* ---- JSON schema (draft 2020-12) ---- */

static struct json_object *entity_schema(const civ_policy *policy, const civ_calculator *calculator,
                                         civ_text entity, int zh);

static struct json_object *enum_schema(const civ_policy *policy, const civ_item *f, int or_null)
{
    struct json_object *o = json_object_new_object(), *list = json_object_new_array();
    for (int32_t i = 0; i < f->value_count; i++) {
        civ_text name;
        civ_policy_field_value(policy, (size_t)f->index, (size_t)i, &name, NULL, NULL);
        json_object_array_add(list, json_object_new_string_len(name.data, (int)name.length));
    }
    if (or_null)
        json_object_array_add(list, NULL);
    json_object_object_add(o, "enum", list);
    return o;
}

static struct json_object *typed(const char *type, const char *pattern)
{
    struct json_object *o = json_object_new_object(), *types = json_object_new_array();
    json_object_array_add(types, json_object_new_string(type));
    json_object_array_add(types, json_object_new_string("null"));
    json_object_object_add(o, "type", types);
    if (pattern)
        json_object_object_add(o, "pattern", json_object_new_string(pattern));
    return o;
}

static struct json_object *field_schema(const civ_policy *policy, const civ_calculator *calculator,
                                        const civ_item *f, int zh);

/* Rows of one field `value` are a list of values. */
static struct json_object *rows_schema(const civ_policy *policy, const civ_calculator *calculator,
                                       civ_text entity, int zh)
{
    for (size_t i = 0; i < civ_policy_field_count(policy); i++) {
        civ_item f;
        memset(&f, 0, sizeof f);
        f.struct_size = sizeof f;
        civ_policy_field(&f, policy, i);
        if (f.entity.length == entity.length && f.name.length == 5 &&
            memcmp(f.name.data, "value", 5) == 0 &&
            memcmp(f.entity.data, entity.data, entity.length) == 0)
            return field_schema(policy, calculator, &f, zh);
    }
    return entity_schema(policy, calculator, entity, zh);
}

static struct json_object *field_schema(const civ_policy *policy, const civ_calculator *calculator,
                                        const civ_item *f, int zh)
{
    struct json_object *o = NULL;
    switch (f->kind) {
    case CIV_KIND_BOOL: o = typed("boolean", NULL); break;
    case CIV_KIND_INTEGER:
        o = typed("integer", NULL);
        if (f->minimum > INT64_MIN)
            json_object_object_add(o, "minimum", json_object_new_int64(f->minimum));
        if (f->maximum < INT64_MAX)
            json_object_object_add(o, "maximum", json_object_new_int64(f->maximum));
        break;
    case CIV_KIND_MONEY: o = typed("string", "^-?[0-9]+([.][0-9]{1,2})?$"); break;
    case CIV_KIND_DATE: o = typed("string", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"); break;
    case CIV_KIND_DATETIME:
        o = typed("string", "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$");
        break;
    case CIV_KIND_MONTH: o = typed("string", "^[0-9]{4}-[0-9]{2}$"); break;
    case CIV_KIND_REGION: o = typed("string", "^([0-9]{6}|[0-9]{9}|[0-9]{12})$"); break;
    case CIV_KIND_ENUM: o = enum_schema(policy, f, 1); break;
    case CIV_KIND_ROWS:
        o = typed("array", NULL);
        json_object_object_add(o, "items", rows_schema(policy, calculator, f->child, zh));
        json_object_object_add(o, "maxItems", json_object_new_int64(f->maximum));
        break;
    case CIV_KIND_SET:
        o = typed("array", NULL);
        json_object_object_add(o, "items", enum_schema(policy, f, 0));
        break;
    default: o = typed("string", NULL); break;
    }
    civ_text label = zh ? f->label_zh : f->label_en, unit = zh ? f->unit_zh : f->unit_en;
    json_object_object_add(o, "title", json_object_new_string_len(label.data, (int)label.length));
    if (unit.length)
        json_object_object_add(o, "description",
                               json_object_new_string_len(unit.data, (int)unit.length));
    return o;
}

static struct json_object *entity_schema(const civ_policy *policy, const civ_calculator *calculator,
                                         civ_text entity, int zh)
{
    struct json_object *o = json_object_new_object(), *fields = json_object_new_object();
    json_object_object_add(o, "type", json_object_new_string("object"));
    for (size_t i = 0; i < civ_policy_field_count(policy); i++) {
        civ_item f = fresh();
        char name[96];
        if (!civ_calculator_reads(calculator, i) || civ_policy_field(&f, policy, i) ||
            f.entity.length != entity.length ||
            memcmp(f.entity.data, entity.data, entity.length) != 0)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)f.name.length, f.name.data);
        json_object_object_add(fields, name, field_schema(policy, calculator, &f, zh));
        if (f.kind == CIV_KIND_MONEY) { /* or the same in fen */
            snprintf(name, sizeof name, "%.*s_fen", (int)f.name.length, f.name.data);
            json_object_object_add(fields, name, typed("integer", NULL));
        }
    }
    json_object_object_add(fields, "id", typed("string", NULL));
    json_object_object_add(o, "properties", fields);
    return o;
}

/* A module may have rules on several roots: one part for each. */
typedef struct cli_description {
    civ_policy *policy;
    civ_text module;
    struct json_object *roots; /* NULL = as text */
    int parts, zh;
} cli_description;

static void describe_part(cli_description *d, const civ_calculator *calculator)
{
    civ_text root = civ_calculator_root(calculator);
    char name[96];
    d->parts++;
    if (!d->roots) {
        describe_text(d->policy, calculator, d->zh);
        return;
    }
    snprintf(name, sizeof name, "%.*s", (int)root.length, root.data);
    json_object_object_add(d->roots, name, entity_schema(d->policy, calculator, root, d->zh));
}

static int describe_roots(cli_description *d)
{
    for (size_t i = 0; i < civ_policy_entity_count(d->policy); i++) {
        civ_text entity, parent;
        civ_calculator_options options = CIV_CALCULATOR_OPTIONS_INIT;
        civ_calculator *calculator = NULL;
        civ_error error = CIV_ERROR_INIT;
        if (civ_policy_entity(d->policy, i, &entity, &parent, NULL) || parent.length)
            continue;
        options.root = entity;
        civ_status bad =
            civ_calculator_create(&calculator, d->policy, &d->module, 1, &options, &error);
        if (bad == CIV_ERROR_ROOTS)
            continue;
        if (bad) {
            fprintf(stderr, "civicrules: %s\n", error.message);
            return EXIT_USAGE;
        }
        describe_part(d, calculator);
        civ_calculator_release(calculator);
    }
    return 0;
}

static void print_schema(struct json_object *roots)
{
    struct json_object *o = json_object_new_object();
    json_object_object_add(o, "$schema",
                           json_object_new_string("https://json-schema.org/draft/2020-12/schema"));
    json_object_object_add(o, "type", json_object_new_string("object"));
    json_object_object_add(o, "properties", json_object_get(roots));
    json_object_object_add(o, "minProperties", json_object_new_int(1));
    json_object_object_add(o, "maxProperties", json_object_new_int(1));
    puts(json_object_to_json_string_ext(o,
                                        JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(o);
}

int cmd_describe(const cli_options *o)
{
    civ_engine *engine;
    cli_description d = {NULL, {NULL, 0}, NULL, 0, o->zh};
    if (o->positional.n != 2)
        return cli_usage(o, "describe: give one module", NULL);
    if (o->format && strcmp(o->format, "text") && strcmp(o->format, "json-schema"))
        return cli_usage(o, "--format is text or json-schema, found", o->format);
    if (civ_engine_create(&engine, NULL, NULL))
        return EXIT_OTHER;
    d.module = cli_text(o->positional.at[1]);
    if (o->format && strcmp(o->format, "json-schema") == 0)
        d.roots = json_object_new_object();
    int bad = cli_policy(&d.policy, engine, o, 0);
    if (!bad)
        bad = describe_roots(&d);
    if (!bad && d.roots)
        print_schema(d.roots);
    else if (!bad && d.parts)
        describe_sources(d.policy, d.module, o->zh);
    json_object_put(d.roots);
    civ_policy_release(d.policy);
    civ_engine_release(engine);
    return bad;
}
