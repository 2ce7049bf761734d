/* SPDX-License-Identifier: Apache-2.0 */
/* Running a plan over a block of rows: registers, row spaces, and the workspace that owns them. */
#ifndef CR_ENGINE_EXEC_H
#define CR_ENGINE_EXEC_H

#include "engine/case.h"
#include "engine/few.h"
#include "engine/plan.h"

typedef struct cr_space_rows { /* the rows of one space in the block */
    uint32_t n, parents;
    uint32_t longest;        /* rows of a list, at most */
    uint32_t *off;           /* per parent row, and one more: first child row */
    uint32_t *parent_memory; /* per row: its parent row, if `numbered`; see cr_parent_rows */
    uint8_t numbered;
    uint8_t *list; /* per parent row: status of the list; NULL = all known */
    uint8_t *list_memory;
    uint32_t cap, parent_cap;
} cr_space_rows;

/* Look-ups seen before: a block has few dates, regions and keys, and a policy never changes. */
enum { CR_SEEN = 16 };
typedef struct cr_seen_row {
    int64_t date; /* 0 = free, else date + 2^32 */
    int32_t region, row;
    uint32_t key;
} cr_seen_row;

enum { CR_MOST_ANSWERS = 16384 };
typedef struct cr_answers { /* of one look-up: by region and key, on one day */
    int32_t *row;           /* -1 = no data */
    int64_t *value;
    uint32_t size, flat; /* size 0 = too many; of the keys alone */
    int32_t day;
    uint8_t filled, complete; /* complete: there is a row for each */
} cr_answers;

typedef struct cr_reach { /* rows of a register between which there are marks */
    uint32_t first, end;  /* end 0 = none */
} cr_reach;

typedef struct cr_marks { /* rows that why.c asks about */
    void *block;
    size_t size;
    void **at; /* per register, per row: a byte, or with `many` 64 bits */
    cr_reach *reach;
    uint8_t many;
} cr_marks;

typedef struct cr_frame { /* registers of one plan */
    const cr_plan *plan;
    void **val;  /* per register: its lanes; may be those of another, or of a column */
    void **home; /* per register: room for its lanes */
    uint8_t *
        *st; /* per register: status bytes of this block, NULL = all known; may alias another's */
    uint8_t **st_memory; /* per register: room for them */
    const cr_few **few;  /* blocks: per register: the rows that are not known; NULL = not listed */
    cr_few **few_memory; /* blocks: per register: room for them */
    void *block;         /* that all the above point into */
    size_t block_size;
    uint32_t *caps;      /* per space: rows that there is room for */
    cr_seen_row *seen;   /* CR_SEEN for each ROW instruction */
    cr_answers *answers; /* blocks: for each ROW instruction; else NULL */
    uint8_t *known;      /* blocks: the status of rows that are all known */
    void *scratch;     /* blocks: a number of 64 bits for each row of the largest space, and more */
    cr_marks marks[2]; /* of why.c, made on demand: for one question, for many */
} cr_frame;

/* Statuses of a register's own, without a list until it is given one. */
static inline uint8_t *cr_own_status(cr_frame *f, int32_t reg)
{
    if (f->few)
        f->few[reg] = NULL;
    return f->st[reg] = f->st_memory[reg];
}

static inline const cr_few *cr_few_of(const cr_frame *f, int32_t reg)
{
    return f->few ? f->few[reg] : NULL;
}

typedef struct cr_kept_cause { /* of a value that passes on unknown */
    uint8_t kind, answer;
    int32_t index, extra;
} cr_kept_cause;

typedef struct cr_kept_cell {
    int64_t value;
    uint8_t status;
    uint32_t cause, n_causes; /* among cr_workspace.causes */
} cr_kept_cell;

typedef struct cr_kept { /* a carried definition, as the month before left it */
    cr_kept_cell *cell;  /* of the month before */
    cr_kept_cell *next;  /* of this month, while it is written down */
    uint32_t n, cap;
} cr_kept;

typedef struct cr_cause_list {
    cr_kept_cause *at;
    uint32_t n, cap;
} cr_cause_list;

typedef struct cr_workspace {
    cr_calculator *calc;
    cr_alloc alloc;
    cr_frame *frames;        /* per plan, and again per plan: for blocks */
    cr_frame *frame;         /* of the last evaluation; NULL = none */
    cr_space_rows *spaces;   /* per entity */
    const cr_input *input;   /* of the block evaluated last */
    int32_t on;              /* the date decided for */
    const int32_t *days;     /* per root row, where they differ; NULL = on */
    uint8_t no_causes;       /* what passes to the next month passes without its causes */
    uint8_t many;            /* blocks: outputs only, by the schedule for blocks; no causes */
    uint32_t step;           /* months of the timeline before this one; 0 outside of timelines */
    cr_kept *kept;           /* per definition; NULL before the first timeline */
    cr_cause_list causes[2]; /* of the month before, and room for this one's */
} cr_workspace;

/* frame.c: room for the rows in w->spaces; does nothing where there is enough. 0 fine, 2 out of
 * memory. */
int cr_frame_ready(cr_workspace *w, cr_frame *f, const cr_plan *plan, int block);
void cr_frame_drop(cr_workspace *w, cr_frame *f);

/* lookups.c: places in the list of answers of a ROW instruction; 0 = it has none. */
uint32_t cr_answers_size(const cr_calculator *calc, const cr_plan *plan, const cr_insn *i);

/* exec.c: per row of a list its parent row. Most plans never ask. */
const uint32_t *cr_space_number(cr_space_rows *s);
static inline const uint32_t *cr_parent_rows(cr_space_rows *s)
{
    return s->numbered ? s->parent_memory : cr_space_number(s);
}

extern const cr_kernel
    cr_kernels[CR_OP_COUNT][CR_LANES]; /* by operation and lane; 0 where lanes do not matter */

cr_workspace *cr_workspace_make(cr_calculator *calc); /* NULL = out of memory */
void cr_workspace_free(cr_workspace *w);

/* Evaluates one case. 0 fine, 2 out of memory (the workspace is as before), 3 the date is out of
 * range. */
int cr_workspace_run(cr_workspace *w, const cr_case *input, int32_t on);
/* Evaluates a block by the plan at index `plan`. days: per root row, dates that it serves; NULL =
 * all on `on`. 0 fine, 2 out of memory. */
int cr_workspace_run_block(cr_workspace *w, const cr_input *input, uint32_t plan, int32_t on,
                           const int32_t *days);
/* Index of the plan that serves a date. */
uint32_t cr_calculator_plan(const cr_calculator *calc, int32_t on);
/* For inputs: room for `rows` rows of an entity below `parents` parent rows. 0 fine, 1 out of
 * memory. */
int cr_workspace_reserve(cr_workspace *w, int32_t entity, uint32_t rows, uint32_t parents);

/* Keeps what passes to the next month after an evaluation. 0 fine, 2 out of memory. */
int cr_workspace_keep(cr_workspace *w);
void cr_workspace_drop_kept(cr_workspace *w);

/* A lane of a register as a wide integer, and its status. */
cr_i128 cr_lane_get(const cr_workspace *w, int32_t reg, uint32_t row); /* wide: cut to 128 bits */
void cr_wide_get(const cr_workspace *w, int32_t reg, uint32_t row, cr_wide *out);

/* A known value as num / den in lowest terms. 1 = not in 128 bits; then both are in `wide`. */
int cr_value_get(const cr_workspace *w, const cr_pval *v, uint32_t row, cr_rat *out,
                 cr_wide wide[2]);
int cr_status_get(const cr_workspace *w, int32_t reg, uint32_t row);
/* The row of the entity `to`, above `entity`, that a row stands in. */
uint32_t cr_row_up(const cr_workspace *w, int32_t entity, uint32_t row, int32_t to);
/* The root that a row belongs to; the day that is decided for there. */
uint32_t cr_root_of_row(const cr_workspace *w, int32_t entity, uint32_t row);
int32_t cr_day_of_row(const cr_workspace *w, int32_t entity, uint32_t row);

#endif
