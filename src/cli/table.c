/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a CSV file in columns that the library reads as they are. */
#include <stdlib.h>
#include <string.h>

#include "batch.h"

int cli_table_open(cli_table *t, cli_bytes *opened, const char *path, const cli_options *o,
                   cli_findings *findings)
{
    memset(t, 0, sizeof *t);
    t->findings = findings;
    t->zh = o->zh;
    t->pass_through = o->pass_through;
    int bad = cli_csv_open(&t->csv, opened, path, o->encoding, o->zh);
    if (!bad)
        t->file = cli_csv_bytes(t->csv)->path;
    return bad;
}

static void free_column(cli_column *c)
{
    free(c->header);
    free(c->bytes.p);
    free(c->off);
    free(c->fens);
    free(c->valid);
    free(c->unknown);
    free(c->memos);
}

void cli_table_close(cli_table *t)
{
    for (size_t i = 0; t->columns && i < t->n_columns; i++)
        free_column(&t->columns[i]);
    free(t->columns);
    free(t->rows);
    free(t->flags.p);
    free(t->items);
    free(t->view.schemas);
    free(t->view.schema_list);
    free(t->view.arrays);
    free(t->view.array_list);
    free(t->view.buffers);
    free(t->view.names);
    civ_case_release(t->reader.scratch);
    cli_csv_close(t->csv);
    memset(t, 0, sizeof *t);
}

/* ---- the next row ---- */

int cli_key_order(civ_text a, civ_text b, int by_length)
{
    size_t n = a.length < b.length ? a.length : b.length;
    if (by_length && a.length != b.length)
        return a.length < b.length ? -1 : 1;
    int order = n > 0 ? memcmp(a.data, b.data, n) : 0;
    return order ? order : a.length < b.length ? -1 : a.length > b.length;
}

static civ_text key_of(const cli_table *t, const cli_record *r)
{
    civ_text key = {"", 0};
    if (t->key_at < r->n)
        key = r->cells[t->key_at];
    cli_cell_trim(&key);
    return key;
}

int cli_table_peek(cli_table *t, civ_text *key)
{
    if (!t->has_next && !t->ended) {
        int more = cli_csv_next(t->csv, &t->record);
        if (more < 0)
            return -1;
        t->has_next = more;
        t->ended = !more;
    }
    if (t->has_next)
        *key = key_of(t, &t->record);
    return t->has_next;
}

int cli_table_scan(cli_table *t)
{
    cli_buf last = {0};
    civ_text key;
    int more, of_root = t->list[0] == 0;
    t->by_bytes = t->by_length = 1;
    t->total = 0;
    while ((more = cli_table_peek(t, &key)) > 0) {
        civ_text before = {last.p ? last.p : "", last.n};
        int by_bytes = cli_key_order(key, before, 0), by_length = cli_key_order(key, before, 1);
        if (t->total > 0) { /* a root stands once */
            t->by_bytes &= by_bytes > 0 || (by_bytes == 0 && !of_root);
            t->by_length &= by_length > 0 || (by_length == 0 && !of_root);
        }
        last.n = 0;
        cli_put(&last, key.data, key.length);
        t->total++;
        t->has_next = 0;
    }
    int oom = last.oom;
    free(last.p);
    return more < 0 || oom ? EXIT_OTHER : cli_table_first_row(t);
}

/* ---- room ---- */

static int grow(void **p, size_t size)
{
    void *more = realloc(*p, size);
    if (!more)
        return 1;
    *p = more;
    return 0;
}

static int grow_column(cli_column *c, size_t cap)
{
    if (c->fen)
        return grow((void **)&c->fens, cap * sizeof *c->fens) ||
               grow((void **)&c->valid, cap / 8 + 8) || grow((void **)&c->unknown, cap / 8 + 8);
    return grow((void **)&c->off, (cap + 1) * sizeof *c->off) ||
           grow((void **)&c->valid, cap / 8 + 8) || grow((void **)&c->unknown, cap / 8 + 8);
}

static int reserve_row(cli_table *t)
{
    if (t->n_rows < t->cap_rows)
        return 0;
    size_t cap = t->cap_rows ? t->cap_rows * 2 : 1024;
    if (grow((void **)&t->rows, cap * sizeof *t->rows))
        return 1;
    for (size_t i = 0; i < t->n_columns; i++)
        if (grow_column(&t->columns[i], cap))
            return 1;
    for (size_t i = 0; t->cap_rows == 0 && i < t->n_columns; i++)
        if (t->columns[i].off)
            t->columns[i].off[0] = 0;
    t->cap_rows = cap;
    return 0;
}

void cli_table_clear(cli_table *t)
{
    t->n_rows = 0;
    t->flags.n = 0;
    for (size_t i = 0; i < t->n_columns; i++)
        t->columns[i].bytes.n = 0;
}

/* ---- flags ---- */

static int has_word(const char *words, const char *word)
{
    for (size_t n; *words; words += n + (words[n] == ';')) {
        n = strcspn(words, ";");
        if (n == strlen(word) && memcmp(words, word, n) == 0)
            return 1;
    }
    return 0;
}

static void add_flag(cli_table *t, cli_row *row, const char *code)
{
    if (t->flags.n == 0)
        cli_put(&t->flags, "", 1); /* 0 says none */
    if (row->flags == 0) {
        row->flags = t->flags.n;
    } else if (has_word(t->flags.p + row->flags, code)) {
        return;
    } else { /* the flags of the row being read come last; of others a copy goes there */
        cli_buf old = {0};
        cli_puts(&old, t->flags.p + row->flags);
        row->flags = t->flags.n;
        cli_put(&t->flags, old.p, old.n);
        cli_puts(&t->flags, ";");
        t->flags.oom |= old.oom;
        free(old.p);
    }
    cli_puts(&t->flags, code);
    cli_put(&t->flags, "", 1);
}

const char *cli_table_flags(const cli_table *t, size_t row)
{
    return t->rows[row].flags ? t->flags.p + t->rows[row].flags : "";
}

static void find(cli_table *t, cli_row *row, civ_text key, const char *column, const char *code,
                 civ_text found, const char *expected, const char *nearest, int is_note)
{
    cli_finding f = {t->file, row->number, key, column, code, found, expected, nearest, is_note};
    cli_find(t->findings, &f);
    if (!is_note)
        add_flag(t, row, code);
}

void cli_table_flag(cli_table *t, size_t row, const char *code, const char *expected)
{
    civ_text key = cli_table_key(t, row);
    find(t, &t->rows[row], key, t->columns[t->key_at].header, code, key, expected, NULL, 0);
}

void cli_table_mark(cli_table *t, size_t row, const char *word)
{
    add_flag(t, &t->rows[row], word);
}

/* ---- cells into columns ---- */

static void set_bit(uint8_t *bits, size_t at, int bit)
{
    uint8_t mask = (uint8_t)(1u << at % 8);
    bits[at / 8] = (uint8_t)(bit ? bits[at / 8] | mask : bits[at / 8] & ~mask);
}

static void put_cell(cli_column *c, size_t row, int valid, int unknown, civ_text text, int64_t fen)
{
    set_bit(c->valid, row, valid);
    set_bit(c->unknown, row, unknown);
    if (c->fen) {
        c->fens[row] = fen;
        return;
    }
    cli_put(&c->bytes, text.data, text.length);
    c->off[row + 1] = (int64_t)c->bytes.n;
}

static cli_memo *memo_of(const cli_column *c, civ_text cell)
{
    uint32_t h = 2166136261u;
    if (!c->memos || c->fen || cell.length >= sizeof c->memos->cell)
        return NULL;
    for (size_t i = 0; i < cell.length; i++)
        h = (h ^ (uint8_t)cell.data[i]) * 16777619u;
    return &c->memos[(h ^ h >> 16) % CLI_MEMOS];
}

static void remember(cli_memo *m, civ_text cell, civ_text text)
{
    if (!m || text.length > sizeof m->text || cell.length == 0)
        return;
    memcpy(m->cell, cell.data, cell.length);
    memcpy(m->text, text.data, text.length);
    m->n = (uint8_t)cell.length;
    m->n_text = (uint8_t)text.length;
}

static void take_field(cli_table *t, cli_column *c, cli_row *row, civ_text key, civ_text cell)
{
    cli_cell read;
    cli_memo *m = memo_of(c, cell);
    if (m && m->n > 0 && m->n == cell.length && memcmp(m->cell, cell.data, cell.length) == 0) {
        civ_text text = {m->text, m->n_text};
        put_cell(c, t->n_rows, 1, 0, text, 0);
        return;
    }
    cli_cell_read(&read, &t->reader, &c->item, c->fen, cell);
    if (read.note)
        find(t, row, key, c->header, read.note, cell, "", NULL, 1);
    if (read.kind == CLI_CELL_BAD)
        find(t, row, key, c->header, read.code, cell, read.expected, read.nearest, 0);
    else if (read.kind == CLI_CELL_VALUE && !read.note)
        remember(m, cell, read.text);
    put_cell(c, t->n_rows, read.kind == CLI_CELL_VALUE || read.kind == CLI_CELL_BAD,
             read.kind == CLI_CELL_UNKNOWN, read.text, read.fen);
}

/* Of cells that are not read but compared or kept. */
static void check_characters(cli_table *t, const cli_column *c, cli_row *row, civ_text key,
                             civ_text cell)
{
    if (cli_is_broken(cell))
        find(t, row, key, c->header, "encoding", cell, "characters of the encoding of the file",
             NULL, 0);
}

/* Keys are compared as text; what a spreadsheet did to them is told. */
static void take_key(cli_table *t, cli_column *c, cli_row *row, civ_text cell)
{
    civ_text key = cell;
    const char *note = cli_cell_trim(&key);
    const char *damage = cli_long_number_damage(key);
    if (note && key.length > 0)
        find(t, row, key, c->header, note, cell, "", NULL, 1);
    check_characters(t, c, row, key, cell);
    if (key.length == 0)
        find(t, row, key, c->header, "no_key", cell, "the number of the household", NULL, 0);
    else if (damage)
        find(t, row, key, c->header, damage, cell, cli_cell_long_expected(), NULL, 0);
    put_cell(c, t->n_rows, key.length > 0, 0, key, 0);
}

static void take_day(cli_table *t, cli_column *c, cli_row *row, civ_text key, civ_text cell)
{
    cli_cell read;
    cli_cell_day(&read, cell);
    if (read.kind == CLI_CELL_BAD || read.kind == CLI_CELL_ABSENT)
        find(t, row, key, c->header, read.kind == CLI_CELL_ABSENT ? "no_date" : read.code, cell,
             cli_expected_of(CIV_KIND_DATE), NULL, 0);
    put_cell(c, t->n_rows, read.kind == CLI_CELL_VALUE, 0, read.text, 0);
}

/* ---- rows that are none ---- */

int cli_is_total(civ_text cell)
{
    static const char *const words[] = {"合计",  "总计",  "小计",   "总 计",  "合 计", "total",
                                        "Total", "TOTAL", "Total:", "合计：", "总计："};
    cli_cell_trim(&cell);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (cli_text_is(cell, words[i]))
            return 1;
    return 0;
}

static int is_header(const cli_table *t, const cli_record *r)
{
    for (size_t i = 0; i < r->n; i++) {
        civ_text cell = r->cells[i];
        cli_cell_trim(&cell);
        if (i >= t->n_columns || !cli_text_is(cell, t->columns[i].header))
            return 0;
    }
    return r->n == t->n_columns;
}

/* A row of totals says so in its first cell or as its key, or has no key and says so anywhere. */
static int is_total_row(const cli_table *t, const cli_record *r)
{
    int keyless = key_of(t, r).length == 0;
    for (size_t i = 0; i < r->n; i++)
        if ((i == 0 || i == t->key_at || keyless) && cli_is_total(r->cells[i]))
            return 1;
    return 0;
}

static const char *reject(const cli_table *t, const cli_record *r, const char **expected)
{
    *expected = "a quotation mark that closes";
    if (r->open_quote)
        return "open_quote";
    *expected = "the row of a household or member";
    if (is_header(t, r))
        return "several_headers";
    if (is_total_row(t, r))
        return "total_row";
    *expected = "as many cells as names in the row of names";
    for (size_t i = t->n_columns; i < r->n; i++)
        if (r->cells[i].length > 0)
            return "row_length";
    return r->n < t->n_columns ? "row_length" : NULL;
}

int cli_table_take(cli_table *t)
{
    static const civ_text none = {"", 0}, unreadable = {"\x01", 1};
    const cli_record *r = &t->record;
    const char *expected;
    if (reserve_row(t))
        return EXIT_OTHER;
    cli_row *row = &t->rows[t->n_rows];
    row->number = r->number;
    row->flags = 0;
    civ_text key = key_of(t, r);
    const char *rejected = reject(t, r, &expected);
    if (rejected)
        find(t, row, key, "", rejected, r->n ? r->cells[0] : none, expected, NULL, 0);
    for (size_t i = 0; i < t->n_columns; i++) {
        cli_column *c = &t->columns[i];
        civ_text cell = i < r->n ? r->cells[i] : none;
        if (rejected)
            put_cell(c, t->n_rows, 1, 0,
                     c->use == CLI_KEY    ? key
                     : c->use == CLI_KEPT ? cell
                                          : unreadable,
                     INT64_MAX);
        else if (c->use == CLI_FIELD)
            take_field(t, c, row, key, cell);
        else if (c->use == CLI_KEY)
            take_key(t, c, row, cell);
        else if (c->use == CLI_DAY)
            take_day(t, c, row, key, cell);
        else {
            check_characters(t, c, row, key, cell);
            put_cell(c, t->n_rows, 1, 0, cell, 0);
        }
        if (c->bytes.oom)
            return EXIT_OTHER;
    }
    t->n_rows++;
    t->has_next = 0;
    return t->flags.oom ? EXIT_OTHER : 0;
}

civ_text cli_table_cell(const cli_table *t, size_t column, size_t row)
{
    const cli_column *c = &t->columns[column];
    civ_text cell = {"", 0};
    if (!c->fen && c->bytes.p) {
        cell.data = c->bytes.p + c->off[row];
        cell.length = (size_t)(c->off[row + 1] - c->off[row]);
    }
    return cell;
}

civ_text cli_table_key(const cli_table *t, size_t row)
{
    return cli_table_cell(t, t->key_at, row);
}

/* ---- Arrow ---- */

static void keep_schema(struct ArrowSchema *s)
{
    s->release = NULL; /* the table owns it */
}

static void keep_array(struct ArrowArray *a)
{
    a->release = NULL;
}

enum { BUFFERS = 3, NAME = 112 };

static int make_view(cli_table *t)
{
    size_t n = t->n_columns * 2 + 1; /* with companions */
    cli_view *v = &t->view;
    if (v->schemas)
        return 0;
    v->schemas = calloc(n, sizeof *v->schemas);
    v->schema_list = calloc(n, sizeof *v->schema_list);
    v->arrays = calloc(n, sizeof *v->arrays);
    v->array_list = calloc(n, sizeof *v->array_list);
    v->buffers = calloc(n * BUFFERS, sizeof *v->buffers);
    v->names = calloc(n, NAME);
    for (size_t i = 0; v->schema_list && v->array_list && i < n; i++) {
        v->schema_list[i] = &v->schemas[i];
        v->array_list[i] = &v->arrays[i];
    }
    return !v->schemas || !v->schema_list || !v->arrays || !v->array_list || !v->buffers ||
           !v->names;
}

/* One pair, in the byte order of the machine: an empty cell was not stated. */
static void set_metadata(cli_view *v)
{
    static const char key[] = "civicrules.null", value[] = "absent";
    const int32_t numbers[] = {1, sizeof key - 1, sizeof value - 1};
    char *to = v->absent;
    memcpy(to, numbers, 8);
    memcpy(to + 8, key, sizeof key - 1);
    memcpy(to + 8 + sizeof key - 1, numbers + 2, 4);
    memcpy(to + 12 + sizeof key - 1, value, sizeof value - 1);
}

static void add_child(cli_table *t, const char *name, const char *suffix, const char *format,
                      const char *metadata, const uint8_t *valid, const void *first,
                      const void *second)
{
    cli_view *v = &t->view;
    size_t at = (size_t)v->schema.n_children++;
    struct ArrowSchema *s = &v->schemas[at];
    struct ArrowArray *a = &v->arrays[at];
    memset(s, 0, sizeof *s);
    memset(a, 0, sizeof *a);
    snprintf(v->names + at * NAME, NAME, "%s%s", name, suffix);
    s->name = v->names + at * NAME;
    s->format = format;
    s->metadata = metadata;
    s->flags = ARROW_FLAG_NULLABLE;
    s->release = keep_schema;
    a->length = (int64_t)t->n_rows;
    a->null_count = valid ? -1 : 0;
    a->n_buffers = second ? 3 : 2;
    a->buffers = v->buffers + at * BUFFERS;
    a->buffers[0] = valid;
    a->buffers[1] = first;
    a->buffers[2] = second;
    a->release = keep_array;
}

int cli_table_view(cli_table *t)
{
    cli_view *v = &t->view;
    if (make_view(t) || (t->cap_rows == 0 && reserve_row(t)))
        return EXIT_OTHER;
    memset(&v->schema, 0, sizeof v->schema);
    memset(&v->array, 0, sizeof v->array);
    set_metadata(v);
    for (size_t i = 0; i < t->n_columns; i++) {
        cli_column *c = &t->columns[i];
        const void *bytes = c->bytes.p ? c->bytes.p : "";
        if (c->use == CLI_KEPT)
            continue;
        if (c->fen)
            add_child(t, c->name, "", "l", v->absent, c->valid, c->fens, NULL);
        else
            add_child(t, c->name, "", "U", c->use == CLI_FIELD ? v->absent : NULL, c->valid, c->off,
                      bytes);
        if (c->use == CLI_FIELD)
            add_child(t, c->name, "_unknown", "b", NULL, NULL, c->unknown, NULL);
    }
    v->schema.format = "+s";
    v->schema.name = "";
    v->schema.children = v->schema_list;
    v->schema.release = keep_schema;
    v->array.length = (int64_t)t->n_rows;
    v->array.n_buffers = 1;
    v->array.buffers = v->buffers + t->n_columns * 2 * BUFFERS;
    v->array.n_children = v->schema.n_children;
    v->array.children = v->array_list;
    v->array.release = keep_array;
    return 0;
}
