/* SPDX-License-Identifier: Apache-2.0 */
/* A batch of JSON Lines: a case in each line, read as `eval` reads it. */
#include <stdlib.h>
#include <string.h>

#include "batch.h"

enum { MOST_LISTS = 16 };

typedef struct lines_run {
    cli_batch *b;
    cli_bytes bytes;
    cli_buf line, rest; /* the line; what was read beyond it */
    size_t at;
    uint64_t number;
    civ_workspace *w;
    char entities[MOST_LISTS][64], lists[MOST_LISTS][64]; /* the root first */
    FILE *to[MOST_LISTS];
    size_t n;
} lines_run;

/* ---- lines ---- */

/* 1 a line, 0 the end, -1 no memory. */
static int next_line(lines_run *r)
{
    char block[1 << 14];
    r->line.n = 0;
    for (;;) {
        const char *from = r->rest.p ? r->rest.p + r->at : "";
        size_t left = r->rest.n - r->at;
        const char *end = left ? memchr(from, '\n', left) : NULL;
        cli_put(&r->line, from, end ? (size_t)(end - from) : left);
        r->at += end ? (size_t)(end - from) + 1 : left;
        if (r->line.oom)
            return -1;
        if (end)
            break;
        size_t n = cli_bytes_read(&r->bytes, block, sizeof block);
        r->rest.n = r->at = 0;
        cli_put(&r->rest, block, n);
        if (r->rest.oom || r->bytes.failed)
            return -1;
        if (n == 0 && r->line.n == 0)
            return 0;
        if (n == 0)
            break;
    }
    r->number++;
    cli_put(&r->line, "", 1);
    r->line.n--;
    return r->line.oom ? -1 : 1;
}

static int is_blank(const cli_buf *line)
{
    return strspn(line->p, " \t\r") == line->n;
}

/* ---- findings ---- */

static const char *text_member(struct json_object *o, const char *key)
{
    struct json_object *v;
    return json_object_object_get_ex(o, key, &v) && v ? json_object_get_string(v) : "";
}

static civ_text id_of(const cli_case *c, const cli_batch *b)
{
    static const civ_text none = {"", 0};
    struct json_object *root, *id;
    if (!c->root || !json_object_is_type(c->root, json_type_object) ||
        !json_object_object_get_ex(c->root, b->root, &root) ||
        !json_object_is_type(root, json_type_object) ||
        !json_object_object_get_ex(root, "id", &id) || !json_object_is_type(id, json_type_string))
        return none;
    return cli_text(json_object_get_string(id));
}

/* Codes that findings keep point to texts that last. */
static const char *lasting(const char *code)
{
    static const char *const codes[] = {
        "money_precision", "precision",  "unknown_value", "bad_money",
        "bad_date",        "bad_month",  "bad_date_time", "bad_region",
        "bad_yes_no",      "bad_value",  "digits_lost",   "number_for_text",
        "exponent",        "wrong_type", "bad_fen",       "bad_id",
        "duplicate_id",    "not_a_list", "not_an_object", "too_many_rows",
        "duplicate_field", "too_deep",   "unknown_field", "members_of_person",
        "too_large",       "not_json",   "unknown_root",  "no_root",
        "no_date"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (strcmp(code, codes[i]) == 0)
            return codes[i];
    return "bad_case";
}

static void find_errors(lines_run *r, const cli_case *c, cli_buf *codes)
{
    for (size_t i = 0; i < json_object_array_length(c->errors); i++) {
        struct json_object *e = json_object_array_get_idx(c->errors, i);
        const char *code = text_member(e, "code");
        cli_finding f = {r->bytes.path,
                         r->number,
                         id_of(c, r->b),
                         text_member(e, "pointer"),
                         lasting(code),
                         cli_text(text_member(e, "found")),
                         text_member(e, "expected"),
                         text_member(e, "nearest"),
                         0};
        cli_find(&r->b->findings, &f);
        cli_puts(codes, codes->n ? ";" : "");
        cli_puts(codes, code);
    }
}

/* ---- CSV out ---- */

static int csv_heads(lines_run *r)
{
    cli_buf line = {0};
    int bad = 0;
    for (size_t k = 0; k < r->n && !bad; k++) {
        if (fputs("\xEF\xBB\xBF", r->to[k]) == EOF)
            bad = EXIT_OTHER;
        cli_csv_cell(&line, "line", 4);
        cli_csv_cell(&line, "id", 2);
        if (k > 0)
            cli_csv_cell(&line, "child", 5);
        for (size_t i = 0; i < r->b->n_tallies; i++) {
            const civ_item *item = &r->b->tallies[i].item;
            char name[160];
            if (!cli_text_is(item->entity, r->entities[k]))
                continue;
            cli_csv_cell(&line, item->name.data, item->name.length);
            snprintf(name, sizeof name, "%.*s.answer", (int)item->name.length, item->name.data);
            cli_csv_cell(&line, name, strlen(name));
        }
        cli_csv_cell(&line, "errors", 6);
        bad |= cli_csv_end(&line, r->to[k]);
    }
    free(line.p);
    return bad;
}

static void put_ids(lines_run *r, const cli_case *c, const civ_item *item, size_t output,
                    uint32_t row, cli_buf *line)
{
    const uint32_t *rows;
    size_t n = 0;
    char id[256];
    cli_buf ids = {0};
    if (civ_result_rows(&rows, &n, r->w, output, row) == CIV_OK)
        for (size_t i = 0; i < n; i++) {
            cli_row_id(c, item->child, rows[i], id, sizeof id);
            cli_puts(&ids, i ? ";" : "");
            cli_puts(&ids, id);
        }
    cli_csv_cell(line, ids.p, ids.n);
    line->oom |= ids.oom;
    free(ids.p);
}

/* All outputs of a row of an entity; without a case all are invalid. */
static void put_outputs(lines_run *r, const cli_case *c, size_t entity, uint32_t row, int is_read,
                        cli_buf *line)
{
    for (size_t i = 0; i < r->b->n_tallies; i++) {
        const civ_item *item = &r->b->tallies[i].item;
        civ_value v = CIV_VALUE_INIT;
        if (!cli_text_is(item->entity, r->entities[entity]))
            continue;
        v.answer = CIV_INVALID;
        if (is_read && civ_result_value(&v, r->w, i, row))
            v.answer = CIV_INVALID;
        if (v.answer == CIV_KNOWN && v.kind == CIV_KIND_ROWS)
            put_ids(r, c, item, i, row, line);
        else
            cli_csv_cell(line, v.text.data,
                         v.answer == CIV_KNOWN && !v.is_none ? v.text.length : 0);
        const char *word = CLI_ANSWERS[v.answer];
        cli_csv_cell(line, word, strlen(word));
    }
}

static int csv_case(lines_run *r, const cli_case *c, int is_read, const cli_buf *codes)
{
    cli_buf line = {0};
    char number[24], child[256];
    civ_text id = id_of(c, r->b);
    int bad = 0;
    snprintf(number, sizeof number, "%llu", (unsigned long long)r->number);
    for (size_t k = 0; k < r->n && !bad; k++) {
        uint32_t rows = k == 0    ? 1
                        : is_read ? civ_case_rows(c->facts, cli_text(r->entities[k]))
                                  : 0;
        for (uint32_t row = 0; row < rows && !bad; row++) {
            cli_csv_cell(&line, number, strlen(number));
            cli_csv_cell(&line, id.data, id.length);
            if (k > 0) {
                cli_row_id(c, cli_text(r->entities[k]), row, child, sizeof child);
                cli_csv_cell(&line, child, strlen(child));
            }
            put_outputs(r, c, k, row, is_read, &line);
            cli_csv_cell(&line, codes->p, k == 0 ? codes->n : 0);
            bad = cli_csv_end(&line, r->to[k]);
        }
    }
    free(line.p);
    return bad;
}

/* ---- JSON out ---- */

static int json_case(lines_run *r, const cli_case *c, const char *on, int is_read)
{
    cli_options o = *r->b->o;
    o.on = on;
    civ_text id = id_of(c, r->b);
    struct json_object *line = json_object_new_object();
    json_object_object_add(line, "line", json_object_new_int64((int64_t)r->number));
    if (id.length > 0)
        json_object_object_add(line, "id", json_object_new_string_len(id.data, (int)id.length));
    if (is_read) {
        struct json_object *answer = cli_answer(r->w, r->b->calculator, r->b->policy, c, &o);
        json_object_object_foreach(answer, key, v)
            json_object_object_add(line, key, json_object_get(v));
        json_object_put(answer);
    } else {
        json_object_object_add(line, "errors", json_object_get(c->errors));
    }
    const char *s = json_object_to_json_string_ext(line, JSON_C_TO_STRING_PLAIN |
                                                             JSON_C_TO_STRING_NOSLASHESCAPE);
    int bad = !s || fputs(s, r->to[0]) == EOF || fputc('\n', r->to[0]) == EOF;
    json_object_put(line);
    return bad ? EXIT_OTHER : 0;
}

/* ---- one case ---- */

static void count(lines_run *r, int is_read)
{
    for (size_t i = 0; i < r->b->n_tallies; i++) {
        cli_tally *t = &r->b->tallies[i];
        civ_value v = CIV_VALUE_INIT;
        if (!is_read) {
            if (cli_text_is(t->item.entity, r->b->root))
                cli_tally_add(t, CIV_INVALID);
            continue;
        }
        for (uint32_t row = 0; civ_result_value(&v, r->w, i, row) == CIV_OK; row++) {
            cli_tally_add(t, v.answer);
            if (v.answer == CIV_KNOWN && v.kind == CIV_KIND_MONEY && !v.is_none)
                cli_tally_sum(t, v.number);
        }
    }
    r->b->roots++;
    r->b->flagged += !is_read;
}

/* The day of the case: the same for all, or in a field of its root. */
static int day_of(lines_run *r, cli_case *c, int32_t *day, char text[11])
{
    struct json_object *root, *v = NULL;
    *day = r->b->on;
    if (!r->b->o->on_column) {
        cli_date_text(*day, text);
        return 0;
    }
    text[0] = 0;
    if (c->root && json_object_object_get_ex(c->root, r->b->root, &root) &&
        json_object_object_get_ex(root, r->b->o->on_column, &v) &&
        json_object_is_type(v, json_type_string) &&
        cli_date_parse(json_object_get_string(v), day) == 0) {
        cli_date_text(*day, text);
        return 0;
    }
    struct json_object *e = json_object_new_object();
    char pointer[256];
    snprintf(pointer, sizeof pointer, "/%s/%s", r->b->root, r->b->o->on_column);
    json_object_object_add(e, "code", json_object_new_string("no_date"));
    json_object_object_add(e, "pointer", json_object_new_string(pointer));
    json_object_object_add(e, "found",
                           json_object_new_string(v ? json_object_get_string(v) : "nothing"));
    json_object_object_add(e, "expected", json_object_new_string("a date \"YYYY-MM-DD\""));
    json_object_array_add(c->errors, e);
    return 1;
}

static int one_case(lines_run *r)
{
    cli_case c;
    cli_buf codes = {0};
    civ_error error = CIV_ERROR_INIT;
    char on[11] = "";
    int32_t day;
    int bad =
        cli_case_read(&c, r->line.p, r->line.n, r->b->policy, cli_text(r->b->root), r->b->o->known);
    int is_read = bad == 0;
    if (bad <= 1) {
        is_read &= day_of(r, &c, &day, on) == 0;
        if (is_read && civ_evaluate(r->w, c.facts, day, &error)) {
            fprintf(stderr, "civicrules: %s\n", error.message);
            bad = EXIT_OTHER;
        }
    }
    if (bad <= 1) {
        find_errors(r, &c, &codes);
        count(r, is_read);
        for (size_t k = 1; k < r->n && is_read; k++)
            r->b->children += civ_case_rows(c.facts, cli_text(r->entities[k]));
        bad = r->b->json_out ? json_case(r, &c, on, is_read) : csv_case(r, &c, is_read, &codes);
    }
    free(codes.p);
    cli_case_free(&c);
    return bad;
}

/* ---- all of them ---- */

/* The root, and the lists that outputs stand on. */
static void find_lists(lines_run *r)
{
    snprintf(r->entities[0], sizeof r->entities[0], "%s", r->b->root);
    r->n = 1;
    civ_text name, parent, list;
    for (size_t i = 0; civ_policy_entity(r->b->policy, i, &name, &parent, &list) == CIV_OK; i++) {
        int has_outputs = 0;
        for (size_t k = 0; k < r->b->n_tallies; k++) {
            civ_text e = r->b->tallies[k].item.entity;
            has_outputs |= e.length == name.length && memcmp(e.data, name.data, e.length) == 0;
        }
        if (!has_outputs || cli_text_is(name, r->b->root) || r->n == MOST_LISTS)
            continue;
        snprintf(r->entities[r->n], sizeof r->entities[0], "%.*s", (int)name.length, name.data);
        snprintf(r->lists[r->n], sizeof r->lists[0], "%.*s", (int)list.length, list.data);
        r->n++;
    }
}

static int open_outputs(lines_run *r)
{
    const cli_options *o = r->b->o;
    for (size_t k = 0; k < (r->b->json_out ? 1 : r->n); k++) {
        char *path = k ? cli_beside(o->output, r->lists[k], NULL) : NULL;
        int beside = k && strcmp(o->output, "-") != 0;
        r->to[k] = beside && !path ? NULL
                   : k && !beside  ? stdout
                                   : cli_create(k ? path : o->output, o);
        free(path);
        if (!r->to[k])
            return EXIT_USAGE;
    }
    return r->b->json_out ? 0 : csv_heads(r);
}

int cli_batch_lines(cli_batch *b)
{
    lines_run *r = calloc(1, sizeof *r);
    civ_error error = CIV_ERROR_INIT;
    int more = 1;
    if (!r)
        return EXIT_OTHER;
    r->b = b;
    r->bytes = b->first;
    memset(&b->first, 0, sizeof b->first);
    int bad = r->bytes.in
                  ? 0
                  : cli_bytes_open(&r->bytes, b->o->positional.at[2], b->o->encoding, b->o->zh);
    if (!bad && civ_workspace_create(&r->w, b->calculator, &error))
        bad = EXIT_OTHER;
    find_lists(r);
    if (!bad) {
        fprintf(stderr, "%s: %s%s\n", r->bytes.path, r->bytes.encoding,
                r->bytes.is_marked ? (b->o->zh ? "（有 BOM）" : " with a mark") : "");
        bad = open_outputs(r);
    }
    cli_progress_begin(&b->progress, (uint64_t)r->bytes.size, b->o->progress);
    while (!bad && (more = next_line(r)) > 0) {
        if (!is_blank(&r->line))
            bad = one_case(r);
        cli_progress_show(&b->progress, (uint64_t)r->bytes.done, b->o->zh);
    }
    cli_progress_end(&b->progress);
    bad = more < 0 ? EXIT_OTHER : bad;
    civ_workspace_release(r->w);
    cli_bytes_close(&r->bytes);
    free(r->line.p);
    free(r->rest.p);
    free(r);
    return bad;
}
