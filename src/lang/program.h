/* SPDX-License-Identifier: Apache-2.0 */
/* The checked program: entities, parameters, definitions and their versions, with every name
   resolved and every expression typed. Made by cr_check; read by the policy, engine and explain
   layers.

   Every entity stands in one list of one other entity, or is a root: so an entity is also a place
   in the tree of rows (a *space*), and "the parent row" is well defined. Fields wanted in several
   entities are shared by groups. */
#ifndef CR_LANG_PROGRAM_H
#define CR_LANG_PROGRAM_H

#include "base/map.h"
#include "lang/ast.h"

enum { CR_MAX_KEYS = 6 };

typedef struct cr_module {
    cr_str name;
    const cr_stmt *stmt;
} cr_module;

typedef struct cr_source {
    cr_str name;
    const cr_stmt *stmt;
} cr_source;

typedef struct cr_enum {
    cr_str name; /* empty for `one of` in place */
    cr_label label;
    const cr_value_decl *values;
    uint32_t n_values; /* at most 64 */
} cr_enum;

typedef struct cr_sym_field {
    cr_str name;
    cr_str module; /* that declares it */
    const cr_field *decl;
    cr_type type;    /* CR_T_ROWS for a list of entities */
    int32_t entity;  /* that it belongs to */
    int32_t child;   /* entity of the rows, for a list; else -1 */
    cr_expr *assume; /* checked; NULL = none */
    cr_expr *presume;
} cr_sym_field;

typedef struct cr_sym_span { /* NAME of `NAME : span date`: the fields NAME_from and NAME_to */
    cr_str name;
    cr_label label;
    int32_t entity;
    int32_t from, to; /* fields */
} cr_sym_span;

typedef struct cr_entity {
    cr_str name;
    cr_pos pos;
    cr_label label;
    uint8_t is_root;
    int32_t parent;            /* entity, -1 for a root */
    int32_t parent_field;      /* field of the parent that holds these rows */
    int32_t depth;             /* 0 for a root */
    int64_t at_least, at_most; /* of the list; at_most 1 for a root */
    CR_VEC(int32_t) fields;    /* indices into cr_program.fields */
} cr_entity;

typedef struct cr_param {
    cr_str name; /* `dibao.standard` */
    const cr_stmt *stmt;
    cr_type type;
    uint32_t n_keys; /* besides region */
    cr_str key_name[CR_MAX_KEYS];
    cr_type key_type[CR_MAX_KEYS]; /* enum, bool or integer; of the field or definition of that
                                      name, or of the rows */
    uint8_t by_region; /* `region` is among the keys; always so where no keys are said */
} cr_param;

typedef enum cr_def_kind {
    CR_DEF_DEFINE,
    CR_DEF_DECIDE,
    CR_DEF_STATUS,
    CR_DEF_REQUIRE
} cr_def_kind;

typedef struct cr_version {
    cr_stmt *stmt;
    int32_t from, to;            /* both in; the statement's period */
    cr_str region;               /* empty = nation */
    int32_t deps_from, n_deps;   /* definitions read: slice of cr_program.deps */
    int32_t later_from, n_later; /* carried definitions read of the month before: of .later */
} cr_version;

typedef struct cr_def {
    uint8_t kind;
    uint8_t internal; /* not an output unless asked for by name */
    uint8_t carried;  /* its value passes to the next month of a timeline */
    cr_str name;      /* public name without the entity: `dibao.amount` */
    cr_str module;
    int32_t entity;
    cr_label label;
    cr_type type;
    int32_t not_before; /* not in force before this date (statement or module); CR_DATE_MIN = not
                           said */
    uint32_t n_args;    /* a parameterised definition is expanded in place; never an output */
    CR_VEC(cr_version) versions; /* by region, then from */
    int32_t gate; /* -1, or the definition (CR_DEF_REQUIRE) that its readers are gated by; chained
                     by next_gate */
    int32_t next_gate; /* of a CR_DEF_REQUIRE: the next one gating the same name; -1 */
    int32_t next_same; /* definition of the same name on another entity; -1 */
    uint32_t order;    /* topological: readers come after what they read */
} cr_def;

typedef enum cr_ref_kind {
    CR_REF_NONE,
    CR_REF_FIELD, /* index into fields; up = edges to the ancestor */
    CR_REF_DEF,   /* index into defs; `reason` = its reason code; up likewise; args in expr->args */
    CR_REF_PARAM, /* index into params; explicit keys in expr->keys */
    CR_REF_LOCAL, /* index of the CR_C_WHERE clause among the statement's clauses */
    CR_REF_ARG,   /* index of the argument */
    CR_REF_VALUE, /* index of the enum value; the enum is expr->type.index */
    CR_REF_MONTH, /* the month decided for = month of on */
    CR_REF_FIRST_DAY,
    CR_REF_LAST_DAY
} cr_ref_kind;

typedef struct cr_reason {
    cr_str name; /* reason code; [0] is `ok` */
    cr_label label;
} cr_reason;

typedef struct cr_gate_field { /* a field gated by a require */
    int32_t field, require;
} cr_gate_field;

typedef struct cr_program {
    cr_arena *arena;
    CR_VEC(cr_module) modules;
    CR_VEC(cr_source) sources;
    CR_VEC(cr_enum) enums; /* [0] is the status list of the specification, in its order */
    CR_VEC(cr_entity) entities;
    CR_VEC(cr_sym_field) fields;
    CR_VEC(cr_sym_span) spans;
    CR_VEC(cr_param) params;
    CR_VEC(cr_def) defs;
    CR_VEC(int32_t) deps;
    CR_VEC(int32_t) later;
    CR_VEC(cr_reason) reasons;
    CR_VEC(cr_gate_field) field_gates;
    cr_map param_map, def_map; /* by name; def_map: the first of a chain by next_same */
    cr_map source_map, enum_map, reason_map;
    CR_VEC(const cr_stmt *) examples; /* given and example statements, as parsed */
} cr_program;

int32_t cr_program_entity(const cr_program *program, cr_str name);                /* -1 = none */
int32_t cr_program_field(const cr_program *program, int32_t entity, cr_str name); /* -1 = none */
int32_t cr_program_param(const cr_program *program, cr_str name);                 /* -1 = none */
int32_t cr_program_def(const cr_program *program, int32_t entity, cr_str name);   /* -1 = none */
int32_t cr_program_enum_value(const cr_program *program, int32_t index,
                              cr_str name); /* -1 = none */

#endif
