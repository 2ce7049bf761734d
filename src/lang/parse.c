/* SPDX-License-Identifier: Apache-2.0 */
/* The parser: statements, and recovery at the next clause or statement. */
#include <string.h>

#include "lang/parse_internal.h"

typedef void (*cr_clause_parser)(cr_parser *p, cr_stmt *s);

typedef struct cr_statement_form {
    const char *word;
    cr_skind kind;
    uint8_t detail;
    cr_clause_parser head, clause;
} cr_statement_form;

/* ---- declarations ---- */

static void head_word(cr_parser *p, cr_stmt *s)
{
    s->name_pos = cr_p_tok(p)->pos;
    s->name = cr_p_word(p, "a name");
    s->label = cr_p_label(p);
}

static void head_label(cr_parser *p, cr_stmt *s)
{
    s->name_pos = cr_p_tok(p)->pos;
    s->label = cr_p_label(p);
}

static void clause_module(cr_parser *p, cr_stmt *s)
{
    if (cr_p_take(p, "item"))
        s->item = cr_p_int(p);
    else if (cr_p_take(p, "version"))
        s->version = cr_p_string(p, "a version in quotes");
    else if (cr_p_take2(p, "not", "in")) {
        cr_p_want(p, "force");
        cr_p_want(p, "before");
        s->not_before = cr_p_date(p);
    } else if (!cr_p_cites(p, &s->cites)) {
        cr_p_fail(p, CR_D_CLAUSE, "item, version, not in force before, cites");
    }
}

static uint8_t confidence_word(cr_parser *p)
{
    static const char *const words[] = {"official",  "secondary_full_text",
                                        "secondary", "secondary_doubtful",
                                        "recalled",  "recalled_doubtful"};
    for (uint8_t i = 0; i < 6; i++)
        if (cr_p_take(p, words[i]))
            return (uint8_t)(i + 1);
    cr_p_fail(p, CR_D_EXPECTED,
              "official, secondary_full_text, secondary, secondary_doubtful, recalled or "
              "recalled_doubtful");
    return 0;
}

static void clause_source(cr_parser *p, cr_stmt *s)
{
    if (cr_p_take(p, "number"))
        s->number = cr_p_string(p, "the document number in quotes");
    else if (cr_p_take(p, "issuer"))
        s->issuer = cr_p_string(p, "the issuer in quotes");
    else if (cr_p_take(p, "address"))
        s->address = cr_p_string(p, "the address in quotes");
    else if (cr_p_take(p, "confidence"))
        s->confidence = confidence_word(p);
    else if (cr_p_is(p, "from") || cr_p_is(p, "to"))
        s->period = cr_p_period(p);
    else
        cr_p_fail(p, CR_D_CLAUSE, "number, issuer, address, from, to, confidence");
}

static void clause_region(cr_parser *p, cr_stmt *s)
{
    cr_region_row row = {0};
    if (cr_p_cites(p, &s->cites))
        return;
    row.pos = cr_p_tok(p)->pos;
    row.code = cr_p_code(p);
    row.label = cr_p_label(p);
    row.parent = CR_STR("000000");
    if (cr_p_take(p, "in"))
        row.parent = cr_p_code(p);
    row.period = cr_p_period(p);
    if (cr_p_take(p, "successor"))
        row.successor = cr_p_code(p);
    row.complete = (uint8_t)cr_p_take(p, "complete");
    CR_P_PUSH(p, s->regions, row);
}

static void clause_calendar(cr_parser *p, cr_stmt *s)
{
    if (cr_p_cites(p, &s->cites))
        return;
    cr_calendar_kind kind = cr_p_is(p, "covers") ? CR_CAL_COVERS
                            : cr_p_is(p, "off")  ? CR_CAL_OFF
                                                 : CR_CAL_WORK;
    if (!cr_p_take(p, "covers") && !cr_p_take(p, "off") && !cr_p_take(p, "work")) {
        cr_p_fail(p, CR_D_CLAUSE, "covers, off, work, cites");
        return;
    }
    do {
        cr_calendar_row row = {(uint8_t)kind, 0, 0, cr_p_tok(p)->pos};
        row.from = row.to = cr_p_date(p);
        if (cr_p_take(p, "to"))
            row.to = cr_p_date(p);
        CR_P_PUSH(p, s->days, row);
    } while (!p->failed && cr_p_take(p, ","));
}

static void clause_enum(cr_parser *p, cr_stmt *s)
{
    do
        CR_P_PUSH(p, s->values, cr_p_value(p));
    while (!p->failed && cr_p_take(p, ","));
}

/* ---- entities ---- */

static int bound(cr_parser *p, cr_field *f)
{
    static const struct {
        const char *sign;
        cr_xkind kind;
    } signs[] = {{"<", CR_X_LT}, {"<=", CR_X_LE}, {">", CR_X_GT}, {">=", CR_X_GE}};
    for (int i = 0; i < 4; i++) {
        const cr_token *t = cr_p_tok(p);
        if (!cr_p_take(p, signs[i].sign))
            continue;
        cr_expr *x = cr_arena_get(p->arena, 1, sizeof *x);
        if (!x) {
            cr_p_memory(p);
            return 1;
        }
        x->kind = (uint8_t)signs[i].kind;
        x->pos = t->pos;
        x->b = cr_p_measure(p);
        CR_P_PUSH(p, f->bounds, x);
        return 1;
    }
    return 0;
}

static int attribute(cr_parser *p, cr_field *f)
{
    if (cr_p_take2(p, "at", "least"))
        f->at_least = cr_p_int(p);
    else if (cr_p_take2(p, "at", "most"))
        f->at_most = cr_p_int(p);
    else if (cr_p_take(p, "assume"))
        f->assume = cr_p_expr(p);
    else if (cr_p_take(p, "presume"))
        f->presume = cr_p_expr(p);
    else if (cr_p_tok(p)->kind == CR_K_STRING)
        f->label = cr_p_label(p);
    else
        return bound(p, f);
    return 1;
}

static void clause_field(cr_parser *p, cr_stmt *s)
{
    cr_field f = {0};
    if (cr_p_take(p, "root")) {
        s->is_root = 1;
        return;
    }
    if (cr_p_is(p, "include") && cr_p_ahead(p, 1)->kind == CR_K_WORD) {
        p->at++;
        CR_P_PUSH(p, s->includes, cr_p_word(p, "a group"));
        return;
    }
    f.pos = cr_p_tok(p)->pos;
    f.at_least = f.at_most = -1;
    f.name = cr_p_word(p, "the name of a field");
    cr_p_want(p, ":");
    f.event = (uint8_t)(cr_p_take(p, "event")  ? CR_FIELD_EVENT
                        : cr_p_take(p, "span") ? CR_FIELD_SPAN
                                               : CR_FIELD_FACT);
    f.type = cr_p_type(p);
    while (!cr_p_done(p)) {
        cr_p_take(p, ",");
        if (!attribute(p, &f))
            cr_p_fail(p, CR_D_TRAILING,
                      "a bound, 'at least', 'at most', a label, 'assume' or 'presume'");
    }
    CR_P_PUSH(p, s->fields, f);
}

/* ---- parameters ---- */

static void head_parameter(cr_parser *p, cr_stmt *s)
{
    s->name_pos = cr_p_tok(p)->pos;
    s->name = cr_p_word(p, "a name");
    if (cr_p_take(p, ":"))
        s->type = cr_p_type(p);
    s->label = cr_p_label(p);
}

static void row_values(cr_parser *p, cr_row *row)
{
    row->bound = cr_p_take(p, "below") ? 1 : cr_p_take2(p, "up", "to") ? 2 : 0;
    row->value = cr_p_listed(p, cr_p_expr);
    row->period = cr_p_period(p);
    for (int more = 1; more && !cr_p_done(p);) {
        if (cr_p_take2(p, "confirmed", "to"))
            row->confirmed_to = cr_p_date(p);
        else if (cr_p_take(p, "recorded"))
            row->recorded = cr_p_date(p);
        else if (cr_p_take2(p, "then", "as")) {
            cr_p_want(p, "parent");
            row->then_as_parent = 1;
        } else
            more = cr_p_cites(p, &row->cites);
    }
}

static void clause_row(cr_parser *p, cr_stmt *s)
{
    cr_row row = {0};
    row.pos = cr_p_tok(p)->pos;
    row.confirmed_to = CR_DATE_MAX;
    row.recorded = CR_DATE_MIN;
    do
        CR_P_PUSH(p, row.keys, cr_p_key(p));
    while (!p->failed && cr_p_take(p, ","));
    cr_p_want(p, ":");
    if (!p->failed)
        row_values(p, &row);
    CR_P_PUSH(p, s->rows, row);
}

static void clause_parameter(cr_parser *p, cr_stmt *s)
{
    if (cr_p_is(p, "keys") && cr_p_ahead(p, 1)->kind == CR_K_WORD) {
        p->at++;
        do {
            CR_P_PUSH(p, s->key_pos, cr_p_tok(p)->pos);
            CR_P_PUSH(p, s->key_names, cr_p_word(p, "the name of a key"));
        } while (!p->failed && cr_p_take(p, ","));
    } else if (cr_p_take2(p, "local", "only")) {
        s->local_only = 1;
    } else if (cr_p_is(p, "check") && cr_p_ahead(p, 1)->kind == CR_K_END) {
        p->at++;
        s->check = 1;
    } else if (!cr_p_cites(p, &s->cites)) {
        clause_row(p, s);
    }
}

/* ---- changes ---- */

static void clause_cites(cr_parser *p, cr_stmt *s)
{
    if (!cr_p_cites(p, &s->cites))
        cr_p_fail(p, CR_D_CLAUSE, "cites or by design");
}

static void head_remove(cr_parser *p, cr_stmt *s)
{
    s->name_pos = cr_p_tok(p)->pos;
    s->name = cr_p_word(p, "a name");
    s->period = cr_p_period(p);
}

/* ---- statements ---- */

static const cr_statement_form FORMS[] = {
    {"module", CR_S_MODULE, 0, head_word, clause_module},
    {"source", CR_S_SOURCE, 0, head_word, clause_source},
    {"regions", CR_S_REGIONS, 0, head_label, clause_region},
    {"calendar", CR_S_CALENDAR, 0, head_label, clause_calendar},
    {"enum", CR_S_ENUM, 0, head_word, clause_enum},
    {"entity", CR_S_ENTITY, CR_ENT_ENTITY, head_word, clause_field},
    {"extend", CR_S_ENTITY, CR_ENT_EXTEND, head_word, clause_field},
    {"group", CR_S_ENTITY, CR_ENT_GROUP, head_word, clause_field},
    {"parameter", CR_S_PARAMETER, 0, head_parameter, clause_parameter},
    {"option", CR_S_PARAMETER, 1, head_parameter, clause_parameter},
    {"limit", CR_S_PARAMETER, 2, head_parameter, clause_parameter},
    {"define", CR_S_DEFINE, 0, cr_p_head_rule, cr_p_rule},
    {"decide", CR_S_DECIDE, 0, cr_p_head_rule, cr_p_rule},
    {"status", CR_S_STATUS, 0, cr_p_head_rule, cr_p_rule},
    {"require", CR_S_REQUIRE, 0, cr_p_head_rule, cr_p_rule},
    {"amendment", CR_S_AMENDMENT, 0, head_word, clause_cites},
    {"amend", CR_S_AMEND, 0, head_word, clause_parameter},
    {"remove", CR_S_REMOVE, 0, head_remove, clause_cites},
    {"given", CR_S_GIVEN, 0, head_word, cr_p_example},
    {"example", CR_S_EXAMPLE, 0, head_word, cr_p_example},
    {"table", CR_S_TABLE, 0, cr_p_head_rule, cr_p_rule},
    {"carried", CR_S_DEFINE, 1, cr_p_head_rule, cr_p_rule},
    {"allocate", CR_S_DEFINE, 2, cr_p_head_rule, cr_p_rule},
};
enum { N_FORMS = sizeof FORMS / sizeof *FORMS };

static void unknown_statement(cr_parser *p)
{
    const cr_token *t = &p->tokens[p->at];
    cr_str names[N_FORMS];
    size_t at = 0;
    p->bad = 1;
    if (t->kind == CR_K_BAD)
        return; /* reported by the lexer */
    for (size_t i = 0; i < N_FORMS; i++)
        names[i] = cr_str_of(FORMS[i].word);
    cr_diag *d = cr_diag_add(p->diags, CR_D_STATEMENT, t->pos, t->text,
                             CR_STR("a statement: module, source, entity, parameter, define …"));
    if (cr_nearest(t->text, names, N_FORMS, &at))
        d->nearest = names[at];
    p->bad = 1;
}

static const cr_statement_form *find_form(cr_parser *p)
{
    const cr_token *t = &p->tokens[p->at];
    for (size_t i = 0; t->kind == CR_K_WORD && i < N_FORMS; i++)
        if (cr_str_eq(t->text, cr_str_of(FORMS[i].word)))
            return &FORMS[i];
    return NULL;
}

static void next_clause(cr_parser *p)
{
    p->at += p->at == p->first && p->tokens[p->at].kind != CR_K_END;
    while (p->tokens[p->at].kind != CR_K_END && !p->tokens[p->at].starts)
        p->at++;
    p->first = p->at;
    p->failed = p->oom;
    p->depth = 0;
}

static void next_statement(cr_parser *p)
{
    p->at += p->tokens[p->at].kind != CR_K_END;
    while (p->tokens[p->at].kind != CR_K_END && p->tokens[p->at].starts != 2)
        p->at++;
    p->first = p->at;
}

static cr_stmt *new_statement(cr_parser *p, const cr_statement_form *form, cr_pos pos)
{
    cr_stmt *s = cr_arena_get(p->arena, 1, sizeof *s);
    if (!s) {
        cr_p_memory(p);
        return NULL;
    }
    s->kind = (uint8_t)form->kind;
    s->option = form->kind == CR_S_PARAMETER ? form->detail : 0;
    s->entity_kind = form->kind == CR_S_ENTITY ? form->detail : 0;
    s->carried = form->kind == CR_S_DEFINE && form->detail == 1;
    s->allocate = form->kind == CR_S_DEFINE && form->detail == 2;
    s->pos = pos;
    s->module = p->module;
    s->period.from = CR_DATE_MIN;
    s->period.to = CR_DATE_MAX;
    s->not_before = CR_DATE_MIN;
    s->on = CR_DATE_MIN;
    return s;
}

static void end_clause(cr_parser *p)
{
    if (!cr_p_done(p))
        cr_p_fail(p, CR_D_TRAILING, "the end of the line");
    next_clause(p);
}

static void statement(cr_parser *p)
{
    const cr_token *first = &p->tokens[p->at];
    int replace = first->kind == CR_K_WORD && cr_str_eq(first->text, CR_STR("replace"));
    p->first = p->at;
    p->failed = p->oom;
    p->at += (uint32_t)replace;
    const cr_statement_form *form = find_form(p);
    if (!form) {
        unknown_statement(p);
        next_statement(p);
        return;
    }
    cr_stmt *s = new_statement(p, form, first->pos);
    p->at++;
    if (!s)
        return;
    s->is_replace = (uint8_t)replace;
    form->head(p, s);
    int head_failed = p->failed, failed = p->failed;
    if (form->kind == CR_S_MODULE)
        p->module = s->module = s->name;
    end_clause(p);
    while (p->tokens[p->at].kind != CR_K_END && p->tokens[p->at].starts != 2 && !p->oom) {
        form->clause(p, s);
        while (!cr_p_done(p) && s->kind >= CR_S_DEFINE && s->kind <= CR_S_REQUIRE)
            form->clause(p, s);
        failed |= p->failed;
        end_clause(p);
    }
    if (s->clauses.n > CR_MOST_CLAUSES || s->fields.n > CR_MOST_CLAUSES) {
        cr_diag_add(p->diags, CR_D_TOO_MANY, s->pos, s->name,
                    CR_STR("at most 2000 lines in a statement"));
        p->bad = 1;
        head_failed = 1;
    }
    s->partial = (uint8_t)failed;
    s->broken = (uint8_t)head_failed;
    CR_P_PUSH(p, p->ast->stmts, s);
}

static void init(cr_parser *p, cr_ast *ast, const cr_tokens *tokens, const cr_file *file,
                 const cr_parse_limits *limits, cr_diags *diags)
{
    memset(p, 0, sizeof *p);
    p->ast = ast;
    p->arena = ast->arena;
    p->diags = diags;
    p->tokens = tokens->at;
    p->text = file->text;
    if (cr_str_starts(p->text, CR_STR("\xEF\xBB\xBF")))
        p->text = cr_str_part(p->text, 3, p->text.n);
    p->max_depth = limits && limits->depth ? limits->depth : 100;
}

int cr_parse(cr_ast *ast, const cr_file *files, uint32_t index, const cr_parse_limits *limits,
             cr_diags *diags)
{
    cr_tokens tokens = {0};
    cr_parser p;
    int bad = cr_lex(&tokens, ast->arena, files, index, diags);
    cr_file_tokens kept = {index, tokens.n, tokens.at};
    if (bad == 2 || !CR_PUSH(ast->arena, ast->tokens, kept))
        return 2;
    init(&p, ast, &tokens, &files[index], limits, diags);
    uint32_t most = limits && limits->statements ? limits->statements : 100000, n = 0;
    while (p.tokens[p.at].kind != CR_K_END && !p.oom) {
        if (p.tokens[p.at].starts != 2) {
            cr_diag_add(diags, CR_D_INDENT_FIRST, p.tokens[p.at].pos, p.tokens[p.at].text,
                        CR_STR("a statement in column 1"));
            p.bad = 1;
            next_statement(&p);
        } else if (++n > most) {
            cr_diag_add(diags, CR_D_TOO_MANY, p.tokens[p.at].pos, CR_STR(""),
                        CR_STR("fewer statements"));
            return 1;
        } else {
            statement(&p);
        }
    }
    return p.oom ? 2 : p.bad || bad;
}

int cr_parse_let(cr_ast *ast, const cr_file *files, uint32_t index, cr_let *out, cr_diags *diags)
{
    cr_tokens tokens = {0};
    cr_parser p;
    int bad = cr_lex(&tokens, ast->arena, files, index, diags);
    if (bad)
        return bad;
    memset(out, 0, sizeof *out);
    init(&p, ast, &tokens, &files[index], NULL, diags);
    cr_p_let(&p, out);
    if (!cr_p_done(&p))
        cr_p_fail(&p, CR_D_TRAILING, "the end");
    return p.oom ? 2 : p.bad;
}
