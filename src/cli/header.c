/* SPDX-License-Identifier: Apache-2.0 */
/* The names of a table: which row holds them, which field, key or other thing each column is. */
#include <stdlib.h>
#include <string.h>

#include "batch.h"

enum { HEAD_ROWS = 10 }; /* titles above the names are no more than that */

/* ---- names ---- */

civ_item *cli_items_of(size_t *n, const civ_policy *policy, const char *entity)
{
    size_t all = civ_policy_field_count(policy);
    civ_item *items = calloc(all + 1, sizeof *items);
    *n = 0;
    for (size_t i = 0; items && i < all; i++) {
        items[*n].struct_size = sizeof *items;
        if (civ_policy_field(&items[*n], policy, i) == CIV_OK &&
            cli_text_is(items[*n].entity, entity))
            (*n)++;
    }
    return items;
}

static int same(civ_text a, civ_text b)
{
    return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

static int cut_end(civ_text *t, const char *end)
{
    size_t n = strlen(end);
    if (t->length <= n || memcmp(t->data + t->length - n, end, n) != 0)
        return 0;
    t->length -= n;
    return 1;
}

/* By the name of a field, `NAME_fen`, or a label, perhaps with its unit: 工资性收入（元）. -1 =
 * none, -2 = several fields have this label. */
static int field_of(const civ_item *items, size_t n, civ_text name, int *fen)
{
    civ_text stem = name;
    int found = -1;
    *fen = 0;
    for (size_t i = 0; i < n; i++)
        if (same(items[i].name, name))
            return (int)i;
    if (cut_end(&stem, "_fen")) {
        *fen = 1;
        for (size_t i = 0; i < n; i++)
            if (same(items[i].name, stem) && items[i].kind == CIV_KIND_MONEY)
                return (int)i;
    }
    stem = name;
    *fen = cut_end(&stem, "（分）") || cut_end(&stem, "(分)");
    if (!*fen && !cut_end(&stem, "（元）"))
        cut_end(&stem, "(元)");
    for (size_t i = 0; i < n; i++)
        if (same(items[i].label_zh, stem) || same(items[i].label_en, stem)) {
            if (*fen && items[i].kind != CIV_KIND_MONEY)
                continue;
            found = found == -1 ? (int)i : -2;
        }
    return found;
}

/* Keys go by these names where --key says nothing. */
static int is_key_name(civ_text name, const char *root, int of_root)
{
    static const char *const names[] = {"户编号", "家庭编号", "户号", NULL};
    char text[80];
    for (size_t i = 0; names[i]; i++)
        if (cli_text_is(name, names[i]))
            return 1;
    snprintf(text, sizeof text, "%s_id", root);
    return cli_text_is(name, text) ||
           (of_root && (cli_text_is(name, "id") || cli_text_is(name, "编号")));
}

static int is_own_id(civ_text name)
{
    return cli_text_is(name, "id") || cli_text_is(name, "编号") || cli_text_is(name, "序号");
}

/* ---- the row of names ---- */

static size_t fit_of(const civ_item *items, size_t n, const cli_record *r)
{
    size_t fit = 0;
    int fen;
    for (size_t i = 0; i < r->n; i++) {
        civ_text name = r->cells[i];
        cli_cell_trim(&name);
        fit += field_of(items, n, name, &fen) >= 0 || is_own_id(name);
    }
    return fit;
}

int cli_table_fit(cli_table *t, civ_policy *policy, const char *entity, size_t *cells)
{
    size_t n, best = 0;
    civ_item *items = cli_items_of(&n, policy, entity);
    *cells = 0;
    int more = items && cli_csv_rewind(t->csv) == 0 ? 1 : -1;
    for (int i = 0; i < HEAD_ROWS && more > 0; i++) {
        more = cli_csv_next(t->csv, &t->record);
        size_t fit = more > 0 ? fit_of(items, n, &t->record) : 0;
        if (fit > best || (i == 0 && more > 0)) {
            best = fit;
            *cells = t->record.n;
            t->header_row = t->record.number;
        }
    }
    free(items);
    return more < 0 ? -1 : (int)best;
}

int cli_table_first_row(cli_table *t)
{
    int more = cli_csv_rewind(t->csv) ? -1 : 1;
    t->has_next = t->ended = 0;
    while (more > 0) {
        more = cli_csv_next(t->csv, &t->record);
        if (more > 0 && t->record.number == t->header_row)
            return 0;
    }
    return more < 0 ? EXIT_OTHER : EXIT_CASE;
}

/* ---- binding ---- */

static void say_column(const cli_table *t, const char *header, const char *en, const char *zh,
                       civ_text nearest)
{
    fprintf(stderr, t->zh ? "%s 第 %llu 行，列“%s”：%s" : "%s, row %llu, column '%s': %s", t->file,
            (unsigned long long)t->header_row, header, t->zh ? zh : en);
    if (nearest.length > 0)
        fprintf(stderr, t->zh ? "；是否想写“%.*s”？" : "; did you mean '%.*s'?",
                (int)nearest.length, nearest.data);
    fputc('\n', stderr);
}

static int is_named(const char *key, civ_text name, int of_root)
{
    const char *gap = key ? strchr(key, '=') : NULL;
    civ_text part = cli_text(key ? key : "");
    if (gap && of_root)
        part.length = (size_t)(gap - key);
    else if (gap)
        part = cli_text(gap + 1);
    return key && same(part, name);
}

static void copy_name(char *to, size_t cap, civ_text name)
{
    snprintf(to, cap, "%.*s", (int)name.length, name.data);
}

static civ_text nearest_field(const cli_table *t, civ_text name)
{
    civ_error error = CIV_ERROR_INIT;
    static char nearest[64];
    civ_case_field(t->reader.scratch, cli_text(t->entity), name, &error);
    snprintf(nearest, sizeof nearest, "%s", error.nearest);
    return cli_text(nearest);
}

/* 1 = it is wrong, and that was said. */
static int bind_field(cli_table *t, cli_column *c, civ_text name)
{
    static const civ_text none = {"", 0};
    int field = field_of(t->items, t->n_items, name, &c->fen);
    if (field < 0) {
        c->use = CLI_KEPT;
        if (field == -2)
            say_column(t, c->header, "several fields have this label: give the name of one",
                       "有几个字段用此标签：请写字段名", none);
        else if (!t->pass_through && !is_own_id(name))
            say_column(t, c->header, "no field (--pass-through keeps such columns)",
                       "不是字段（--pass-through 可保留这些列）", nearest_field(t, name));
        return field == -2 || (!t->pass_through && !is_own_id(name));
    }
    c->use = CLI_FIELD;
    c->item = t->items[field];
    copy_name(c->name, sizeof c->name, c->item.name);
    if (c->fen)
        snprintf(c->name, sizeof c->name, "%.*s_fen", (int)c->item.name.length, c->item.name.data);
    if (c->item.kind == CIV_KIND_ROWS) {
        say_column(t, c->header, "a list of rows takes a file of its own, or JSON Lines",
                   "成员列表应另附文件，或用 JSON Lines", none);
        return 1;
    }
    for (cli_column *d = t->columns; d < c; d++)
        if (d->use == CLI_FIELD && d->item.index == c->item.index) {
            say_column(t, c->header, "the field has a column already", "该字段已有一列", none);
            return 1;
        }
    c->memos = calloc(CLI_MEMOS, sizeof *c->memos);
    return c->memos ? 0 : EXIT_OTHER;
}

static int bind_column(cli_table *t, size_t at, const char *root, const cli_options *o)
{
    cli_column *c = &t->columns[at];
    civ_text name = t->record.cells[at];
    int of_root = t->list[0] == 0;
    cli_cell_trim(&name);
    c->header = malloc(name.length + 1);
    if (!c->header)
        return EXIT_OTHER;
    copy_name(c->header, name.length + 1, name);
    copy_name(c->name, sizeof c->name, name);
    if (o->key ? is_named(o->key, name, of_root)
               : t->key_at == t->n_columns && is_key_name(name, root, of_root)) {
        c->use = CLI_KEY;
        t->key_at = at;
        return 0;
    }
    if (of_root && o->on_column && cli_text_is(name, o->on_column)) {
        c->use = CLI_DAY;
        c->item.kind = CIV_KIND_DATE;
        c->item.index = -1;
        return 0;
    }
    return bind_field(t, c, name);
}

static int has_day(const cli_table *t)
{
    for (size_t i = 0; i < t->n_columns; i++)
        if (t->columns[i].use == CLI_DAY)
            return 1;
    return 0;
}

static int missing_parts(const cli_table *t, const char *root, const cli_options *o)
{
    int bad = 0;
    if (t->key_at == t->n_columns) {
        fprintf(stderr,
                t->zh ? "%s：没有户编号列（如 %s；或用 --key 指明）\n"
                      : "%s: no column of keys (such as %s; --key names it)\n",
                t->file, t->list[0] ? "household_id" : "id");
        bad = EXIT_CASE;
    }
    if (t->list[0] == 0 && o->on_column && !has_day(t)) {
        fprintf(stderr, t->zh ? "%s：没有日期列“%s”\n" : "%s: no column '%s' of dates\n", t->file,
                o->on_column);
        bad = EXIT_CASE;
    }
    (void)root;
    return bad;
}

static void note_titles(cli_table *t)
{
    if (t->header_row > 1) {
        char row[64];
        snprintf(row, sizeof row, t->zh ? "字段名在第 %llu 行" : "names stand in row %llu",
                 (unsigned long long)t->header_row);
        cli_finding f = {t->file, 1, {"", 0}, "", "title_rows", cli_text(row), NULL, NULL, 1};
        cli_find(t->findings, &f);
    }
}

int cli_table_bind(cli_table *t, civ_policy *policy, const char *root, const char *list,
                   const cli_options *o)
{
    int bad;
    snprintf(t->list, sizeof t->list, "%s", list);
    t->items = cli_items_of(&t->n_items, policy, t->entity);
    t->reader.policy = policy;
    if (!t->items || civ_case_create(&t->reader.scratch, policy, cli_text(root), NULL))
        return EXIT_OTHER;
    uint32_t row;
    if (list[0] && civ_case_add(t->reader.scratch, &row, cli_text(list), 0, NULL))
        return EXIT_OTHER;
    bad = cli_table_first_row(t);
    if (bad == EXIT_CASE)
        fprintf(stderr, t->zh ? "%s：没有字段名\n" : "%s: no row of names\n", t->file);
    if (bad)
        return bad;
    t->n_columns = t->key_at = t->record.n;
    t->columns = calloc(t->n_columns + 1, sizeof *t->columns);
    if (!t->columns)
        return EXIT_OTHER;
    for (size_t i = 0; i < t->n_columns; i++) {
        int b = bind_column(t, i, root, o);
        if (b == EXIT_OTHER)
            return b;
        bad |= b ? EXIT_CASE : 0;
    }
    note_titles(t);
    return bad | missing_parts(t, root, o);
}
