/* SPDX-License-Identifier: Apache-2.0 */
/* Answers cases in bulk for the reference evaluator's comparison.

   eval_driver POLICYFILE… -- LANEBITS < cases.jsonl reads {"on", "case", "lets"?, "strict"?,
   "presume"?, "steps"?}, one a line, and prints {"outputs": {"PATH/OUTPUT": [KIND, VALUE,
   [CAUSES]]}} for every output of the policy, helpers included; the path is empty for the root,
   else members[0]; KIND is civ_answer. A policy that does not build prints {"error": …}. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

typedef struct session {
    civ_engine *engine;
    char **files;
    int n_files;
    civ_policy *plain; /* without overrides */
    unsigned cases;
} session;

static civ_policy *build(session *s, struct json_object *lets)
{
    civ_policy_builder *b = NULL;
    civ_policy *policy = NULL;
    civ_error error = CIV_ERROR_INIT;
    civ_policy_builder_create(&b, s->engine, NULL);
    for (int i = 0; i < s->n_files; i++)
        cli_add_path(b, s->files[i], CIV_FILE_PACK, 1);
    for (size_t i = 0; lets && i < json_object_array_length(lets); i++)
        civ_policy_builder_let(
            b, cli_text(json_object_get_string(json_object_array_get_idx(lets, i))), NULL);
    if (civ_policy_build(&policy, b, &error))
        cli_print_diagnostics(b, 0, stderr);
    civ_policy_builder_release(b);
    return policy;
}

static struct json_object *causes(civ_workspace *w, size_t output, uint32_t row)
{
    static const char *const kinds[] = {"", "input:", "parameter:", "rule:", "calendar:"};
    struct json_object *list = json_object_new_array();
    size_t n = 0;
    if (civ_result_causes(&n, w, output, row))
        return list;
    for (size_t i = 0; i < n; i++) {
        char text[256];
        civ_cause c;
        int known = 0;
        memset(&c, 0, sizeof c);
        c.struct_size = sizeof c;
        civ_result_cause(&c, w, i);
        civ_text name = c.kind == CIV_CAUSE_CALENDAR ? c.detail : c.name;
        snprintf(text, sizeof text, "%s%.*s", kinds[c.kind], (int)name.length, name.data);
        for (size_t k = 0; k < json_object_array_length(list); k++)
            known |= strcmp(json_object_get_string(json_object_array_get_idx(list, k)), text) == 0;
        if (!known)
            json_object_array_add(list, json_object_new_string(text));
    }
    return list;
}

static struct json_object *value(civ_workspace *w, const civ_value *v, size_t output, uint32_t row)
{
    const uint32_t *rows;
    size_t n;
    if (v->answer)
        return NULL;
    if (v->kind == CIV_KIND_ROWS) {
        struct json_object *list = json_object_new_array();
        if (civ_result_rows(&rows, &n, w, output, row) == CIV_OK)
            for (size_t i = 0; i < n; i++)
                json_object_array_add(list, json_object_new_int64(rows[i]));
        return list;
    }
    if (v->is_none)
        return json_object_new_string("none");
    if (v->kind == CIV_KIND_BOOL)
        return json_object_new_boolean(v->number != 0);
    return json_object_new_string_len(v->text.data, (int)v->text.length);
}

/* Paths of the rows of every entity, in the order in which the case reader makes them: {entity:
 * [path, …]}. */
static void paths_of(civ_policy *policy, struct json_object *paths, struct json_object *rows,
                     const char *prefix)
{
    if (!json_object_is_type(rows, json_type_object))
        return; /* a word of a set */
    json_object_object_foreach(rows, key, list)
    {
        for (size_t i = 0;
             json_object_is_type(list, json_type_array) && i < json_object_array_length(list);
             i++) {
            struct json_object *all;
            char path[200];
            snprintf(path, sizeof path, "%s%s%s[%zu]", prefix, prefix[0] ? "." : "", key, i);
            if (!json_object_object_get_ex(paths, key, &all)) {
                all = json_object_new_array();
                json_object_object_add(paths, key, all);
            }
            json_object_array_add(all, json_object_new_string(path));
            paths_of(policy, paths, json_object_array_get_idx(list, i), path);
        }
    }
}

static civ_text list_of(civ_policy *policy, civ_text entity)
{
    civ_text name, parent, list;
    for (size_t i = 0; i < civ_policy_entity_count(policy); i++) {
        civ_policy_entity(policy, i, &name, &parent, &list);
        if (name.length == entity.length && memcmp(name.data, entity.data, name.length) == 0)
            return list;
    }
    return cli_text("");
}

static struct json_object *answer(civ_policy *policy, civ_calculator *k, civ_workspace *w,
                                  struct json_object *body)
{
    struct json_object *outputs = json_object_new_object(), *top = json_object_new_object(),
                       *paths = json_object_new_object(), *all;
    json_object_object_foreach(body, root, rows)
    {
        (void)root;
        paths_of(policy, paths, rows, "");
    }
    for (size_t i = 0; i < civ_calculator_output_count(k); i++) {
        civ_item item;
        civ_value v = CIV_VALUE_INIT;
        memset(&item, 0, sizeof item);
        item.struct_size = sizeof item;
        civ_calculator_output(&item, k, i);
        civ_text list = list_of(policy, item.entity);
        for (uint32_t row = 0; civ_result_value(&v, w, i, row) == CIV_OK; row++) {
            char path[256];
            struct json_object *triple = json_object_new_array();
            char key[96];
            snprintf(key, sizeof key, "%.*s", (int)list.length, list.data);
            if (list.length && json_object_object_get_ex(paths, key, &all))
                snprintf(path, sizeof path, "%s/%.*s",
                         json_object_get_string(json_object_array_get_idx(all, row)),
                         (int)item.name.length, item.name.data);
            else
                snprintf(path, sizeof path, "/%.*s", (int)item.name.length, item.name.data);
            json_object_array_add(triple, json_object_new_int(v.answer));
            json_object_array_add(triple, value(w, &v, i, row));
            json_object_array_add(triple, v.answer ? causes(w, i, row) : json_object_new_array());
            json_object_object_add(outputs, path, triple);
        }
    }
    json_object_object_add(top, "outputs", outputs);
    json_object_put(paths);
    return top;
}

static struct json_object *failed(const char *text)
{
    struct json_object *o = json_object_new_object();
    json_object_object_add(o, "error", json_object_new_string(text));
    return o;
}

/* All outputs that hang on the root of the case, helpers too. */
static civ_status calculator(civ_calculator **out, civ_policy *policy, const char *root,
                             const civ_calculator_options *o, civ_error *error)
{
    civ_calculator_options here = *o;
    size_t n = civ_policy_output_count(policy), m = 0;
    civ_text *wanted = calloc(n + 1, sizeof *wanted);
    for (size_t i = 0; wanted && i < n; i++) {
        civ_item item;
        civ_text name, parent, list, at;
        memset(&item, 0, sizeof item);
        item.struct_size = sizeof item;
        civ_policy_output(&item, policy, i);
        at = item.entity;
        for (int depth = 0; depth < 8; depth++)
            for (size_t e = 0; e < civ_policy_entity_count(policy); e++) {
                civ_policy_entity(policy, e, &name, &parent, &list);
                if (parent.length && name.length == at.length &&
                    memcmp(name.data, at.data, at.length) == 0)
                    at = parent;
            }
        if (cli_text_is(at, root))
            wanted[m++] = item.name;
    }
    here.root = cli_text(root); /* several roots may have outputs of one name */
    civ_status s = civ_calculator_create(out, policy, wanted, m, &here, error);
    free(wanted);
    return s;
}

static struct json_object *flag(struct json_object *line, const char *key)
{
    struct json_object *v;
    return json_object_object_get_ex(line, key, &v) ? v : NULL;
}

/* A day by itself, or the last of so many months of a timeline that ends with the month of the day.
 */
static civ_status run(civ_workspace *w, const civ_case *facts, const char *day, int32_t on,
                      int steps, civ_error *error)
{
    civ_status bad = CIV_OK;
    int year = 0, month = 1;
    if (steps == 0 || sscanf(day, "%d-%d", &year, &month) != 2)
        return civ_evaluate(w, facts, on, error);
    for (int i = steps - 1; i >= 0 && !bad; i--)
        bad = civ_evaluate_month(w, facts, year * 12 + month - 1 - i, i == steps - 1, error);
    return bad;
}

/* Every value has an explanation in both languages, whatever kind of answer it is. */
static int explains_all(civ_workspace *w, const civ_calculator *k)
{
    for (size_t i = 0; i < civ_calculator_output_count(k); i++) {
        civ_value v = CIV_VALUE_INIT;
        for (uint32_t row = 0; civ_result_value(&v, w, i, row) == CIV_OK; row++)
            for (int lang = 0; lang < 2; lang++) {
                civ_wanted wanted = {(uint32_t)i, row};
                civ_text text;
                if (civ_explain_text(&text, w, &wanted, 1, lang, CIV_FORMAT_TEXT, NULL) ||
                    text.length == 0)
                    return 0;
            }
    }
    return 1;
}

static struct json_object *decide(session *s, struct json_object *line)
{
    civ_calculator_options o = CIV_CALCULATOR_OPTIONS_INIT;
    civ_error error = CIV_ERROR_INIT;
    civ_calculator *k = NULL;
    civ_workspace *w = NULL;
    cli_case c;
    struct json_object *out = NULL, *lets = flag(line, "lets"), *body = flag(line, "case");
    int own = lets && json_object_array_length(lets) > 0;
    int32_t on = 0;
    civ_policy *policy = own ? build(s, lets) : s->plain;
    const char *root = "";
    json_object_object_foreach(body, key, v)
    {
        (void)v;
        root = strcmp(key, "person") == 0 ? "household" : key;
    }
    o.strict = json_object_get_boolean(flag(line, "strict"));
    o.presume = json_object_get_boolean(flag(line, "presume"));
    o.explain = s->cases++ % 8 == 0;
    memset(&c, 0, sizeof c);
    if (!policy)
        return failed("policy");
    if (cli_date_parse(json_object_get_string(flag(line, "on")), &on) ||
        calculator(&k, policy, root, &o, &error)) {
        out = failed(error.message);
    } else {
        const char *text = json_object_to_json_string_ext(body, JSON_C_TO_STRING_PLAIN);
        if (cli_case_read(&c, text, strlen(text), policy, civ_calculator_root(k), NULL))
            out = failed(json_object_to_json_string(c.errors));
        else if (civ_workspace_create(&w, k, &error) ||
                 run(w, c.facts, json_object_get_string(flag(line, "on")), on,
                     json_object_get_int(flag(line, "steps")), &error))
            out = failed(error.message);
        else if (o.explain && !explains_all(w, k))
            out = failed("a value without an explanation");
        else
            out = answer(policy, k, w, body);
    }
    civ_workspace_release(w);
    cli_case_free(&c);
    civ_calculator_release(k);
    if (own)
        civ_policy_release(policy);
    return out;
}

int main(int argc, char **argv)
{
    session s = {NULL, argv + 1, 0, NULL, 0};
    civ_engine_options o = CIV_ENGINE_OPTIONS_INIT;
    static char line[1 << 22];
    while (s.n_files < argc - 1 && strcmp(argv[1 + s.n_files], "--") != 0)
        s.n_files++;
    if (s.n_files + 2 < argc)
        o.min_lane_bits = (uint32_t)atoi(argv[s.n_files + 2]);
    if (civ_engine_create(&s.engine, &o, NULL))
        return 4;
    s.plain = build(&s, NULL);
    while (fgets(line, sizeof line, stdin)) {
        struct json_object *in = json_tokener_parse(line);
        struct json_object *out = in ? decide(&s, in) : failed("line");
        puts(json_object_to_json_string_ext(out, JSON_C_TO_STRING_PLAIN));
        fflush(stdout);
        json_object_put(out);
        json_object_put(in);
    }
    civ_policy_release(s.plain);
    civ_engine_release(s.engine);
    return 0;
}
