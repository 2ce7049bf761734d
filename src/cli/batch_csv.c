/* SPDX-License-Identifier: Apache-2.0 */
/* A batch of CSV files: a file of roots, and files of their children. Where all are sorted by key
   they are read and answered block by block, in constant memory; else all rows are joined in
   memory.
 */
#include <stdlib.h>
#include <string.h>

#include "batch.h"

enum { BLOCK_ROOTS = 32768 };

typedef struct csv_run {
    cli_batch *b;
    cli_table *tables;
    size_t n;
    int streams, by_length;
    civ_batch *batch;
    cli_answers answers;
    uint64_t total, done; /* rows */
} csv_run;

/* ---- which list a file holds ---- */

static int list_at(const civ_policy *policy, const char *root, size_t i, civ_text *entity,
                   civ_text *list)
{
    civ_text parent;
    if (civ_policy_entity(policy, i, entity, &parent, list))
        return -1;
    return cli_text_is(parent, root);
}

static void copy(char *to, size_t cap, civ_text t)
{
    snprintf(to, cap, "%.*s", (int)t.length, t.data);
}

/* The list whose fields most of the names are; 0, or an exit code. */
static int choose_list(csv_run *r, cli_table *t, const char *input, size_t n_said, char list[64])
{
    civ_text entity, name;
    int best = 0, several = 0, is_list;
    uint64_t header = 1;
    list[0] = 0;
    for (size_t i = 0; (is_list = list_at(r->b->policy, r->b->root, i, &entity, &name)) >= 0; i++) {
        char child[64];
        size_t cells;
        int said = n_said == name.length && n_said > 0 && memcmp(input, name.data, n_said) == 0;
        if (!is_list || (n_said > 0 && !said))
            continue;
        copy(child, sizeof child, entity);
        int fit = cli_table_fit(t, r->b->policy, child, &cells);
        if (fit < 0)
            return EXIT_OTHER;
        several = fit == best && fit > 0;
        if (fit > best || said) {
            best = fit;
            header = t->header_row;
            copy(list, 64, name);
            copy(t->entity, sizeof t->entity, entity);
        }
    }
    t->header_row = header;
    if (list[0] && !several)
        return 0;
    fprintf(stderr,
            r->b->o->zh ? "%s：看不出是哪一个列表；请写 列表=路径，如 members=%s\n"
                        : "%s: which list is it? say LIST=PATH, such as members=%s\n",
            t->file, t->file);
    return EXIT_CASE;
}

static void say_encoding(const csv_run *r, const cli_table *t)
{
    const cli_bytes *bytes = cli_csv_bytes(t->csv);
    fprintf(stderr, "%s: %s%s%s%s\n", t->file, bytes->encoding,
            bytes->is_marked ? (r->b->o->zh ? "（有 BOM）" : " with a mark") : "",
            t->list[0] ? ", " : "", t->list);
}

static int open_tables(csv_run *r)
{
    const cli_options *o = r->b->o;
    int bad = 0;
    for (size_t i = 0; i < r->n && bad != EXIT_OTHER; i++) {
        cli_table *t = &r->tables[i];
        char list[64] = "";
        size_t n_said = 0, cells;
        const char *input = o->positional.at[2 + i], *path = input;
        if (i > 0)
            path = cli_input_path(input, &n_said);
        int wrong = cli_table_open(t, i == 0 ? &r->b->first : NULL, path, o, &r->b->findings);
        if (wrong)
            return wrong;
        if (i == 0) {
            snprintf(t->entity, sizeof t->entity, "%s", r->b->root);
            wrong = cli_table_fit(t, r->b->policy, t->entity, &cells) < 0 ? EXIT_OTHER : 0;
        } else {
            wrong = choose_list(r, t, input, n_said, list);
        }
        if (!wrong)
            wrong = cli_table_bind(t, r->b->policy, r->b->root, list, o);
        for (size_t k = 1; k < i && !wrong; k++)
            if (strcmp(r->tables[k].list, list) == 0) {
                fprintf(stderr,
                        o->zh ? "%s：列表 %s 已有一个文件\n"
                              : "%s: the list %s has a file already\n",
                        t->file, list);
                wrong = EXIT_CASE;
            }
        say_encoding(r, t);
        bad = wrong ? wrong : bad;
    }
    return bad;
}

/* ---- how they are sorted ---- */

static int scan_tables(csv_run *r)
{
    int by_bytes = 1, by_length = 1;
    for (size_t i = 0; i < r->n; i++) {
        int bad = cli_table_scan(&r->tables[i]);
        if (bad)
            return bad;
        by_bytes &= r->tables[i].by_bytes;
        by_length &= r->tables[i].by_length;
        r->total += r->tables[i].total;
    }
    r->streams = by_bytes || by_length;
    r->by_length = !by_bytes;
    if (!r->streams && r->tables[0].total > BLOCK_ROOTS)
        fputs(r->b->o->zh ? "文件未按户编号排序：全部读入内存后合并\n"
                          : "the files are not sorted by key: they are joined in memory\n",
              stderr);
    return 0;
}

/* ---- blocks ---- */

/* All children up to the last root of the block; of the last block, all that are left. */
static int take_children(csv_run *r, cli_table *t, const char *last, size_t n_last, int is_end)
{
    civ_text key, until = {last, n_last};
    int more;
    while ((more = cli_table_peek(t, &key)) > 0 &&
           (is_end || cli_key_order(key, until, r->by_length) <= 0)) {
        int bad = cli_table_take(t);
        if (bad)
            return bad;
    }
    return more < 0 ? EXIT_OTHER : 0;
}

static int take_block(csv_run *r, int *is_end)
{
    cli_table *roots = &r->tables[0];
    civ_text key;
    int more = 1, bad = 0;
    for (size_t i = 0; i < r->n; i++)
        cli_table_clear(&r->tables[i]);
    while (!bad && (more = cli_table_peek(roots, &key)) > 0 &&
           (!r->streams || roots->n_rows < BLOCK_ROOTS))
        bad = cli_table_take(roots);
    *is_end = more <= 0;
    cli_buf last = {0};
    if (roots->n_rows > 0) {
        key = cli_table_key(roots, roots->n_rows - 1);
        cli_put(&last, key.data, key.length);
    }
    for (size_t i = 1; i < r->n && !bad; i++)
        bad = take_children(r, &r->tables[i], last.p ? last.p : "", last.n, *is_end);
    bad = more < 0 || last.oom ? EXIT_OTHER : bad;
    free(last.p);
    return bad;
}

static int join_block(csv_run *r)
{
    int bad = cli_join_roots(&r->tables[0]);
    for (size_t i = 1; i < r->n && !bad; i++)
        bad = cli_join_make(&r->answers.joins[i], &r->tables[0], &r->tables[i]);
    for (size_t i = 0; i < r->n && !bad; i++)
        bad = cli_table_view(&r->tables[i]);
    return bad;
}

static int fail(civ_status status, const civ_error *error, civ_batch *batch)
{
    civ_text lines = {"", 0};
    if (status == CIV_ERROR_SCHEMA && batch)
        lines = civ_batch_mismatch(batch);
    fprintf(stderr, "civicrules: %s\n%.*s%s", error->message, (int)lines.length, lines.data,
            lines.length ? "\n" : "");
    return status == CIV_ERROR_SCHEMA ? EXIT_CASE : EXIT_OTHER;
}

static int bind_tables(csv_run *r)
{
    civ_error error = CIV_ERROR_INIT;
    civ_batch_table children[16];
    const cli_table *roots = &r->tables[0];
    civ_status bad;
    for (size_t i = 1; i < r->n; i++) {
        const cli_table *t = &r->tables[i];
        children[i - 1].list = cli_text(t->list);
        children[i - 1].key = cli_text(t->columns[t->key_at].name);
        children[i - 1].schema = &t->view.schema;
    }
    if (r->n > 1)
        bad = civ_batch_bind_tables(r->batch, &roots->view.schema,
                                    cli_text(roots->columns[roots->key_at].name), children,
                                    r->n - 1, &error);
    else
        bad = civ_batch_bind(r->batch, &roots->view.schema, &error);
    for (size_t i = 0; i < r->n && !bad; i++)
        bad = i == 0 ? civ_batch_output_schema(&r->answers.schemas[0], r->batch, &error)
                     : civ_batch_table_schema(&r->answers.schemas[i], r->batch, i - 1, &error);
    return bad ? fail(bad, &error, r->batch) : cli_write_begin(&r->answers);
}

static void count_rows(csv_run *r)
{
    for (size_t i = 0; i < r->n; i++) {
        const cli_table *t = &r->tables[i];
        *(i ? &r->b->children : &r->b->roots) += t->n_rows;
        r->done += t->n_rows;
        for (size_t k = 0; k < t->n_rows; k++)
            r->b->flagged += cli_table_flags(t, k)[0] != 0;
    }
}

static int run_block(csv_run *r)
{
    civ_error error = CIV_ERROR_INIT;
    struct ArrowArray in[16];
    for (size_t i = 0; i < r->n; i++)
        in[i] = r->tables[i].view.array;
    civ_status status = r->n > 1
                            ? civ_batch_run_tables(r->answers.arrays, r->batch, in, r->n, &error)
                            : civ_batch_run(r->answers.arrays, r->batch, in, &error);
    if (status)
        return fail(status, &error, r->batch);
    count_rows(r);
    for (size_t i = 1; i < r->n; i++)
        cli_join_mark(&r->answers.joins[i], &r->tables[0], &r->tables[i]);
    int bad = cli_write_block(&r->answers);
    for (size_t i = 0; i < r->n; i++)
        if (r->answers.arrays[i].release)
            r->answers.arrays[i].release(&r->answers.arrays[i]);
    return bad;
}

static int run_blocks(csv_run *r)
{
    int bad = 0, is_end = 0, is_bound = 0;
    cli_progress_begin(&r->b->progress, r->total, r->b->o->progress);
    while (!bad && !is_end) {
        bad = take_block(r, &is_end);
        if (!bad)
            bad = join_block(r);
        if (!bad && !is_bound++)
            bad = bind_tables(r);
        if (!bad)
            bad = run_block(r);
        for (size_t i = 1; i < r->n; i++)
            cli_join_free(&r->answers.joins[i]);
        cli_progress_show(&r->b->progress, r->done, r->b->o->zh);
    }
    cli_progress_end(&r->b->progress);
    if (!bad && r->done != r->total) {
        fputs(r->b->o->zh ? "civicrules: 读取期间文件被改动\n"
                          : "civicrules: a file changed while it was read\n",
              stderr);
        bad = EXIT_OTHER;
    }
    return bad;
}

/* ---- one run ---- */

static int32_t show_progress(void *user, int64_t done, int64_t total)
{
    csv_run *r = user;
    if (total > 0 && !r->streams) /* all in one block */
        cli_progress_show(&r->b->progress, (uint64_t)done * r->total / (uint64_t)total,
                          r->b->o->zh);
    return 0;
}

static int make_batch(csv_run *r)
{
    civ_error error = CIV_ERROR_INIT;
    civ_batch_options o = CIV_BATCH_OPTIONS_INIT;
    o.on = r->b->on;
    if (r->b->o->on_column)
        o.on_column = cli_text(r->b->o->on_column);
    o.threads = r->b->threads;
    o.causes = r->b->o->causes;
    o.allow_missing = o.allow_unused = 1; /* the columns were looked at */
    o.decimal_money = 1;
    o.progress = show_progress;
    o.progress_user = r;
    civ_status bad = civ_batch_create(&r->batch, r->b->calculator, &o, &error);
    return bad ? fail(bad, &error, NULL) : 0;
}

static int open_outputs(csv_run *r)
{
    const cli_options *o = r->b->o;
    size_t n = r->b->json_out ? 1 : r->n;
    for (size_t i = 0; i < n; i++) {
        char *path = i ? cli_beside(o->output, r->tables[i].list, NULL) : NULL;
        if (i && !path)
            return EXIT_OTHER;
        if (i && strcmp(o->output, "-") == 0)
            r->answers.to[i] = stdout;
        else
            r->answers.to[i] = cli_create(i ? path : o->output, o);
        free(path);
        if (!r->answers.to[i])
            return EXIT_USAGE;
    }
    return 0;
}

static int close_run(csv_run *r, int bad)
{
    for (size_t i = 0; i < r->n; i++) {
        if (r->answers.schemas && r->answers.schemas[i].release)
            r->answers.schemas[i].release(&r->answers.schemas[i]);
        if (r->answers.tally_at)
            free(r->answers.tally_at[i]);
        if (r->tables)
            cli_table_close(&r->tables[i]);
    }
    free(r->answers.to);
    free(r->answers.schemas);
    free(r->answers.arrays);
    free(r->answers.joins);
    free(r->answers.tally_at);
    free(r->tables);
    civ_batch_release(r->batch);
    return bad;
}

int cli_batch_csv(cli_batch *b)
{
    csv_run r;
    memset(&r, 0, sizeof r);
    r.b = b;
    r.n = b->o->positional.n - 2;
    if (r.n > 16)
        return cli_usage(b->o, "batch: at most 16 files", NULL);
    r.tables = calloc(r.n, sizeof *r.tables);
    r.answers.batch = b;
    r.answers.tables = r.tables;
    r.answers.n = r.n;
    r.answers.joins = calloc(r.n, sizeof *r.answers.joins);
    r.answers.schemas = calloc(r.n, sizeof *r.answers.schemas);
    r.answers.arrays = calloc(r.n, sizeof *r.answers.arrays);
    r.answers.tally_at = calloc(r.n, sizeof *r.answers.tally_at);
    r.answers.to = calloc(r.n, sizeof *r.answers.to);
    int bad = !r.tables || !r.answers.joins || !r.answers.schemas || !r.answers.arrays ||
                      !r.answers.tally_at || !r.answers.to
                  ? EXIT_OTHER
                  : open_tables(&r);
    if (!bad)
        bad = scan_tables(&r);
    if (!bad)
        bad = make_batch(&r);
    if (!bad)
        bad = open_outputs(&r);
    if (!bad)
        bad = run_blocks(&r);
    return close_run(&r, bad);
}
