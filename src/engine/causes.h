/* SPDX-License-Identifier: Apache-2.0 */
/* Causes and notes with their names: what an answer hangs on, what was used without being stated.
 */
#ifndef CR_ENGINE_CAUSES_H
#define CR_ENGINE_CAUSES_H

#include "base/buf.h"
#include "engine/why.h"

typedef enum cr_cause_kind { /* numbers as in the public header */
                             CR_CAUSE_INPUT = 1,
                             CR_CAUSE_PARAMETER = 2,
                             CR_CAUSE_RULE = 3,
                             CR_CAUSE_CALENDAR = 4
} cr_cause_kind;

typedef enum cr_note_kind {
    CR_NOTE_ASSUMED = 1,
    CR_NOTE_PRESUMED = 2,
    CR_NOTE_UNCONFIRMED = 3,
    CR_NOTE_OVERRIDE = 4
} cr_note_kind;

typedef struct cr_text_span { /* a slice of a growing buffer */
    size_t at, n;
} cr_text_span;

typedef struct cr_found {
    int32_t kind, answer, on;
    cr_text_span name, detail, chain; /* of cr_findings.text */
    const cr_label *label;            /* of what it names; NULL = has none */
} cr_found;

typedef struct cr_findings {
    cr_buf text;
    cr_found *at;
    size_t n, cap;
} cr_findings;

void cr_findings_init(cr_findings *f, cr_alloc alloc);
void cr_findings_free(cr_findings *f);
void cr_findings_clear(cr_findings *f);

/* Causes of many answers, numbered by their texts: the texts of a batch are few, so most are known
   by what they are made of and not written again. */
enum { CR_CAUSE_SLOTS = 1024 };

typedef struct cr_cause_slot {
    int64_t key[CR_MAX_KEYS];
    int32_t index, extra, region;
    uint32_t number;
    uint8_t kind, looked_up, taken;
} cr_cause_slot;

typedef struct cr_cause_names {
    cr_findings found;    /* by number */
    cr_cause_slot *slots; /* by what the text is made of; the last one stays */
} cr_cause_names;

void cr_cause_names_init(cr_cause_names *names, cr_alloc alloc);
void cr_cause_names_free(cr_cause_names *names);
/* Forgets all where there are too many, or memory ran out among them: numbers begin anew. */
void cr_cause_names_trim(cr_cause_names *names);
/* 0 fine, 2 out of memory. */
int cr_cause_number(cr_cause_names *names, cr_workspace *w, const cr_why *why, uint32_t *number);

/* Adds the causes of the answer of a value's row, each once. 0 fine, 2 out of memory. */
int cr_causes_find(cr_workspace *w, const cr_pval *value, uint32_t row, cr_findings *out);
/* Adds what known answers of the value's row were made of, without being stated or confirmed. */
int cr_notes_find(cr_workspace *w, const cr_pval *value, uint32_t row, cr_findings *out);
/* Adds the overrides of the policy. */
int cr_notes_overrides(cr_workspace *w, cr_findings *out);

/* `members.`: the lists on the way to the rows of an entity. */
void cr_entity_path(cr_buf *out, const cr_program *program, int32_t entity);
/* `members.birth_date`: the field with the lists on the way to it. */
void cr_field_path(cr_buf *out, const cr_program *program, int32_t field);

/* A list hangs on the count of its rows; everything else on its own register. */
static inline int32_t cr_status_register(const cr_pval *v)
{
    return v->rows >= 0 ? v->div : v->reg;
}

#endif
