/* SPDX-License-Identifier: Apache-2.0 */
/* Explanations and rendered rules through the public door. */
#include <string.h>

#include "api/handles.h"

static const cr_str NONE = {NULL, 0};

static civ_status find(cr_wanted *out, const civ_workspace *w, const civ_wanted *wanted,
                       civ_error *error)
{
    const cr_program *p = &w->calculator->core.policy->program;
    if (wanted->output >= w->calculator->core.outputs.n)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    out->def = w->calculator->core.outputs.at[wanted->output].def;
    out->row = wanted->row;
    out->reason = w->calculator->core.outputs.at[wanted->output].reason;
    if (wanted->row >= w->core->spaces[p->defs.at[out->def].entity].n)
        return cr_fail(error, CIV_ERROR_ARGUMENT, "no such row", NONE, NONE);
    return CIV_OK;
}

civ_status civ_explain(size_t *count, civ_workspace *w, const civ_wanted *wanted, size_t n,
                       int32_t lang, civ_error *error)
{
    if (!count || !w || (!wanted && n))
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    *count = 0;
    w->explained = 0;
    if (!w->ran || !w->calculator->core.explain)
        return cr_fail(error, CIV_ERROR_STATE,
                       "explanations need an evaluation by a calculator made with 'explain'", NONE,
                       NONE);
    cr_alloc alloc = w->calculator->engine->alloc;
    cr_wanted *list = cr_mem_get(&alloc, n, sizeof *list);
    if (!list && n)
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    civ_status bad = CIV_OK;
    for (size_t i = 0; i < n && !bad; i++)
        bad = find(&list[i], w, &wanted[i], error);
    if (!bad && cr_explain(&w->explanation, w->core, &w->ids, list, n, lang))
        bad = cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    cr_mem_free(&alloc, list, n * sizeof *list);
    if (bad)
        return bad;
    w->explained = 1;
    *count = w->explanation.nodes.n;
    return CIV_OK;
}

civ_status civ_explain_node(civ_node *out, const civ_workspace *w, size_t index)
{
    if (!out || out->struct_size < sizeof *out)
        return CIV_ERROR_STRUCT_SIZE;
    if (!w || !w->explained || index >= w->explanation.nodes.n)
        return CIV_ERROR_ARGUMENT;
    const cr_node *n = &w->explanation.nodes.at[index];
    const cr_policy *policy = w->calculator->core.policy;
    out->kind = n->kind;
    out->depth = n->depth;
    out->passed = n->passed;
    out->answer = n->answer;
    out->line = n->pos.line;
    out->name = cr_text(n->name);
    out->label = cr_text(n->label);
    out->value = cr_text(n->value);
    out->formula = cr_text(n->formula);
    out->citation = cr_text(n->citation);
    out->row_id = cr_text(n->row_id);
    out->file = cr_text(
        n->pos.line && n->pos.file < policy->n_files ? policy->files[n->pos.file].name : NONE);
    return CIV_OK;
}

/* ---- written out ---- */

static const char *mark(const cr_node *n)
{
    if (n->kind == CR_NODE_CONDITION)
        return n->passed > 0 ? "✓ " : n->passed == 0 ? "✗ " : "? ";
    return n->kind == CR_NODE_CASE ? "→ " : "";
}

static void part(cr_buf *out, const char *before, cr_str s, const char *after)
{
    if (s.n == 0)
        return;
    cr_buf_text(out, before);
    cr_buf_str(out, s);
    cr_buf_text(out, after);
}

/* A row is named where the line that it stands under is about another. */
static int names_row(const cr_explanation *x, size_t index)
{
    const cr_node *n = &x->nodes.at[index];
    for (size_t i = index; i-- > 0;)
        if (x->nodes.at[i].depth < n->depth)
            return !cr_str_eq(x->nodes.at[i].row_id, n->row_id);
    return 1;
}

static void write_line(cr_buf *out, const cr_explanation *x, size_t index, int zh, int markdown)
{
    const cr_node *n = &x->nodes.at[index];
    cr_buf_repeat(out, ' ', (size_t)n->depth * 2);
    cr_buf_text(out, markdown ? "- " : "");
    cr_buf_text(out, mark(n));
    if (markdown && n->depth == 0)
        part(out, "**", n->label, "**");
    else
        cr_buf_str(out, n->label);
    if (names_row(x, index))
        part(out, zh ? "［" : " [", n->row_id, zh ? "］" : "]");
    part(out, zh ? "：" : ": ", n->value, "");
    if (n->kind == CR_NODE_PARAMETER)
        part(out, zh ? "（" : " (", n->formula, zh ? "）" : ")");
    else if (n->kind == CR_NODE_CONDITION)
        part(out, zh ? "：" : ": ", n->formula, "");
    else if (n->kind == CR_NODE_ROUNDING)
        part(out, zh ? "，" : ", ", n->formula, "");
    else if (n->kind == CR_NODE_OUTPUT)
        part(out, zh ? "　← " : "  <- ", n->formula, "");
    part(out, zh ? "　［" : "  [", n->citation, zh ? "］" : "]");
    cr_buf_char(out, '\n');
}

static void json_member(cr_buf *out, const char *key, cr_str value)
{
    cr_buf_text(out, ",\"");
    cr_buf_text(out, key);
    cr_buf_text(out, "\":");
    cr_buf_json(out, value);
}

static void write_json(cr_buf *out, const cr_node *n, int first)
{
    static const char *const kinds[] = {"",          "output",   "condition", "input",
                                        "parameter", "rounding", "case"};
    static const char *const answers[] = {"known", "undetermined", "no_data", "not_in_force",
                                          "invalid"};
    cr_buf_text(out, first ? "{\"kind\":\"" : ",{\"kind\":\"");
    cr_buf_text(out, kinds[n->kind]);
    cr_buf_text(out, "\",\"depth\":");
    cr_buf_i64(out, n->depth);
    cr_buf_text(out, ",\"answer\":\"");
    cr_buf_text(out, answers[n->answer]);
    cr_buf_char(out, '"');
    if (n->kind == CR_NODE_CONDITION)
        cr_buf_text(out, n->passed > 0    ? ",\"passed\":true"
                         : n->passed == 0 ? ",\"passed\":false"
                                          : ",\"passed\":null");
    if (n->row_id.n)
        json_member(out, "row", n->row_id);
    json_member(out, "name", n->name);
    json_member(out, "label", n->label);
    json_member(out, "value", n->value);
    json_member(out, "formula", n->formula);
    json_member(out, "citation", n->citation);
    cr_buf_char(out, '}');
}

civ_status civ_explain_text(civ_text *text, civ_workspace *w, const civ_wanted *wanted,
                            size_t n_wanted, int32_t lang, civ_format format, civ_error *error)
{
    size_t n = 0;
    if (!text)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    *text = cr_text(NONE);
    civ_status bad = civ_explain(&n, w, wanted, n_wanted, lang, error);
    if (bad)
        return bad;
    cr_buf_clear(&w->page);
    if (format == CIV_FORMAT_JSON)
        cr_buf_char(&w->page, '[');
    for (size_t i = 0; i < n; i++) {
        const cr_node *node = &w->explanation.nodes.at[i];
        if (i > 0 && node->depth == 0 && format != CIV_FORMAT_JSON)
            cr_buf_char(&w->page, '\n');
        if (format == CIV_FORMAT_JSON)
            write_json(&w->page, node, i == 0);
        else
            write_line(&w->page, &w->explanation, i, lang != 0, format == CIV_FORMAT_MARKDOWN);
    }
    if (format == CIV_FORMAT_JSON)
        cr_buf_char(&w->page, ']');
    if (w->page.oom)
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    cr_str s = {w->page.p, w->page.n};
    *text = cr_text(s);
    return CIV_OK;
}

civ_status civ_render_module(civ_text *text, civ_policy *policy, civ_text module, int32_t lang,
                             civ_error *error)
{
    if (!text || !policy)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    *text = cr_text(NONE);
    cr_buf_clear(&policy->text);
    if (cr_render(&policy->text, policy->core, cr_str_text(module), lang))
        return cr_fail(error, CIV_ERROR_UNKNOWN_MODULE, NULL, cr_str_text(module), NONE);
    if (policy->text.oom)
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    cr_str s = {policy->text.p, policy->text.n};
    *text = cr_text(s);
    return CIV_OK;
}
