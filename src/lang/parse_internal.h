/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the parser: the cursor over tokens and what parse*.c share. */
#ifndef CR_LANG_PARSE_INTERNAL_H
#define CR_LANG_PARSE_INTERNAL_H

#include "base/date.h"
#include "lang/lex.h"
#include "lang/parse.h"

typedef struct cr_parser {
    cr_ast *ast;
    cr_arena *arena;
    cr_diags *diags;
    const cr_token *tokens;
    uint32_t at, first; /* cursor; first token of the clause */
    cr_str text;        /* of the file */
    uint32_t depth, max_depth;
    uint8_t failed; /* the clause is given up; reported once */
    uint8_t bad;    /* anything was reported */
    uint8_t oom;
    uint8_t in_among; /* `where` belongs to the form, not to the name before it */
    cr_str module;
    cr_expr lost; /* stands in for a node when memory has run out */
} cr_parser;

/* The token at the cursor; where the clause has ended, a token of kind END that stands there. */
const cr_token *cr_p_tok(cr_parser *p);
const cr_token *cr_p_ahead(cr_parser *p, uint32_t n);
int cr_p_is(cr_parser *p, const char *word_or_sign);
int cr_p_is2(cr_parser *p, const char *first, const char *second);
int cr_p_take(cr_parser *p, const char *word_or_sign); /* 1 if it was there */
int cr_p_take2(cr_parser *p, const char *first, const char *second);
void cr_p_want(cr_parser *p, const char *word_or_sign); /* or reports */
void cr_p_fail(cr_parser *p, cr_diag_code code, const char *expected);
int cr_p_done(cr_parser *p); /* the clause has ended */
cr_str cr_p_word(cr_parser *p, const char *expected);
cr_str cr_p_string(cr_parser *p, const char *expected);
int64_t cr_p_int(cr_parser *p);
int32_t cr_p_date(cr_parser *p);
cr_str cr_p_code(cr_parser *p);    /* region code, or `nation` = 000000 */
cr_label cr_p_label(cr_parser *p); /* empty if there is none */
cr_period cr_p_period(cr_parser *p);
size_t cr_p_end_of(const cr_token *t); /* offset behind a token */
void cr_p_memory(cr_parser *p);

#define CR_P_PUSH(p, vec, value)                                                                   \
    do {                                                                                           \
        if (!CR_PUSH((p)->arena, vec, value))                                                      \
            cr_p_memory(p);                                                                        \
    } while (0)

/* parse_expr.c */
cr_expr *cr_p_expr(cr_parser *p);
cr_expr *cr_p_conj(cr_parser *p);
cr_expr *cr_p_measure(cr_parser *p); /* without comparisons */
cr_expr *cr_p_product(cr_parser *p); /* without sums */
int cr_p_at_unit(cr_parser *p, uint32_t ahead);
cr_unit cr_p_unit(cr_parser *p);

/* parse_among.c */
int cr_p_among(cr_parser *p, cr_expr *x);      /* fills a node; 0 = none of its forms */
int cr_p_allocation(cr_parser *p, cr_stmt *s); /* a clause of `allocate`; 0 = none */

/* parse_common.c */
enum { CR_MOST_CLAUSES = 2000 };
int cr_p_line_has(cr_parser *p, const char *text); /* a word or sign in the rest of the line */
cr_type_expr cr_p_type(cr_parser *p);
cr_rounding cr_p_rounding(cr_parser *p);
cr_value_decl cr_p_value(cr_parser *p);
int cr_p_cites(cr_parser *p, cr_cites *out); /* 1 if there were any */
cr_row_key cr_p_key(cr_parser *p);
cr_expr *cr_p_listed(cr_parser *p, cr_expr *(*one)(cr_parser *));

/* parse_rules.c */
void cr_p_rule(cr_parser *p, cr_stmt *s);
void cr_p_head_rule(cr_parser *p, cr_stmt *s);
cr_clause cr_p_clause(cr_parser *p, cr_clause_kind kind);
void cr_p_tail(cr_parser *p, cr_clause *c); /* period, citations, end */

/* parse_table.c */
void cr_p_hit(cr_parser *p, cr_stmt *s);
int cr_p_table_line(cr_parser *p, cr_stmt *s); /* 0 = the line has no cells */

/* parse_facts.c */
void cr_p_example(cr_parser *p, cr_stmt *s);
void cr_p_let(cr_parser *p, cr_let *let);

#endif
