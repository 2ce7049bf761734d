/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a case file: a case or findings, and what is read can be decided. */
#include <stdint.h>
#include <stdlib.h>

#include "cli/cli.h"

enum { ON = 19487 }; /* 2023-05-10 */

static civ_engine *engine;
static civ_policy *policy;
static civ_calculator *calculator;
static civ_workspace *workspace;

static void must(int fine)
{
    if (!fine)
        abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    civ_policy_builder *b = NULL;
    civ_text module = cli_text("dibao");
    civ_calculator_options options = CIV_CALCULATOR_OPTIONS_INIT;
    (void)argc;
    (void)argv;
    options.presume = options.explain = 1;
    must(civ_engine_create(&engine, NULL, NULL) == CIV_OK &&
         civ_policy_builder_create(&b, engine, NULL) == CIV_OK);
    must(civ_policy_builder_add_embedded(b, NULL) == CIV_OK &&
         civ_policy_build(&policy, b, NULL) == CIV_OK);
    civ_policy_builder_release(b);
    must(civ_calculator_create(&calculator, policy, &module, 1, &options, NULL) == CIV_OK);
    must(civ_workspace_create(&workspace, calculator, NULL) == CIV_OK);
    return 0;
}

static void explain_all(void)
{
    for (size_t i = 0; i < civ_calculator_output_count(calculator); i++) {
        civ_value v = CIV_VALUE_INIT;
        for (uint32_t row = 0; row < 4 && civ_result_value(&v, workspace, i, row) == CIV_OK;
             row++) {
            civ_wanted wanted = {(uint32_t)i, row};
            civ_text text;
            civ_status bad =
                civ_explain_text(&text, workspace, &wanted, 1, 1, CIV_FORMAT_TEXT, NULL);
            must(bad == CIV_OK || bad == CIV_ERROR_MEMORY);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    cli_case c;
    cli_options o = {.on = "2023-05-10"};
    char *text = malloc(n + 1); /* as cli_read_file gives it: a NUL behind the last byte */
    if (!text)
        return 0;
    for (size_t i = 0; i < n; i++)
        text[i] = (char)data[i];
    text[n] = 0;
    int bad = cli_case_read(&c, text, n, policy, civ_calculator_root(calculator), NULL);
    must(bad == 0 || bad == EXIT_CASE);
    must((bad == EXIT_CASE) == (json_object_array_length(c.errors) > 0));
    if (!bad && civ_evaluate(workspace, c.facts, ON, NULL) == CIV_OK) {
        json_object_put(cli_answer(workspace, calculator, policy, &c, &o));
        explain_all();
    }
    cli_case_free(&c);
    free(text);
    return 0;
}
