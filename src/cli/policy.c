/* SPDX-License-Identifier: Apache-2.0 */
/* Policies from the options, and commands about policies: check, test, fmt, list, render. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

int cli_print_diagnostics(const civ_policy_builder *b, int zh, FILE *to)
{
    int errors = 0;
    for (size_t i = 0; i < civ_policy_builder_diagnostic_count(b); i++) {
        civ_diagnostic d;
        memset(&d, 0, sizeof d);
        d.struct_size = sizeof d;
        if (civ_policy_builder_diagnostic(&d, b, i))
            continue;
        civ_text t = zh ? d.rendered_zh : d.rendered;
        fwrite(t.data, 1, t.length, to);
        errors += !d.is_warning;
    }
    return errors;
}

static int fill(civ_policy_builder *b, const cli_options *o, int examples)
{
    civ_error error = CIV_ERROR_INIT;
    int bad = o->no_embedded ? 0 : civ_policy_builder_add_embedded(b, &error) ? EXIT_OTHER : 0;
    for (size_t i = 0; i < o->policies.n && !bad; i++)
        bad = cli_add_path(b, o->policies.at[i], CIV_FILE_PACK, examples);
    for (size_t i = 0; i < o->amendments.n && !bad; i++)
        bad = cli_add_path(b, o->amendments.at[i], CIV_FILE_AMENDMENT, examples);
    for (size_t i = 0; i < o->lets.n && !bad; i++)
        bad = civ_policy_builder_let(b, cli_text(o->lets.at[i]), &error) ? EXIT_OTHER : 0;
    int32_t day;
    if (!bad && o->known && cli_date_parse(o->known, &day))
        return cli_usage(o, "--known wants a date YYYY-MM-DD, found", o->known);
    if (!bad && o->known)
        bad = civ_policy_builder_known(b, day, &error) ? EXIT_USAGE : 0;
    if (error.status)
        fprintf(stderr, "civicrules: %s\n", error.message);
    return bad;
}

static int build(civ_policy **out, civ_policy_builder *b, const cli_options *o, int *errors)
{
    civ_error error = CIV_ERROR_INIT;
    civ_status status = civ_policy_build(out, b, &error);
    *errors = cli_print_diagnostics(b, o->zh, stderr);
    if (!status)
        return 0;
    if (status != CIV_ERROR_POLICY)
        fprintf(stderr, "civicrules: %s\n", error.message);
    return status == CIV_ERROR_POLICY || status == CIV_ERROR_LIMIT ? EXIT_POLICY : EXIT_OTHER;
}

int cli_policy(civ_policy **out, civ_engine *engine, const cli_options *o, int examples)
{
    civ_policy_builder *b;
    int errors = 0;
    *out = NULL;
    if (civ_policy_builder_create(&b, engine, NULL))
        return EXIT_OTHER;
    int bad = fill(b, o, examples);
    if (!bad)
        bad = build(out, b, o, &errors);
    civ_policy_builder_release(b);
    return bad;
}

/* ---- check ---- */

int cmd_check(const cli_options *o)
{
    civ_engine *engine;
    civ_policy_builder *b;
    civ_policy *policy = NULL;
    int errors = 0;
    if (civ_engine_create(&engine, NULL, NULL))
        return EXIT_OTHER;
    if (civ_policy_builder_create(&b, engine, NULL)) {
        civ_engine_release(engine);
        return EXIT_OTHER;
    }
    int bad = fill(b, o, 1);
    for (size_t i = 1; i < o->positional.n && !bad; i++)
        bad = cli_add_path(b, o->positional.at[i], CIV_FILE_PACK, 1);
    if (!bad)
        bad = build(&policy, b, o, &errors);
    size_t findings = civ_policy_builder_diagnostic_count(b);
    if (!bad || bad == EXIT_POLICY)
        printf(o->zh ? "%d 个错误，%d 个警告\n" : "%d errors, %d warnings\n", errors,
               (int)findings - errors);
    civ_policy_release(policy);
    civ_policy_builder_release(b);
    civ_engine_release(engine);
    return bad;
}

/* ---- test ---- */

/* Examples alone, which are about the embedded packs. */
static int only_examples(const cli_list *paths)
{
    static const char end[] = ".examples.civ";
    for (size_t i = 1; i < paths->n; i++) {
        size_t n = strlen(paths->at[i]);
        if (n < sizeof end || strcmp(paths->at[i] + n - (sizeof end - 1), end) != 0)
            return 0;
    }
    return 1;
}

int cmd_test(const cli_options *o)
{
    civ_engine *engine;
    civ_policy *policy;
    cli_options with = *o;
    if (o->positional.n < 2)
        return cli_usage(
            o, o->zh ? "示例不随库内置：请给出路径" : "examples are not embedded: give their path",
            NULL);
    if (civ_engine_create(&engine, NULL, NULL))
        return EXIT_OTHER;
    /* a tree that holds the packs themselves stands in for the embedded ones */
    with.no_embedded |= !only_examples(&o->positional);
    with.policies.at = o->positional.at + 1;
    with.policies.n = o->positional.n - 1;
    int bad = cli_policy(&policy, engine, &with, 1);
    if (!bad) {
        civ_test_report r;
        memset(&r, 0, sizeof r);
        r.struct_size = sizeof r;
        bad = civ_policy_test(&r, policy, o->zh, NULL) ? EXIT_OTHER : r.failed ? EXIT_CASE : 0;
        fwrite(r.text.data, 1, r.text.length, stdout);
        printf(o->zh ? "%u 个示例，%u 项核对，%u 个不通过\n"
                     : "%u examples, %u checks, %u failed\n",
               r.examples, r.checks, r.failed);
        if (r.examples == 0)
            bad = EXIT_CASE;
    }
    civ_policy_release(policy);
    civ_engine_release(engine);
    return bad;
}

/* ---- fmt ---- */

static int format_file(civ_policy_builder *b, const cli_options *o, const char *path)
{
    size_t n;
    civ_text text;
    char *source = cli_read_file(path, &n);
    civ_text body = {source, n};
    if (!source)
        return EXIT_USAGE;
    civ_status bad = civ_format_policy(&text, b, cli_text(path), body, NULL);
    int same = !bad && text.length == n && memcmp(text.data, source, n) == 0;
    free(source);
    if (bad) {
        cli_print_diagnostics(b, o->zh, stderr);
        return EXIT_POLICY;
    }
    if (o->check) {
        if (!same)
            printf(o->zh ? "%s 需要排版\n" : "%s would change\n", path);
        return same ? 0 : EXIT_CASE;
    }
    FILE *out = o->write && strcmp(path, "-") != 0 ? fopen(path, "wb") : stdout;
    if (!out)
        return cli_usage(o, "cannot write", path);
    size_t written = fwrite(text.data, 1, text.length, out);
    int closed = out != stdout ? fclose(out) : 0;
    return written == text.length && !closed ? 0 : EXIT_OTHER;
}

int cmd_fmt(const cli_options *o)
{
    civ_engine *engine;
    civ_policy_builder *b;
    int bad = 0;
    if (o->positional.n < 2)
        return cli_usage(o, "fmt: a file is missing", NULL);
    if (civ_engine_create(&engine, NULL, NULL))
        return EXIT_OTHER;
    for (size_t i = 1; i < o->positional.n; i++) {
        if (civ_policy_builder_create(&b, engine, NULL))
            break;
        int one = format_file(b, o, o->positional.at[i]);
        bad = one > bad ? one : bad;
        civ_policy_builder_release(b);
    }
    civ_engine_release(engine);
    return bad;
}

/* ---- list ---- */

int cmd_list(const cli_options *o)
{
    civ_engine *engine;
    civ_policy *policy;
    if (civ_engine_create(&engine, NULL, NULL))
        return EXIT_OTHER;
    int bad = cli_policy(&policy, engine, o, 0);
    for (size_t i = 0; !bad && i < civ_policy_module_count(policy); i++) {
        civ_text name, zh, en;
        int32_t item;
        civ_policy_module(policy, i, &name, &zh, &en, &item);
        civ_text label = o->zh ? zh : en;
        printf("%-24.*s %.*s", (int)name.length, name.data, (int)label.length, label.data);
        if (item > 0)
            printf(o->zh ? "（第 %d 项）" : " (item %d)", (int)item);
        putchar('\n');
    }
    civ_policy_release(policy);
    civ_engine_release(engine);
    return bad;
}

int cmd_render(const cli_options *o)
{
    civ_engine *engine;
    civ_policy *policy;
    civ_text text;
    civ_error error = CIV_ERROR_INIT;
    if (o->positional.n != 2)
        return cli_usage(o, "render: give one module", NULL);
    if (civ_engine_create(&engine, NULL, NULL))
        return EXIT_OTHER;
    int bad = cli_policy(&policy, engine, o, 0);
    if (!bad && civ_render_module(&text, policy, cli_text(o->positional.at[1]), o->zh, &error)) {
        fprintf(stderr, "civicrules: %s\n", error.message);
        bad = EXIT_USAGE;
    } else if (!bad) {
        fwrite(text.data, 1, text.length, stdout);
    }
    civ_policy_release(policy);
    civ_engine_release(engine);
    return bad;
}
