/* SPDX-License-Identifier: Apache-2.0 */
/* The public handles from inside, and what the files of this layer share. */
#ifndef CR_API_HANDLES_H
#define CR_API_HANDLES_H

#include "base/buf.h"
#include "civicrules/civicrules.h"
#include "engine/causes.h"
#include "engine/value.h"
#include "explain/explain.h"

struct civ_engine {
    cr_alloc alloc;
    uint32_t max_policy_bytes;
    uint32_t min_lane_bits, max_cpu_level;
};

typedef struct cr_unit_words {
    cr_str text[2]; /* English, Chinese */
} cr_unit_words;

struct civ_policy {
    cr_policy *core;
    civ_engine *engine;
    int32_t references;
    cr_buf text;                      /* of civ_render_module */
    struct cr_public_output *outputs; /* every output of the program, in order of definition */
    size_t n_outputs;
    cr_unit_words *units; /* per field, then per definition */
};

/* An output as callers see it: a definition, or the reason of a decision or status. */
typedef struct cr_public_output {
    cr_output core;
} cr_public_output;

struct civ_calculator {
    cr_calculator core;
    civ_policy *policy;
    civ_engine *engine;
    int32_t references;
};

struct civ_case {
    cr_case *core;
    civ_policy *policy;
    cr_row_ids ids;
};

struct civ_workspace {
    cr_workspace *core;
    civ_calculator *calculator;
    uint8_t ran;
    char value[4096];
    uint32_t *rows;
    size_t rows_cap;
    cr_buf wide;      /* of a value that only text holds */
    cr_buf labels[2]; /* of a set of words: English, Chinese */
    cr_findings causes, notes;
    cr_row_ids ids; /* of the case, where explanations may be asked for */
    cr_explanation explanation;
    uint8_t explained;
    cr_buf page;
};

/* Fills `error` (may be NULL) and returns the status. */
civ_status cr_fail(civ_error *error, civ_status status, const char *text, cr_str where,
                   cr_str nearest);
civ_text cr_text(cr_str s);
cr_str cr_str_text(civ_text t);

/* Copies the ids of a case's rows; 1 = out of memory, and then there are none. */
int cr_row_ids_copy(cr_row_ids *to, const cr_row_ids *from);
void cr_row_ids_clear(cr_row_ids *ids); /* keeps the memory */
void cr_row_ids_free(cr_row_ids *ids);

/* What a caller sees of a value's type. */
int32_t cr_kind_of(const cr_type *type);
void cr_item_of_field(civ_item *out, const civ_policy *policy, int32_t field);
void cr_item_of_output(civ_item *out, const civ_policy *policy, const cr_output *output,
                       int32_t index);

#endif
