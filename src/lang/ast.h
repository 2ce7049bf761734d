/* SPDX-License-Identifier: Apache-2.0 */
/* The syntax tree: what a file says, before anything is looked up. docs/grammar.md is its picture.

   Everything lives in one arena. Texts are slices of the source file or of the arena. The parser
   fills every field marked [p]; the checker (check.h) fills those marked [c] and changes nothing
   else. */
#ifndef CR_LANG_AST_H
#define CR_LANG_AST_H

#include "base/rat.h"
#include "lang/diag.h"
#include "lang/types.h"

typedef struct cr_label {
    cr_str zh;
    cr_str en;
} cr_label;

/* from/to of a statement, line, row or citation; CR_DATE_MIN / CR_DATE_MAX where nothing is
 * written. Both days are in. */
typedef struct cr_period {
    int32_t from;
    int32_t to;
    cr_pos pos; /* line 0 = nothing written */
} cr_period;

/* ---- expressions ---- */

typedef enum cr_xkind {
    CR_X_ERROR,  /* the parser reported it */
    CR_X_NUMBER, /* number, unit (has_unit); a percentage is divided by 100 already */
    CR_X_BOOL,   /* integer 0, 1 */
    CR_X_DATE,   /* integer = days since 1970 */
    CR_X_TIME,   /* integer = minutes since 1970 */
    CR_X_MONTH,  /* integer = year * 12 + month - 1 */
    CR_X_TEXT,   /* text */
    CR_X_NONE,   /* the word none */
    CR_X_ON,   /* the word on: the date decided for; also `first day`, `last day`, `month` alone via
                  CR_X_NAME */
    CR_X_CODE, /* a region code written bare; text */
    CR_X_NAME, /* text = dotted name; keys; args (call of a parameterised definition); as_parameter;
                  at = `… on DATE` */
    CR_X_NEG,  /* a */
    CR_X_NOT,  /* a */
    CR_X_AND,  /* a, b */
    CR_X_OR,   /* a, b */
    CR_X_ADD,  /* a, b */
    CR_X_SUB,  /* a, b */
    CR_X_MUL,  /* a, b */
    CR_X_DIV,  /* a, b */
    CR_X_LT,   /* a, b */
    CR_X_LE,   /* a, b */
    CR_X_GT,   /* a, b */
    CR_X_GE,   /* a, b */
    CR_X_IS,   /* a is b; negated */
    CR_X_IS_GIVEN, /* a is given; negated */
    CR_X_IS_NONE,  /* a is none; negated */
    CR_X_IN, /* a in (args…); an item that is a range is CR_X_RANGE; one arg that is a set is `a in
                b`; negated */
    CR_X_RANGE,        /* a .. b, only inside CR_X_IN */
    CR_X_WITHIN,       /* region a within region b; negated */
    CR_X_IF,           /* a then b else c */
    CR_X_CONVERT,      /* a in unit */
    CR_X_FOR_ONE,      /* a for one unit */
    CR_X_HIGHEST,      /* highest(args…) */
    CR_X_LOWEST,       /* lowest(args…) */
    CR_X_PART_OF,      /* part `of` a */
    CR_X_SPAN,         /* span `from` a `to` b: completed years, months or days */
    CR_X_AGGREGATE,    /* aggregate of the list `text`: a = value (NULL where none), b = where (NULL
                          where none) */
    CR_X_UNDETERMINED, /* on purpose; a = the input to ask for */
    CR_X_ALLOCATE,     /* a shared out in whole units among the rows of the list `text` by b */
    CR_X_PREVIOUS,     /* a (a carried definition) in the previous month */
    CR_X_LEAST,  /* least integer at least (op 0) or more than (op 1) a of b: a share of a count */
    CR_X_AMONG,  /* op cr_among: a among the rows of the list `text`, b = where (NULL = all);
                     a rank with c: whether it is within so many places, integer cr_ties */
    CR_X_THE,    /* the row of the list `text` that `op` (cr_the) chooses by a, where b; integer =
                    cr_ties */
    CR_X_ROW_OF, /* b, read in the row that a stands for: certificate.grade */
    CR_X_ROWS    /* list `text` where b (NULL = all): the rows themselves, as an output */
} cr_xkind;

typedef enum cr_the { /* the next before or after the row at hand, in the order of a */
                      CR_THE_HIGHEST,
                      CR_THE_LOWEST,
                      CR_THE_BEFORE,
                      CR_THE_AFTER
} cr_the;

typedef enum cr_part {
    CR_PART_MONTH,
    CR_PART_YEAR,
    CR_PART_FIRST_DAY,
    CR_PART_LAST_DAY,
    CR_PART_CITY,
    CR_PART_PROVINCE,
    CR_PART_DATE
} cr_part;
typedef enum cr_span_unit {
    CR_SPAN_YEARS,
    CR_SPAN_MONTHS,
    CR_SPAN_DAYS,
    CR_SPAN_HOURS /* between date-times, to the minute */
} cr_span_unit;
typedef enum cr_aggregate {
    CR_AGG_SUM,
    CR_AGG_COUNT,
    CR_AGG_ANY,
    CR_AGG_ALL,
    CR_AGG_HIGHEST,
    CR_AGG_LOWEST
} cr_aggregate;

typedef enum cr_among { CR_RANK_HIGHEST, CR_RANK_LOWEST, CR_SHARING, CR_SHARE } cr_among;
typedef enum cr_ties {
    CR_TIES_INVALID,
    CR_TIES_FIRST,
    CR_TIES_LAST,
    CR_TIES_IN,
    CR_TIES_OUT
} cr_ties;

typedef struct cr_expr cr_expr;

typedef struct cr_key_arg { /* p[key: value] */
    cr_str name;
    cr_pos pos;
    cr_expr *value;
} cr_key_arg;

typedef struct cr_ref { /* [c] what a CR_X_NAME stands for */
    uint8_t kind;       /* enum cr_ref_kind of check.h; 0 = not resolved */
    uint8_t reason;     /* NAME.reason */
    uint16_t up;        /* how many edges up the tree the row stands */
    int32_t index;      /* of the field, definition, parameter, local, argument or enum value */
} cr_ref;

struct cr_expr {
    uint8_t kind;            /* [p] cr_xkind */
    uint8_t op;              /* [p] cr_part, cr_span_unit or cr_aggregate */
    uint8_t negated;         /* [p] is not, not in, not within */
    uint8_t has_unit;        /* [p] CR_X_NUMBER */
    uint8_t as_parameter;    /* [p] the word `parameter` stands in front */
    cr_pos pos;              /* [p] of the operator, or of the first word */
    cr_pos whole;            /* [p] from the first word on, for display */
    cr_expr *a, *b, *c;      /* [p] */
    CR_VEC(cr_expr *) args;  /* [p] */
    CR_VEC(cr_key_arg) keys; /* [p] */
    cr_expr *at;             /* [p] `on DATE` */
    cr_str text;             /* [p] */
    int64_t integer;         /* [p] */
    cr_rat number;           /* [p] */
    cr_unit unit;            /* [p] CR_X_NUMBER, CR_X_CONVERT, CR_X_FOR_ONE */
    cr_type type;            /* [c] */
    cr_ref ref; /* [c] CR_X_NAME; CR_X_AGGREGATE, CR_X_ROWS: index = the child space's list field */
};

/* ---- types as written ---- */

typedef enum cr_tword {
    CR_TW_ERROR,
    CR_TW_BOOL,
    CR_TW_INTEGER,
    CR_TW_NUMBER,
    CR_TW_MONEY,
    CR_TW_DATE,
    CR_TW_DATETIME,
    CR_TW_MONTH,
    CR_TW_REGION,
    CR_TW_TEXT,
    CR_TW_STATUS,
    CR_TW_ENUM /* name */,
    CR_TW_ONE_OF /* values */,
    CR_TW_SET /* element */,
    CR_TW_LIST /* name = entity; or element = type of plain values */,
    CR_TW_ROW /* name = entity: one of its rows */
} cr_tword;

typedef struct cr_rounding {
    uint8_t mode; /* CR_ROUND_* of base/rat.h */
    cr_rat step;
    cr_unit unit;
    uint8_t has_unit;
    cr_pos pos; /* line 0 = none */
} cr_rounding;

typedef struct cr_value_decl { /* one value of an enum */
    cr_str name;
    cr_label label;
    CR_VEC(cr_str) codes;
    cr_rounding rounding;
    cr_pos pos;
} cr_value_decl;

typedef struct cr_type_expr {
    cr_tword word;
    uint8_t exact;
    uint8_t or_none;
    int32_t decimals; /* number with n decimals; -1 = not said */
    cr_unit unit;
    cr_str name;
    CR_VEC(cr_value_decl) values;
    struct cr_type_expr *element;
    cr_pos pos;
} cr_type_expr;

/* ---- citations ---- */

typedef struct cr_cite {
    cr_str source;      /* word of the source; empty: by design or option */
    cr_str locators;    /* as shown: `art 5, art 9(2)`; canonical spacing */
    cr_str option;      /* `option NAME` */
    cr_label design;    /* text of `by design "…" / "…"` */
    uint8_t confidence; /* cr_confidence; 0 = that of the source */
    cr_period period;
    cr_pos pos;
    int32_t source_index; /* [c] */
} cr_cite;

typedef CR_VEC(cr_cite) cr_cites;

/* order: highest first, so the larger number is the lower confidence */
typedef enum cr_confidence {
    CR_CONF_NONE,
    CR_CONF_OFFICIAL,
    CR_CONF_SECONDARY_FULL_TEXT,
    CR_CONF_SECONDARY,
    CR_CONF_SECONDARY_DOUBTFUL,
    CR_CONF_RECALLED,
    CR_CONF_RECALLED_DOUBTFUL
} cr_confidence;

/* ---- statements ---- */

typedef enum cr_skind {
    CR_S_MODULE,
    CR_S_SOURCE,
    CR_S_REGIONS,
    CR_S_CALENDAR,
    CR_S_ENUM,
    CR_S_ENTITY,
    CR_S_PARAMETER,
    CR_S_DEFINE,
    CR_S_DECIDE,
    CR_S_STATUS,
    CR_S_TABLE,
    CR_S_REQUIRE,
    CR_S_AMENDMENT,
    CR_S_AMEND,
    CR_S_REMOVE,
    CR_S_GIVEN,
    CR_S_EXAMPLE
} cr_skind;

typedef struct cr_region_row { /* a row of `regions` */
    cr_str code;
    cr_label label;
    cr_str parent;
    cr_str successor;
    cr_period period;
    uint8_t complete;
    cr_pos pos;
} cr_region_row;

typedef enum cr_calendar_kind { CR_CAL_COVERS, CR_CAL_OFF, CR_CAL_WORK } cr_calendar_kind;
typedef struct cr_calendar_row {
    uint8_t kind;
    int32_t from, to;
    cr_pos pos;
} cr_calendar_row;

typedef enum cr_entity_kind { CR_ENT_ENTITY, CR_ENT_EXTEND, CR_ENT_GROUP } cr_entity_kind;

typedef enum cr_field_kind { CR_FIELD_FACT, CR_FIELD_EVENT, CR_FIELD_SPAN } cr_field_kind;

typedef struct cr_field {
    cr_str name;
    cr_label label;
    cr_type_expr type;
    uint8_t event;             /* cr_field_kind */
    CR_VEC(cr_expr *) bounds;  /* CR_X_LT … CR_X_GE with b = CR_X_NUMBER, a NULL */
    int64_t at_least, at_most; /* of a list; -1 = not said */
    cr_expr *assume;
    cr_expr *presume;
    cr_pos pos;
} cr_field;

typedef enum cr_row_key_kind {
    CR_KEY_NAME /* enum word, yes, no */,
    CR_KEY_CODE /* region, also nation = 000000 */,
    CR_KEY_INT,
    CR_KEY_BAND /* from, to: `60 .. 69`, `[60 .. 70)`, `< 60`, `>= 70` */,
    CR_KEY_ANY /* - */
} cr_row_key_kind;
typedef struct cr_row_key {
    uint8_t kind;
    cr_str text;
    int64_t lo;           /* CR_KEY_INT */
    cr_rat from, to;      /* CR_KEY_BAND; den 0 = open on that side */
    uint8_t above, below; /* CR_KEY_BAND: the bound itself is out */
    cr_pos pos;
} cr_row_key;

typedef struct cr_row {
    CR_VEC(cr_row_key) keys;
    cr_expr *value;
    uint8_t bound; /* 0 none, 1 below, 2 up to */
    uint8_t then_as_parent;
    cr_period period;
    int32_t confirmed_to; /* CR_DATE_MAX = not said */
    int32_t recorded;     /* the day from which it was known; CR_DATE_MIN = not said */
    cr_cites cites;
    cr_pos pos;
} cr_row;

typedef enum cr_hit { /* of a table: which of the rows that hold gives the value */
                      CR_HIT_NONE,
                      CR_HIT_UNIQUE,
                      CR_HIT_FIRST,
                      CR_HIT_SUM,
                      CR_HIT_HIGHEST,
                      CR_HIT_COLLECT
} cr_hit;

typedef enum cr_clause_kind {
    CR_C_VALUE,     /* = expr */
    CR_C_WHEN,      /* when cond = expr */
    CR_C_OTHERWISE, /* otherwise = expr */
    CR_C_CONDITION, /* of a decide, in group `group` */
    CR_C_ARM,       /* of a status */
    CR_C_WHERE      /* where name = expr */
} cr_clause_kind;

typedef enum cr_group { CR_GROUP_ALL, CR_GROUP_ANY, CR_GROUP_NONE, CR_GROUP_AT_LEAST } cr_group;

typedef struct cr_clause {
    uint8_t kind;
    uint8_t group;     /* CR_C_CONDITION */
    uint16_t group_no; /* CR_C_CONDITION: position of its group in the statement, from 0 */
    int64_t at_least;  /* CR_C_CONDITION of an `at least n of` group */
    cr_str name;       /* condition, where; arm: the value */
    cr_label label;
    cr_expr *cond;  /* when, condition, arm (NULL = otherwise) */
    cr_expr *value; /* value, when, otherwise, where */
    cr_label fails; /* text for a condition that fails */
    cr_str reason;  /* arm: `by WORD`; empty = none */
    cr_label reason_label;
    cr_str reason_of;        /* arm: `by reason of NAME` */
    cr_ref reason_ref;       /* [c] */
    int32_t value_index;     /* [c] arm: index of the enum value */
    int32_t reason_code;     /* [c] condition, arm: index of the reason code */
    CR_VEC(cr_expr *) cells; /* row of a table: a test per column; NULL = every value passes */
    cr_period period;
    cr_cites cites;
    cr_pos pos;
    cr_pos end;
} cr_clause;

typedef struct cr_arg {
    cr_str name;
    cr_label label;
    cr_type_expr type;
    cr_type resolved; /* [c] */
    cr_pos pos;
} cr_arg;

/* examples */
typedef struct cr_path_part {
    cr_str list; /* entity of the root, or list field */
    cr_str id;   /* id of the row; empty = root, or in a `given` every row */
} cr_path_part;

typedef struct cr_fact {
    CR_VEC(cr_path_part) path;
    CR_VEC(cr_str) names;
    CR_VEC(cr_expr *) values;
    CR_VEC(cr_pos) at;
    CR_VEC(int32_t) since; /* per value: the day from which it holds; CR_DATE_MIN = always */
    uint8_t none;          /* `members none`: the list is empty */
    cr_pos pos;
} cr_fact;

typedef enum cr_expect {
    CR_EXPECT_VALUE,
    CR_EXPECT_UNDETERMINED,
    CR_EXPECT_NO_DATA,
    CR_EXPECT_NOT_IN_FORCE,
    CR_EXPECT_INVALID
} cr_expect;
typedef struct cr_gives {
    CR_VEC(cr_path_part) path;
    cr_str name;
    uint8_t expect;
    uint8_t total;    /* the sum over the months */
    int32_t from, to; /* months that it speaks of; those of the example */
    cr_expr *value;
    CR_VEC(cr_str) causes;
    cr_pos pos;
} cr_gives;

typedef struct cr_let {
    cr_str name;
    CR_VEC(cr_row_key) keys; /* empty = every key */
    cr_expr *value;
    cr_str text; /* as written */
    cr_pos pos;
} cr_let;

typedef struct cr_stmt {
    uint8_t kind;       /* cr_skind */
    uint8_t is_replace; /* replace define … */
    uint8_t internal;
    uint8_t monthly;  /* each month */
    uint8_t allocate; /* define: shares of a total */
    uint8_t carried;  /* define: what passes from month to month */
    uint8_t local_only;
    uint8_t check;       /* parameter that only warns */
    uint8_t option;      /* option rather than parameter; 2 = limit */
    uint8_t confidence;  /* source */
    uint8_t entity_kind; /* cr_entity_kind */
    uint8_t is_root;
    uint8_t
        partial; /* a line of it did not parse: reported, and its content is not checked further */
    uint8_t broken; /* its head did not parse: reported, and left out of the checks */
    cr_pos pos;     /* keyword */
    cr_pos name_pos;
    cr_str name;
    cr_label label;
    cr_str module; /* the module statement in force in this file; empty before the first */
    cr_str number, issuer, address, version; /* source, module */
    int64_t item;                            /* module; 0 = none */
    cr_period period;
    cr_str region;       /* in region CODE; empty = nation */
    uint8_t region_word; /* 0 none, 1 stands, 2 ends */
    int32_t not_before;  /* not in force before DATE; CR_DATE_MIN = not said */
    cr_type_expr type;
    CR_VEC(cr_str) key_names;
    CR_VEC(cr_pos) key_pos;
    CR_VEC(cr_row) rows;
    CR_VEC(cr_region_row) regions;
    CR_VEC(cr_calendar_row) days;
    CR_VEC(cr_value_decl) values;
    CR_VEC(cr_field) fields;
    CR_VEC(cr_str) includes;
    CR_VEC(cr_arg) args;
    CR_VEC(cr_clause) clauses;
    uint8_t hit;               /* table: cr_hit */
    uint8_t known;             /* status, collect: what is not known to hold does not hold */
    CR_VEC(cr_expr *) columns; /* table */
    uint8_t group;             /* decide: the group that the next condition belongs to */
    uint16_t group_no;
    int64_t at_least;
    cr_rounding rounding;
    cr_str rounded_by;
    cr_pos rounded_pos;
    cr_ref rounded_ref;        /* [c] */
    cr_expr *starts;           /* carried: its value before the first month */
    CR_VEC(cr_str) else_names; /* require */
    CR_VEC(cr_pos) else_pos;
    cr_cites cites;
    /* example, given */
    int32_t on;                      /* CR_DATE_MIN = not said */
    int32_t first_month, last_month; /* instead of on: a timeline; 0 = not said */
    CR_VEC(cr_str) givens;
    CR_VEC(cr_let) lets;
    CR_VEC(cr_fact) facts;
    CR_VEC(cr_gives) gives;
} cr_stmt;

typedef struct cr_file_tokens { /* of a file that was parsed; they live as long as the tree */
    uint32_t file, n;
    const struct cr_token *at;
} cr_file_tokens;

typedef struct cr_ast {
    cr_arena *arena;
    CR_VEC(cr_stmt *) stmts; /* in the order of the files */
    CR_VEC(cr_file_tokens) tokens;
} cr_ast;

#endif
