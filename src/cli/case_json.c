/* SPDX-License-Identifier: Apache-2.0 */
/* Case files: JSON objects into cases. Every finding is reported with a JSON pointer; nothing is
 * guessed or rounded. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct cli_reader {
    cli_case *out;
    civ_policy *policy;
    char pointer[CLI_POINTER_SIZE];
    int32_t known; /* facts recorded later are left out */
    int has_known;
} cli_reader;

/* ---- findings ---- */

/* What was found, short enough for one line and cut between characters. */
static struct json_object *shown(const char *found)
{
    enum { MOST = 80 };
    size_t n = strlen(found), cut = MOST;
    char text[MOST + 4];
    if (n <= MOST)
        return json_object_new_string(found);
    while (cut > 0 && ((unsigned char)found[cut] & 0xC0) == 0x80)
        cut--;
    memcpy(text, found, cut);
    memcpy(text + cut, "…", sizeof "…");
    return json_object_new_string(text);
}

static void add_error(cli_reader *r, const char *code, const char *found, const char *expected,
                      const char *nearest)
{
    struct json_object *e = json_object_new_object();
    json_object_object_add(e, "code", json_object_new_string(code));
    json_object_object_add(e, "pointer", json_object_new_string(r->pointer));
    json_object_object_add(e, "found", shown(found ? found : ""));
    json_object_object_add(e, "expected", json_object_new_string(expected ? expected : ""));
    json_object_object_add(e, "nearest", json_object_new_string(nearest ? nearest : ""));
    json_object_array_add(r->out->errors, e);
}

static const char *text_of(struct json_object *v)
{
    return v ? json_object_is_type(v, json_type_string)
                   ? json_object_get_string(v)
                   : json_object_to_json_string_ext(v, JSON_C_TO_STRING_PLAIN)
             : "null";
}

/* Steps into a member; the caller cuts the pointer back to the length returned. */
static size_t enter(cli_reader *r, const char *key)
{
    return cli_pointer_enter(r->pointer, key);
}

/* ---- cells ---- */

const char *cli_code_of(civ_status status, int32_t kind)
{
    if (status == CIV_ERROR_PRECISION)
        return kind == CIV_KIND_MONEY ? "money_precision" : "precision";
    if (status == CIV_ERROR_UNKNOWN_VALUE)
        return "unknown_value";
    return kind == CIV_KIND_MONEY      ? "bad_money"
           : kind == CIV_KIND_DATE     ? "bad_date"
           : kind == CIV_KIND_MONTH    ? "bad_month"
           : kind == CIV_KIND_DATETIME ? "bad_date_time"
           : kind == CIV_KIND_REGION   ? "bad_region"
           : kind == CIV_KIND_BOOL     ? "bad_yes_no"
                                       : "bad_value";
}

const char *cli_expected_of(int32_t kind)
{
    switch (kind) {
    case CIV_KIND_BOOL: return "true or false";
    case CIV_KIND_INTEGER: return "a whole number";
    case CIV_KIND_MONEY: return "yuan as a decimal string such as \"645.00\", whole fen";
    case CIV_KIND_DATE: return "a date \"YYYY-MM-DD\"";
    case CIV_KIND_DATETIME: return "a date-time \"YYYY-MM-DDThh:mm\"";
    case CIV_KIND_MONTH: return "a month \"YYYY-MM\"";
    case CIV_KIND_ENUM: return "one of the values of the field";
    case CIV_KIND_SET: return "a list of values of the field";
    case CIV_KIND_REGION: return "a region code of 6, 9 or 12 digits in quotes";
    case CIV_KIND_TEXT: return "text in quotes";
    default: return "a decimal number";
    }
}

/* Significant ones; binary floating point keeps 15 of them. */
static int digits_of(const char *text)
{
    int n = 0;
    for (; *text && *text != 'e' && *text != 'E'; text++)
        n += (*text >= '1' && *text <= '9') || (*text == '0' && n > 0);
    return n;
}

/* Numbers stay in the text they were written in; integers beyond 64 bits are cut by the reader and
 * so refused. */
static int number_text(cli_reader *r, struct json_object *v, const civ_item *f)
{
    int is_int = json_object_is_type(v, json_type_int);
    int64_t n = is_int ? json_object_get_int64(v) : 0;
    if (f->kind == CIV_KIND_TEXT || f->kind == CIV_KIND_REGION || f->kind == CIV_KIND_ENUM ||
        f->kind == CIV_KIND_DATE || f->kind == CIV_KIND_MONTH || f->kind == CIV_KIND_DATETIME ||
        f->kind == CIV_KIND_BOOL) {
        int many = is_int && (n > 99999999999999 || n < -99999999999999);
        add_error(r, many ? "digits_lost" : "number_for_text", text_of(v),
                  many ? "text in quotes: long numbers lose digits in spreadsheets and JSON readers"
                       : cli_expected_of(f->kind),
                  NULL);
        return 0;
    }
    if (is_int && (n == INT64_MAX || n == INT64_MIN)) {
        add_error(r, "digits_lost", text_of(v), "a number of at most 18 digits", NULL);
        return 0;
    }
    if (f->kind != CIV_KIND_INTEGER && digits_of(text_of(v)) > 15) {
        add_error(r, "digits_lost", text_of(v),
                  "text in quotes: long numbers lose digits in spreadsheets and JSON readers",
                  NULL);
        return 0;
    }
    if (strpbrk(text_of(v), "eE")) {
        add_error(r, "exponent", text_of(v), cli_expected_of(f->kind), NULL);
        return 0;
    }
    return 1;
}

typedef void (*cli_value_reader)(cli_reader *r, const civ_item *f, uint32_t row,
                                 struct json_object *v);

static int read_day(cli_reader *r, struct json_object *entry, const char *key, int32_t *day)
{
    struct json_object *from;
    int there = json_object_object_get_ex(entry, key, &from);
    size_t cut = enter(r, key);
    int bad = !there || !json_object_is_type(from, json_type_string) ||
              cli_date_parse(json_object_get_string(from), day);
    if (bad)
        add_error(r, "bad_date", there ? text_of(from) : "nothing", "a date \"YYYY-MM-DD\"", NULL);
    r->pointer[cut] = 0;
    return bad;
}

/* A list of words is a set; a list of objects is a history. */
static int has_objects(struct json_object *list)
{
    for (size_t i = 0; i < json_object_array_length(list); i++)
        if (json_object_is_type(json_object_array_get_idx(list, i), json_type_object))
            return 1;
    return 0;
}

/* Recorded after the day that the caller asks for, or on a bad date, which was reported. */
static int is_later(cli_reader *r, struct json_object *entry, int recorded)
{
    int32_t day;
    if (!recorded)
        return 0;
    if (read_day(r, entry, "recorded", &day))
        return 1;
    return r->has_known && day > r->known;
}

/* `[{"from": DATE, "value": V}, …]`: what holds from which day on. */
static void read_history(cli_reader *r, const civ_item *f, uint32_t row, struct json_object *list,
                         cli_value_reader read)
{
    if (json_object_array_length(list) == 0)
        add_error(r, "history", "[]", "at least one {\"from\": DATE, \"value\": V}", NULL);
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        struct json_object *entry = json_object_array_get_idx(list, i), *v;
        char index[24];
        int32_t day;
        int recorded = json_object_is_type(entry, json_type_object) &&
                       json_object_object_get_ex(entry, "recorded", NULL);
        snprintf(index, sizeof index, "%zu", i);
        size_t cut = enter(r, index);
        if (!json_object_is_type(entry, json_type_object)) {
            add_error(r, "history", text_of(entry), "{\"from\": DATE, \"value\": V}", NULL);
        } else if (!json_object_object_get_ex(entry, "value", &v) ||
                   (json_object_is_type(v, json_type_array) &&
                    (f->kind != CIV_KIND_SET || has_objects(v))) ||
                   json_object_object_length(entry) != 2 + recorded) {
            add_error(r, "history", text_of(entry),
                      "{\"from\": DATE, \"value\": V}, perhaps \"recorded\": DATE, and no more",
                      NULL);
        } else if (!read_day(r, entry, "from", &day) && !is_later(r, entry, recorded)) {
            size_t inner = enter(r, "value");
            civ_case_since(r->out->facts, day, NULL);
            read(r, f, row, v);
            civ_case_since(r->out->facts, CIV_ALWAYS, NULL);
            r->pointer[inner] = 0;
        }
        r->pointer[cut] = 0;
    }
}

static void read_words(cli_reader *r, const civ_item *f, uint32_t row, struct json_object *list)
{
    char text[4096] = "";
    size_t n = 0;
    civ_error error = CIV_ERROR_INIT;
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        struct json_object *word = json_object_array_get_idx(list, i);
        const char *s = text_of(word);
        if (!json_object_is_type(word, json_type_string) || n + strlen(s) + 2 > sizeof text) {
            add_error(r, "wrong_type", s, cli_expected_of(f->kind), NULL);
            return;
        }
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", i ? "," : "", s);
    }
    civ_status bad =
        civ_case_set_parsed(r->out->facts, (size_t)f->index, row, cli_text(text), &error);
    if (bad)
        add_error(r, cli_code_of(bad, f->kind), text, cli_expected_of(f->kind), error.nearest);
}

static void read_value(cli_reader *r, const civ_item *f, uint32_t row, struct json_object *v)
{
    civ_error error = CIV_ERROR_INIT;
    enum json_type type = json_object_get_type(v);
    if (type == json_type_null) {
        civ_case_set_unknown(r->out->facts, (size_t)f->index, row, NULL);
        return;
    }
    if (f->kind == CIV_KIND_SET && type == json_type_array && !has_objects(v)) {
        read_words(r, f, row, v);
        return;
    }
    if (type == json_type_array) {
        read_history(r, f, row, v, read_value);
        return;
    }
    if (type == json_type_object) {
        add_error(r, "wrong_type", text_of(v), cli_expected_of(f->kind), NULL);
        return;
    }
    if ((type == json_type_int || type == json_type_double) && !number_text(r, v, f))
        return;
    int quoted =
        type == json_type_string && (f->kind == CIV_KIND_BOOL || f->kind == CIV_KIND_INTEGER);
    if (quoted || (type == json_type_boolean && f->kind != CIV_KIND_BOOL)) {
        add_error(r, "wrong_type", text_of(v), cli_expected_of(f->kind), NULL);
        return;
    }
    civ_status bad =
        civ_case_set_parsed(r->out->facts, (size_t)f->index, row, cli_text(text_of(v)), &error);
    if (bad)
        add_error(r, cli_code_of(bad, f->kind), text_of(v), cli_expected_of(f->kind),
                  error.nearest);
}

static void read_fen(cli_reader *r, const civ_item *f, uint32_t row, struct json_object *v)
{
    if (v == NULL)
        civ_case_set_unknown(r->out->facts, (size_t)f->index, row, NULL);
    else if (json_object_is_type(v, json_type_array))
        read_history(r, f, row, v, read_fen);
    else if (!json_object_is_type(v, json_type_int) || json_object_get_int64(v) == INT64_MAX)
        add_error(r, "bad_fen", text_of(v), "a whole number of fen", NULL);
    else
        civ_case_set_int(r->out->facts, (size_t)f->index, row, json_object_get_int64(v), NULL);
}

/* ---- rows ---- */

static void read_object(cli_reader *r, civ_text entity, uint32_t row, struct json_object *o,
                        const char *also, int depth);

static struct json_object *ids_of(cli_reader *r, civ_text entity)
{
    char name[96];
    struct json_object *list;
    snprintf(name, sizeof name, "%.*s", (int)entity.length, entity.data);
    if (!json_object_object_get_ex(r->out->ids, name, &list)) {
        list = json_object_new_array();
        json_object_object_add(r->out->ids, name, list);
    }
    return list;
}

static void read_id(cli_reader *r, civ_text child, uint32_t row, struct json_object *o)
{
    struct json_object *id, *list = ids_of(r, child);
    if (!json_object_object_get_ex(o, "id", &id) || id == NULL) {
        json_object_array_add(list, NULL);
        return;
    }
    size_t cut = enter(r, "id");
    if (!json_object_is_type(id, json_type_string))
        add_error(r, "bad_id", text_of(id), "text in quotes: long numbers lose digits", NULL);
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        struct json_object *other = json_object_array_get_idx(list, i);
        if (other && strcmp(json_object_get_string(other), json_object_get_string(id)) == 0)
            add_error(r, "duplicate_id", text_of(id), "an id of its own for each row", NULL);
    }
    json_object_array_add(list, json_object_get(id));
    civ_case_set_id(r->out->facts, child, row, cli_text(json_object_get_string(id)), NULL);
    r->pointer[cut] = 0;
}

static int find_field(cli_reader *r, civ_text entity, const char *key, civ_item *out,
                      civ_error *error)
{
    int64_t field = civ_case_field(r->out->facts, entity, cli_text(key), error);
    memset(out, 0, sizeof *out);
    out->struct_size = sizeof *out;
    return field >= 0 && civ_policy_field(out, r->policy, (size_t)field) == CIV_OK;
}

static void read_list(cli_reader *r, const civ_item *f, civ_text entity, uint32_t row,
                      struct json_object *v, int depth)
{
    if (v == NULL) {
        civ_case_set_unknown(r->out->facts, (size_t)f->index, row, NULL);
        return;
    }
    if (!json_object_is_type(v, json_type_array)) {
        add_error(r, "not_a_list", text_of(v), "a list [ … ]", NULL);
        return;
    }
    civ_case_set_empty(r->out->facts, entity, row, f->name, NULL);
    for (size_t i = 0; i < json_object_array_length(v); i++) {
        struct json_object *o = json_object_array_get_idx(v, i);
        char index[24];
        uint32_t child;
        snprintf(index, sizeof index, "%zu", i);
        size_t cut = enter(r, index);
        civ_item plain;
        int is_plain = !json_object_is_type(o, json_type_object);
        if (is_plain && !find_field(r, f->child, "value", &plain, NULL)) {
            add_error(r, "not_an_object", text_of(o), "an object { … }", NULL);
        } else if (civ_case_add(r->out->facts, &child, f->name, row, NULL) == CIV_OK) {
            if (is_plain) { /* a list of values */
                read_value(r, &plain, child, o);
            } else {
                read_id(r, f->child, child, o);
                read_object(r, f->child, child, o, "id", depth + 1);
            }
        } else {
            add_error(r, "too_many_rows", index, "a shorter list", NULL);
            i = json_object_array_length(v);
        }
        r->pointer[cut] = 0;
    }
}

static int find_fen(cli_reader *r, civ_text entity, const char *key, civ_item *out)
{
    char name[96];
    size_t n = strlen(key);
    if (n < 5 || n >= sizeof name || strcmp(key + n - 4, "_fen") != 0)
        return 0;
    memcpy(name, key, n - 4);
    name[n - 4] = 0;
    return find_field(r, entity, name, out, NULL) && out->kind == CIV_KIND_MONEY;
}

static const char *name_of(civ_text t, char *out, size_t cap)
{
    snprintf(out, cap, "%.*s", (int)t.length, t.data);
    return out;
}

/* One member of an object; 0 = the entity has no such field. */
static int read_member(cli_reader *r, civ_text entity, uint32_t row, struct json_object *o,
                       const char *key, struct json_object *v, civ_error *error, int depth)
{
    civ_item f;
    char name[96];
    if (find_field(r, entity, key, &f, error)) {
        if (f.kind == CIV_KIND_ROWS)
            read_list(r, &f, entity, row, v, depth);
        else
            read_value(r, &f, row, v);
        return 1;
    }
    if (!find_fen(r, entity, key, &f))
        return 0;
    if (json_object_object_get_ex(o, name_of(f.name, name, sizeof name), NULL))
        add_error(r, "duplicate_field", key, "yuan or fen, not both", name);
    else
        read_fen(r, &f, row, v);
    return 1;
}

static void read_object(cli_reader *r, civ_text entity, uint32_t row, struct json_object *o,
                        const char *also, int depth)
{
    if (depth > 8) {
        add_error(r, "too_deep", "", "a tree of at most eight levels", NULL);
        return;
    }
    json_object_object_foreach(o, key, v)
    {
        civ_error error = CIV_ERROR_INIT;
        size_t cut = enter(r, key);
        if (!(also && strcmp(key, also) == 0) &&
            !read_member(r, entity, row, o, key, v, &error, depth))
            add_error(r, "unknown_field", key, "a field of the entity", error.nearest);
        r->pointer[cut] = 0;
    }
}

/* `{"person": {…}}` is a household of that person; fields of the household stand in the same
 * object. */
static void read_person(cli_reader *r, struct json_object *o)
{
    uint32_t row;
    if (civ_case_add(r->out->facts, &row, cli_text("members"), 0, NULL))
        return;
    read_id(r, cli_text("person"), row, o);
    json_object_object_foreach(o, key, v)
    {
        civ_error error = CIV_ERROR_INIT, other = CIV_ERROR_INIT;
        size_t cut = enter(r, key);
        if (strcmp(key, "members") == 0)
            add_error(r, "members_of_person", text_of(v),
                      "\"household\" as the root key: \"person\" is a household of one",
                      "household");
        else if (strcmp(key, "id") != 0 &&
                 !read_member(r, cli_text("person"), row, o, key, v, &error, 0) &&
                 !read_member(r, cli_text("household"), 0, o, key, v, &other, 0))
            add_error(r, "unknown_field", key, "a field of person or household",
                      error.nearest[0] ? error.nearest : other.nearest);
        r->pointer[cut] = 0;
    }
}

/* ---- the whole text ---- */

/* Editors of other systems write other encodings. */
static const char *encoding_of(const char *text, size_t n)
{
    if (n >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
        return "UTF-8, not UTF-16";
    return "UTF-8, not GB18030 or another encoding";
}

static struct json_object *parse(cli_reader *r, const char *text, size_t n)
{
    struct json_tokener *t = json_tokener_new_ex(32);
    struct json_object *o = NULL;
    char where[64];
    if (!t || n > INT32_MAX / 2) {
        add_error(r, "too_large", "", "a case file below 1 GiB", NULL);
        if (t)
            json_tokener_free(t);
        return NULL;
    }
    json_tokener_set_flags(t, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    o = json_tokener_parse_ex(t, text, (int)n + 1);
    enum json_tokener_error e = json_tokener_get_error(t);
    size_t at = json_tokener_get_parse_end(t);
    while (e == json_tokener_success && at < n && text[at] && strchr(" \t\r\n", text[at]))
        at++;
    if (e != json_tokener_success || at < n) {
        size_t line, col;
        cli_text_position(text, at < n ? at : n, &line, &col);
        snprintf(where, sizeof where, "line %zu, column %zu", line, col);
        add_error(r, "not_json", where,
                  e == json_tokener_success                   ? "the end of the file"
                  : e == json_tokener_error_parse_utf8_string ? encoding_of(text, n)
                                                              : json_tokener_error_desc(e),
                  NULL);
        json_object_put(o);
        o = NULL;
    }
    json_tokener_free(t);
    return o;
}

static void read_root(cli_reader *r, struct json_object *top, civ_text root)
{
    char name[64];
    struct json_object *o;
    snprintf(name, sizeof name, "%.*s", (int)root.length, root.data);
    int person = cli_text_is(root, "household") && json_object_object_get_ex(top, "person", NULL);
    const char *wanted = person ? "person" : name;
    json_object_object_foreach(top, key, v)
    {
        (void)v;
        size_t cut = enter(r, key);
        if (strcmp(key, wanted) != 0)
            add_error(r, "unknown_root", key, name, name);
        r->pointer[cut] = 0;
    }
    size_t cut = enter(r, wanted);
    if (!json_object_object_get_ex(top, wanted, &o) || !json_object_is_type(o, json_type_object)) {
        add_error(r, "no_root",
                  json_object_object_get_ex(top, wanted, NULL) ? text_of(o) : "nothing",
                  "an object { … }", NULL);
    } else if (person) {
        read_person(r, o);
    } else {
        read_object(r, root, 0, o, "id", 0);
    }
    r->pointer[cut] = 0;
}

/* Which root a case is about: the first key that is a root of the policy. Empty = none. */
void cli_case_root(char *out, size_t size, const char *text, size_t n, const civ_policy *policy)
{
    struct json_tokener *t = json_tokener_new();
    struct json_object *o = t && n < INT32_MAX ? json_tokener_parse_ex(t, text, (int)n) : NULL;
    out[0] = 0;
    if (o && json_object_is_type(o, json_type_object)) {
        json_object_object_foreach(o, key, v)
        {
            (void)v;
            for (size_t i = 0; !out[0] && i < civ_policy_entity_count(policy); i++) {
                civ_text name, parent;
                civ_policy_entity(policy, i, &name, &parent, NULL);
                if (parent.length == 0 && cli_text_is(name, key))
                    snprintf(out, size, "%s", key);
            }
            if (!out[0] && strcmp(key, "person") == 0) /* a household of one */
                snprintf(out, size, "household");
        }
    }
    json_object_put(o);
    json_tokener_free(t);
}

static void add_scanned(void *user, const char *code, const char *pointer, const char *found,
                        const char *expected)
{
    cli_reader *r = user;
    snprintf(r->pointer, sizeof r->pointer, "%s", pointer);
    add_error(r, code, found, expected, NULL);
    r->pointer[0] = 0;
}

int cli_case_read(cli_case *out, const char *text, size_t n, civ_policy *policy, civ_text root,
                  const char *known)
{
    cli_reader r;
    memset(out, 0, sizeof *out);
    memset(&r, 0, sizeof r);
    r.out = out;
    r.policy = policy;
    r.has_known = known && cli_date_parse(known, &r.known) == 0;
    out->errors = json_object_new_array();
    out->ids = json_object_new_object();
    if (!out->errors || !out->ids || civ_case_create(&out->facts, policy, root, NULL))
        return EXIT_OTHER;
    if (n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) { /* the mark that some editors put first */
        text += 3;
        n -= 3;
    }
    out->root = parse(&r, text, n);
    if (out->root)
        cli_scan_text(text, n, add_scanned, &r);
    if (out->root && !json_object_is_type(out->root, json_type_object))
        add_error(&r, "not_an_object", text_of(out->root), "an object { … }", NULL);
    else if (out->root)
        read_root(&r, out->root, root);
    return json_object_array_length(out->errors) > 0;
}

void cli_case_free(cli_case *c)
{
    civ_case_release(c->facts);
    json_object_put(c->root);
    json_object_put(c->errors);
    json_object_put(c->ids);
}

static const char *member(struct json_object *o, const char *key)
{
    struct json_object *v;
    return json_object_object_get_ex(o, key, &v) ? json_object_get_string(v) : "";
}

/* One line whatever stands in the file: control characters become `?`. */
static void put_line(char *text)
{
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = '?';
    fprintf(stderr, "%s\n", text);
}

void cli_case_print_errors(const cli_case *c, const char *name, int zh)
{
    for (size_t i = 0; i < json_object_array_length(c->errors); i++) {
        struct json_object *e = json_object_array_get_idx(c->errors, i);
        const char *nearest = member(e, "nearest");
        char line[1400], expected[256];
        const char *form = zh ? "%s：%s 有误（%s）：写的是“%s”，应为 %s"
                              : "%s: error at %s (%s): found '%s'; expected %s";
        if (strcmp(member(e, "code"), "not_json") == 0) /* found is a place */
            form = zh ? "%s：%s 不是 JSON（%s）：%s，应为 %s"
                      : "%s: error at %s (%s): %s; expected %s";
        int n = snprintf(line, sizeof line, form, name,
                         member(e, "pointer")[0] ? member(e, "pointer") : "/", member(e, "code"),
                         member(e, "found"),
                         cli_say(member(e, "expected"), zh, expected, sizeof expected));
        if (nearest[0] && n > 0 && (size_t)n < sizeof line)
            snprintf(line + n, sizeof line - (size_t)n,
                     zh ? "；是否想写“%s”？" : "; did you mean '%s'?", nearest);
        put_line(line);
    }
}

void cli_row_id(const cli_case *c, civ_text entity, uint32_t row, char *out, size_t cap)
{
    char name[96];
    struct json_object *list, *id = NULL;
    snprintf(name, sizeof name, "%.*s", (int)entity.length, entity.data);
    if (json_object_object_get_ex(c->ids, name, &list))
        id = json_object_array_get_idx(list, row);
    uint32_t parent, position = row;
    if (id) {
        snprintf(out, cap, "%s", json_object_get_string(id));
        return;
    }
    civ_case_place(&parent, &position, c->facts, entity, row); /* its place in the list, from 1 */
    snprintf(out, cap, "%u", (unsigned)position + 1);
}
