/* SPDX-License-Identifier: Apache-2.0 */
/* civicrules batch: files of many households. */
#include <stdlib.h>
#include <string.h>

#include "batch.h"

static int ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);
    return n >= m && strcmp(s + n - m, end) == 0;
}

/* ---- options ---- */

static int check_output(const cli_options *o, int *json)
{
    if (!o->output)
        return cli_usage(o, "batch: -o OUTPUT is missing", NULL);
    *json = ends_with(o->output, ".jsonl") || ends_with(o->output, ".ndjson") ||
            ends_with(o->output, ".json");
    if (o->format && strcmp(o->format, "csv") && strcmp(o->format, "jsonl"))
        return cli_usage(o, "batch: --format is csv or jsonl, found", o->format);
    if (o->format)
        *json = strcmp(o->format, "jsonl") == 0;
    if (strcmp(o->output, "-") == 0 && !*json && o->positional.n > 3)
        return cli_usage(o,
                         "batch: several CSV files do not fit into one output; say -o FILE or "
                         "--format jsonl",
                         NULL);
    return cli_would_overwrite(o->output, o);
}

static int check_threads(const cli_options *o, uint32_t *threads)
{
    char *end;
    long n = o->threads ? strtol(o->threads, &end, 10) : 1;
    if (o->threads && (*end || end == o->threads || n < 1 || n > 256))
        return cli_usage(o, "batch: --threads wants a number from 1 to 256, found", o->threads);
    *threads = (uint32_t)n;
    return 0;
}

static int check(cli_batch *b)
{
    const cli_options *o = b->o;
    if (o->positional.n < 2)
        return cli_usage(o, "batch: a module is missing", NULL);
    if (o->positional.n < 3)
        return cli_usage(o, "batch: an input is missing", NULL);
    if (!o->on == !o->on_column)
        return cli_usage(o, "batch: say either --on DATE or --on-column NAME", NULL);
    if (o->on && cli_date_parse(o->on, &b->on))
        return cli_usage(o, "batch: --on wants a date YYYY-MM-DD from 1900 to 2200, found", o->on);
    int bad = check_output(o, &b->json_out);
    return bad ? bad : check_threads(o, &b->threads);
}

/* ---- the root ---- */

/* The entity of the first output wanted, or the root above it: that of the module's first output.
 */
static int choose_root(cli_batch *b)
{
    civ_item item;
    civ_text name, parent, list;
    const char *wanted = b->o->outputs ? b->o->outputs : b->o->positional.at[1];
    size_t n = strcspn(wanted, ",");
    memset(&item, 0, sizeof item);
    item.struct_size = sizeof item;
    for (size_t i = 0; i < civ_policy_output_count(b->policy); i++) {
        if (civ_policy_output(&item, b->policy, i))
            continue;
        int of_module = item.module.length == n && memcmp(item.module.data, wanted, n) == 0;
        int by_name = item.name.length == n && memcmp(item.name.data, wanted, n) == 0;
        if (!of_module && !by_name)
            continue;
        snprintf(b->root, sizeof b->root, "%.*s", (int)item.entity.length, item.entity.data);
        break;
    }
    for (size_t depth = 0; depth < 8; depth++)
        for (size_t i = 0; civ_policy_entity(b->policy, i, &name, &parent, &list) == CIV_OK; i++)
            if (cli_text_is(name, b->root) && parent.length > 0)
                snprintf(b->root, sizeof b->root, "%.*s", (int)parent.length, parent.data);
    return 0;
}

/* ---- the command ---- */

/* 1 = JSON Lines; -1 = it cannot be read. A pipe can be opened once only, so it stays open. */
static int is_lines(cli_batch *b)
{
    const char *path = b->o->positional.at[2];
    if (ends_with(path, ".jsonl") || ends_with(path, ".ndjson") || ends_with(path, ".json"))
        return 1;
    if (ends_with(path, ".csv"))
        return 0;
    if (cli_bytes_open(&b->first, path, b->o->encoding, b->o->zh))
        return -1;
    return cli_bytes_first(&b->first) == '{';
}

static int no_csv(const cli_options *o)
{
    fputs(o->zh
              ? "civicrules: 本程序构建时没有 libcsv，不能读写 CSV；请安装 libcsv-dev "
                "后重新构建，或使用 JSON Lines（.jsonl）\n"
              : "civicrules: built without libcsv, so CSV can be neither read nor written; install "
                "libcsv-dev and build again, or use JSON Lines (.jsonl)\n",
          stderr);
    return EXIT_USAGE;
}

/* The file of findings goes beside the answers, always as CSV. */
static int place_findings(cli_batch *b)
{
    b->findings.zh = b->o->zh;
    b->findings.o = b->o;
    if (!cli_is_file(b->o->output) || !cli_csv_is_built())
        return 0;
    b->findings.path = cli_beside(b->o->output, "errors", ".csv");
    return !b->findings.path ? EXIT_OTHER : cli_would_overwrite(b->findings.path, b->o);
}

/* Answers for members that an earlier run left beside these are not this run's; they are not ours
   to remove. */
static void tell_stale(const cli_batch *b)
{
    civ_text name, parent, list;
    for (size_t i = 0; civ_policy_entity(b->policy, i, &name, &parent, &list) == CIV_OK; i++) {
        char what[128];
        snprintf(what, sizeof what, "%.*s", (int)list.length, list.data);
        char *path = list.length ? cli_beside(b->o->output, what, NULL) : NULL;
        FILE *there = path && !cli_is_written(path) ? fopen(path, "rb") : NULL;
        if (there)
            fprintf(stderr,
                    b->o->zh ? "civicrules: “%s”是以前的，不属于这次运行\n"
                             : "civicrules: '%s' was there before and is not of this run\n",
                    path);
        if (there)
            fclose(there);
        free(path);
    }
}

/* All files get their names, or none; findings of a run before do not stay. */
static int end_outputs(cli_batch *b, int bad)
{
    bad = !bad && b->findings.failed ? EXIT_OTHER : bad;
    if (!bad && !b->json_out && cli_is_file(b->o->output))
        tell_stale(b);
    int failed = cli_outputs_end(!bad, b->o->zh);
    bad = bad ? bad : failed;
    if (!bad && b->findings.path && !b->findings.to)
        remove(b->findings.path);
    if (bad == EXIT_OTHER)
        fputs(b->o->zh ? "civicrules: 批处理未完成（内存、磁盘或文件），没有写出答案文件\n"
                       : "civicrules: the batch stopped (memory, disk or a file); no file of "
                         "answers was written\n",
              stderr);
    return bad;
}

static int run(cli_batch *b)
{
    int64_t started = cli_milliseconds();
    int lines = is_lines(b);
    if (lines < 0)
        return EXIT_USAGE;
    if ((!lines || !b->json_out) && !cli_csv_is_built())
        return no_csv(b->o);
    if (lines && b->o->positional.n > 3)
        return cli_usage(b->o, "batch: one file of JSON Lines; not expected",
                         b->o->positional.at[3]);
    int bad = place_findings(b);
    if (!bad)
        bad = cli_tally_open(b);
    if (!bad)
        bad = lines ? cli_batch_lines(b) : cli_batch_csv(b);
    bad = end_outputs(b, bad);
    if (!bad) {
        cli_summary(b, cli_milliseconds() - started);
        bad = b->findings.errors > 0 ? EXIT_CASE : 0;
    }
    return bad;
}

int cmd_batch(const cli_options *o)
{
    cli_batch b;
    civ_engine *engine;
    memset(&b, 0, sizeof b);
    b.o = o;
    int bad = check(&b);
    if (bad)
        return bad;
    if (civ_engine_create(&engine, NULL, NULL))
        return EXIT_OTHER;
    bad = cli_policy(&b.policy, engine, o, 0);
    if (!bad)
        bad = choose_root(&b);
    if (!bad)
        bad = cli_calculator(&b.calculator, b.policy, o, b.root);
    if (!bad)
        bad = run(&b);
    cli_bytes_close(&b.first);
    cli_findings_free(&b.findings);
    free(b.tallies);
    civ_calculator_release(b.calculator);
    civ_policy_release(b.policy);
    civ_engine_release(engine);
    return bad;
}
