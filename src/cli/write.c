/* SPDX-License-Identifier: Apache-2.0 */
/* The answers of a block of tables: rows of CSV files, one for each table, or JSON Lines, one for
   each root. */
#include <stdlib.h>
#include <string.h>

#include "batch.h"

/* ---- columns of answers: NAME, NAME.answer, perhaps NAME.causes ---- */

static size_t step_of(const cli_answers *a)
{
    return a->batch->o->causes ? 3 : 2;
}

static const cli_tally *tally_of(const cli_answers *a, size_t table, size_t column)
{
    return &a->batch->tallies[a->tally_at[table][column]];
}

static int answer_at(const struct ArrowArray *column, int64_t row)
{
    return ((const uint8_t *)column->buffers[1])[column->offset + row];
}

/* Lists of rows that no file holds come behind the answers, and are empty. */
static size_t answers_of(const cli_answers *a, size_t table)
{
    const struct ArrowSchema *s = &a->schemas[table];
    size_t n = 0;
    while (n + 1 < (size_t)s->n_children) {
        const char *name = s->children[n + 1]->name;
        size_t length = strlen(name);
        if (length < 7 || strcmp(name + length - 7, ".answer") != 0)
            break;
        n += step_of(a);
    }
    return n;
}

static int place_tallies(cli_answers *a, size_t table)
{
    const struct ArrowSchema *s = &a->schemas[table];
    a->tally_at[table] = calloc((size_t)s->n_children + 1, sizeof **a->tally_at);
    if (!a->tally_at[table])
        return EXIT_OTHER;
    for (size_t c = 0; c < answers_of(a, table); c += step_of(a))
        for (uint32_t i = 0; i < a->batch->n_tallies; i++)
            if (cli_text_is(a->batch->tallies[i].item.name, s->children[c]->name) &&
                cli_text_is(a->batch->tallies[i].item.entity, a->tables[table].entity))
                a->tally_at[table][c] = i;
    return 0;
}

static void count(cli_answers *a, size_t table)
{
    const struct ArrowArray *out = &a->arrays[table];
    size_t n = answers_of(a, table);
    for (size_t c = 0; c < n; c += step_of(a)) {
        cli_tally *t = &a->batch->tallies[a->tally_at[table][c]];
        const struct ArrowArray *value = out->children[c], *answer = out->children[c + 1];
        for (int64_t r = 0; r < out->length; r++) {
            int64_t fen;
            cli_tally_add(t, answer_at(answer, r));
            if (t->item.kind != CIV_KIND_MONEY || answer_at(answer, r) != CIV_KNOWN ||
                !cli_column_valid(value, r))
                continue;
            if (cli_column_units(value, r, &fen))
                cli_tally_sum(t, fen);
            else
                t->is_beyond = 1;
        }
    }
}

/* ---- who the rows of a list are ---- */

static int is_id(const cli_column *c)
{
    return c->use == CLI_KEPT && (strcmp(c->header, "id") == 0 || strcmp(c->header, "编号") == 0);
}

static void put_id(const cli_table *t, size_t row, size_t number, cli_buf *out)
{
    char text[24];
    for (size_t i = 0; i < t->n_columns; i++) {
        const cli_column *c = &t->columns[i];
        civ_text id = cli_table_cell(t, i, row);
        if (is_id(c) && id.length > 0) {
            cli_put(out, id.data, id.length);
            return;
        }
    }
    snprintf(text, sizeof text, "%zu", number);
    cli_puts(out, text);
}

/* The ids of a list of rows, one for each call; 0 = the list is at its end. */
static int row_id(const cli_answers *a, const cli_tally *t, const struct ArrowArray *value,
                  size_t root, size_t i, cli_buf *out)
{
    size_t n;
    const int32_t *rows = cli_column_rows(value, (int64_t)root, &n);
    out->n = 0;
    if (i >= n)
        return 0;
    for (size_t k = 1; k < a->n; k++)
        if (cli_text_is(t->item.child, a->tables[k].entity)) {
            const cli_join *j = &a->joins[k];
            size_t at = j->first[root] + (size_t)rows[i];
            put_id(&a->tables[k], j->order[at], (size_t)rows[i] + 1, out);
            return 1;
        }
    char text[24];
    snprintf(text, sizeof text, "%d", (int)rows[i] + 1);
    cli_puts(out, text);
    return 1;
}

/* ---- CSV ---- */

static int is_kept(const cli_column *c)
{
    return c->use == CLI_KEPT || c->use == CLI_KEY;
}

static int csv_head(cli_answers *a, size_t table)
{
    const cli_table *t = &a->tables[table];
    const struct ArrowSchema *s = &a->schemas[table];
    cli_buf line = {0};
    if (fputs("\xEF\xBB\xBF", a->to[table]) == EOF)
        return EXIT_OTHER;
    for (size_t i = 0; i < t->n_columns; i++)
        if (is_kept(&t->columns[i]))
            cli_csv_cell(&line, t->columns[i].header, strlen(t->columns[i].header));
    for (size_t c = 0; c < answers_of(a, table); c++)
        cli_csv_cell(&line, s->children[c]->name, strlen(s->children[c]->name));
    cli_csv_cell(&line, "errors", 6);
    int bad = cli_csv_end(&line, a->to[table]);
    free(line.p);
    return bad;
}

static void value_cell(cli_answers *a, size_t table, size_t column, size_t row, cli_buf *line,
                       cli_buf *text)
{
    const cli_tally *t = tally_of(a, table, column);
    const struct ArrowArray *value = a->arrays[table].children[column];
    text->n = 0;
    if (t->item.kind != CIV_KIND_ROWS || table > 0) {
        cli_column_text(text, a->schemas[table].children[column], value, (int64_t)row,
                        t->item.kind);
        cli_csv_cell(line, text->p, text->n);
        return;
    }
    cli_buf ids = {0};
    for (size_t i = 0; cli_column_valid(value, (int64_t)row) && row_id(a, t, value, row, i, text);
         i++) {
        cli_puts(&ids, i ? ";" : "");
        cli_put(&ids, text->p, text->n);
    }
    cli_csv_cell(line, ids.p, ids.n);
    line->oom |= ids.oom;
    free(ids.p);
}

static void causes_cell(const struct ArrowArray *causes, size_t row, cli_buf *line, cli_buf *text)
{
    size_t n = 1;
    text->n = 0;
    for (size_t i = 0; i < n; i++) {
        civ_text cause = cli_column_item(causes, (int64_t)row, i, &n);
        cli_puts(text, i > 0 && i < n ? ";" : "");
        cli_put(text, cause.data, cause.length);
    }
    cli_csv_cell(line, text->p, text->n);
}

static void put_causes(cli_answers *a, size_t table, size_t column, size_t row, cli_buf *line,
                       cli_buf *text)
{
    if (step_of(a) == 3)
        causes_cell(a->arrays[table].children[column + 2], row, line, text);
}

static int csv_rows(cli_answers *a, size_t table)
{
    const cli_table *t = &a->tables[table];
    const struct ArrowArray *out = &a->arrays[table];
    cli_buf line = {0}, text = {0};
    size_t n = answers_of(a, table);
    int bad = 0;
    for (size_t r = 0; r < t->n_rows && !bad; r++) {
        for (size_t i = 0; i < t->n_columns; i++)
            if (is_kept(&t->columns[i])) {
                civ_text cell = cli_table_cell(t, i, r);
                cli_csv_cell(&line, cell.data, cell.length);
            }
        for (size_t c = 0; c < n; c += step_of(a)) {
            const char *word = CLI_ANSWERS[answer_at(out->children[c + 1], (int64_t)r) % 5];
            value_cell(a, table, c, r, &line, &text);
            cli_csv_cell(&line, word, strlen(word));
            put_causes(a, table, c, r, &line, &text);
        }
        const char *flags = cli_table_flags(t, r);
        cli_csv_cell(&line, flags, strlen(flags));
        bad = text.oom ? EXIT_OTHER : cli_csv_end(&line, a->to[table]);
    }
    free(line.p);
    free(text.p);
    return bad;
}

/* ---- JSON Lines ---- */

static struct json_object *json_text(const char *p, size_t n)
{
    return json_object_new_string_len(p ? p : "", (int)n);
}

static struct json_object *member(struct json_object *o, const char *key)
{
    struct json_object *v;
    if (!json_object_object_get_ex(o, key, &v)) {
        v = json_object_new_object();
        json_object_object_add(o, key, v);
    }
    return v;
}

static struct json_object *json_words(const cli_buf *text)
{
    struct json_object *list = json_object_new_array();
    for (size_t from = 0, i = 0; i <= text->n; i++)
        if (i == text->n || text->p[i] == ',') {
            if (i > from)
                json_object_array_add(list, json_text(text->p + from, i - from));
            from = i + 1;
        }
    return list;
}

static struct json_object *json_value(cli_answers *a, size_t table, size_t column, size_t row,
                                      cli_buf *text)
{
    const cli_tally *t = tally_of(a, table, column);
    const struct ArrowArray *value = a->arrays[table].children[column];
    text->n = 0;
    if (!cli_column_valid(value, (int64_t)row))
        return NULL;
    if (t->item.kind == CIV_KIND_ROWS) {
        struct json_object *list = json_object_new_array();
        for (size_t i = 0; table == 0 && row_id(a, t, value, row, i, text); i++)
            json_object_array_add(list, json_text(text->p, text->n));
        return list;
    }
    const struct ArrowSchema *s = a->schemas[table].children[column];
    cli_column_text(text, s, value, (int64_t)row, t->item.kind);
    if (t->item.kind == CIV_KIND_SET)
        return json_words(text);
    if (t->item.kind == CIV_KIND_BOOL)
        return json_object_new_boolean(text->n == 4);
    if (t->item.kind == CIV_KIND_INTEGER)
        return json_object_new_int64(
            ((const int64_t *)value->buffers[1])[value->offset + (int64_t)row]);
    return json_text(text->p, text->n);
}

/* `undetermined`: {path: [causes]}, as `eval` says it; without --causes the lists are empty. */
static void add_unknown(cli_answers *a, struct json_object *line, size_t table, size_t column,
                        size_t row, int answer, const char *path)
{
    struct json_object *list = json_object_new_array();
    size_t n = 1;
    for (size_t i = 0; step_of(a) == 3 && i < n; i++) {
        civ_text cause =
            cli_column_item(a->arrays[table].children[column + 2], (int64_t)row, i, &n);
        if (i < n)
            json_object_array_add(list, json_text(cause.data, cause.length));
    }
    json_object_object_add(member(line, CLI_ANSWERS[answer % 5]), path, list);
}

static void add_outputs(cli_answers *a, struct json_object *line, struct json_object *to,
                        size_t table, size_t row, size_t number, cli_buf *text)
{
    const struct ArrowSchema *s = &a->schemas[table];
    char path[256];
    size_t n = answers_of(a, table);
    for (size_t c = 0; c < n; c += step_of(a)) {
        const char *name = s->children[c]->name;
        int answer = answer_at(a->arrays[table].children[c + 1], (int64_t)row);
        if (answer == CIV_KNOWN) {
            json_object_object_add(to, name, json_value(a, table, c, row, text));
            continue;
        }
        if (table == 0)
            snprintf(path, sizeof path, "%s", name);
        else
            snprintf(path, sizeof path, "%s[%zu].%s", a->tables[table].list, number, name);
        add_unknown(a, line, table, c, row, answer, path);
    }
}

static void add_column(struct json_object *to, const char *header, struct json_object *cell)
{
    cli_buf name = {0};
    char number[16] = "";
    for (int i = 2; i < 1000; i++) {
        name.n = 0;
        cli_puts(&name, header);
        cli_puts(&name, number);
        cli_put(&name, "", 1);
        if (name.oom || !json_object_object_get_ex(to, name.p, NULL))
            break;
        snprintf(number, sizeof number, ".%d", i);
    }
    json_object_object_add(to, name.oom ? header : name.p, cell);
    free(name.p);
}

/* Apart from the answers, whatever they are called; a second one of a name is NAME.2. */
static void add_kept(const cli_table *t, size_t row, struct json_object *to)
{
    for (size_t i = 0; i < t->n_columns; i++)
        if (t->columns[i].use == CLI_KEPT && !is_id(&t->columns[i])) {
            civ_text cell = cli_table_cell(t, i, row);
            add_column(member(to, "columns"), t->columns[i].header,
                       json_text(cell.data, cell.length));
        }
}

static void add_errors(const cli_table *t, size_t row, struct json_object *to)
{
    const char *flags = cli_table_flags(t, row);
    if (!flags[0])
        return;
    struct json_object *list = json_object_new_array();
    for (size_t n; *flags; flags += n + (flags[n] == ';')) {
        n = strcspn(flags, ";");
        json_object_array_add(list, json_text(flags, n));
    }
    json_object_object_add(to, "errors", list);
}

static void add_child(cli_answers *a, struct json_object *line, struct json_object *list,
                      size_t table, size_t row, size_t number, cli_buf *text)
{
    struct json_object *o = json_object_new_object();
    text->n = 0;
    put_id(&a->tables[table], row, number + 1, text);
    json_object_object_add(o, "id", json_text(text->p, text->n));
    add_kept(&a->tables[table], row, o);
    json_object_array_add(list, o);
    add_outputs(a, line, o, table, row, number, text);
    add_errors(&a->tables[table], row, o);
}

static int put_line(cli_answers *a, struct json_object *line)
{
    const char *s = json_object_to_json_string_ext(line, JSON_C_TO_STRING_PLAIN |
                                                             JSON_C_TO_STRING_NOSLASHESCAPE);
    int bad = !s || fputs(s, a->to[0]) == EOF || fputc('\n', a->to[0]) == EOF;
    json_object_put(line);
    return bad ? EXIT_OTHER : 0;
}

static int json_root(cli_answers *a, size_t row, cli_buf *text)
{
    struct json_object *line = json_object_new_object();
    civ_text key = cli_table_key(&a->tables[0], row);
    json_object_object_add(line, "id", json_text(key.data, key.length));
    add_kept(&a->tables[0], row, line);
    add_outputs(a, line, member(line, "outputs"), 0, row, 0, text);
    for (size_t t = 1; t < a->n; t++) {
        const cli_join *j = &a->joins[t];
        struct json_object *list = json_object_new_array();
        json_object_object_add(line, a->tables[t].list, list);
        for (size_t i = j->first[row]; i < j->first[row + 1]; i++)
            add_child(a, line, list, t, j->order[i], i - j->first[row], text);
    }
    add_errors(&a->tables[0], row, line);
    return put_line(a, line);
}

/* Rows whose household is not among the roots are not dropped: each is a line of its own. */
static int json_orphans(cli_answers *a, size_t table, cli_buf *text)
{
    const cli_join *j = &a->joins[table];
    int bad = 0;
    for (size_t i = 0; i < j->n_orphans && !bad; i++) {
        struct json_object *line = json_object_new_object(), *list = json_object_new_array();
        civ_text key = cli_table_key(&a->tables[table], j->orphans[i]);
        json_object_object_add(line, "id", json_text(key.data, key.length));
        json_object_object_add(line, a->tables[table].list, list);
        add_child(a, line, list, table, j->orphans[i], 0, text);
        bad = put_line(a, line);
    }
    return bad;
}

/* ---- both ---- */

int cli_write_begin(cli_answers *a)
{
    int bad = 0;
    for (size_t t = 0; t < a->n && !bad; t++) {
        bad = place_tallies(a, t);
        if (!bad && !a->batch->json_out)
            bad = csv_head(a, t);
    }
    return bad;
}

int cli_write_block(cli_answers *a)
{
    cli_buf text = {0};
    int bad = 0;
    for (size_t t = 0; t < a->n && !bad; t++) {
        count(a, t);
        if (!a->batch->json_out)
            bad = csv_rows(a, t);
    }
    for (size_t r = 0; a->batch->json_out && r < a->tables[0].n_rows && !bad; r++)
        bad = json_root(a, r, &text);
    for (size_t t = 1; a->batch->json_out && t < a->n && !bad; t++)
        bad = json_orphans(a, t, &text);
    bad = text.oom ? EXIT_OTHER : bad;
    free(text.p);
    return bad;
}
