/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the batch layer: columns as the schema has them, the arrays of one run, a block of
   roots, the answers.

   bind.c turns an ArrowSchema into columns bound to fields, once. A run lays views over the arrays
   (view.c), walks the roots block by block (run.c); a block is the input of an ordinary plan
   (block.c, cells.c) and its registers are written to their places among the answers (write.c,
   outcomes.c). Nothing of the caller's columns is copied but what a block needs in its lanes. */
#ifndef CR_BATCH_BATCH_H
#define CR_BATCH_BATCH_H

#include "base/buf.h"
#include "civicrules/arrow.h"
#include "batch/lanes.h"
#include "engine/exec.h"

enum { CR_MOST_WORKERS = 256 };
enum { CR_MAX_DEPTH = 8 }; /* of entities below a root, as the engine has it */

/* ---- columns as bound ---- */

typedef enum cr_form { /* how the buffers of a column are laid out */
                       CR_F_NONE,
                       CR_F_NULL,
                       CR_F_BOOL,
                       CR_F_I8,
                       CR_F_U8,
                       CR_F_I16,
                       CR_F_U16,
                       CR_F_I32,
                       CR_F_U32,
                       CR_F_I64,
                       CR_F_U64,
                       CR_F_D32, /* decimals */
                       CR_F_D64,
                       CR_F_D128,
                       CR_F_DATE32,
                       CR_F_DATE64,
                       CR_F_STAMP, /* timestamp without a zone; `decimals` of a second */
                       CR_F_TEXT32,
                       CR_F_TEXT64,
                       CR_F_TEXT_VIEW,
                       CR_F_LIST32,
                       CR_F_LIST64,
                       CR_F_LIST_FIXED,
                       CR_F_STRUCT,
                       CR_F_OTHER
} cr_form;

typedef enum cr_meaning {                 /* how its values are read as the field's */
                          CR_M_PLAIN,     /* the integer is the value */
                          CR_M_SCALED,    /* times `up`, divided by `down` where that is exact */
                          CR_M_MILLIS,    /* milliseconds, whole days */
                          CR_M_FIRST_DAY, /* a date: the first day of the month meant */
                          CR_M_CODE,      /* an integer: a standard code */
                          CR_M_TEXT,
                          CR_M_STATED, /* only that it is there */
                          CR_M_WORDS   /* a list of texts: a set */
} cr_meaning;

typedef struct cr_layout { /* a column by its schema alone */
    uint8_t form;
    uint8_t index;    /* dictionary encoded: form of the indices, and `form` of the dictionary */
    int32_t decimals; /* of decimals */
    int32_t width;    /* of fixed-size lists */
} cr_layout;

typedef struct cr_column {
    int32_t field;      /* -1 = the column of dates */
    int32_t at;         /* among the children of its struct */
    int32_t unknown_at; /* yes/no column that says `unknown`; -1 = none */
    cr_layout layout;   /* of the values */
    uint8_t meaning;
    uint8_t null_cell; /* cr_cell that a null is */
    uint8_t list_form; /* history: of the list of {from, value}; set: of the list of texts */
    uint8_t history;
    int32_t from_at, value_at; /* in the struct of a history */
    int32_t width;             /* of that list, fixed size */
    int64_t up, down;
} cr_column;

typedef struct cr_sheet { /* the struct of one entity */
    uint8_t bound;
    uint8_t list_form;  /* of the column that holds its rows */
    uint8_t null_cell;  /* of that column */
    int32_t at;         /* of that column, in the parent's struct */
    int32_t unknown_at; /* of its companion; -1 = none */
    int32_t width;
    int32_t n_columns; /* of the struct */
    CR_VEC(cr_column) columns;
    CR_VEC(int32_t) extra;            /* columns that are no fields */
    struct ArrowSchema *extra_schema; /* pass-through: a copy of each */
    uint32_t n_extra_schema;
    uint8_t plain;  /* a list of plain values: the field `value`, and no struct */
    uint8_t joined; /* a table of its own, joined by a key; at = its number, from 1 */
    int32_t key_at; /* of its column */
    cr_layout key;
} cr_sheet;

typedef struct cr_binding {
    cr_arena arena;
    cr_sheet *sheets; /* per entity */
    int32_t on_at;    /* -1 = none */
    cr_column on;
    uint32_t n_tables; /* joined */
    int32_t key_at;    /* of the roots' key */
    cr_layout key;
    int32_t *column_of; /* per field: index in its sheet; -1 = none */
} cr_binding;

/* Schemas: of the roots, and of tables joined to them. */
typedef struct cr_schemas {
    const struct ArrowSchema *roots;
    civ_text key;
    const civ_batch_table *tables;
    size_t n_tables;
} cr_schemas;

/* Binds schemas: 0 fine, 1 mismatch (lines in `lines`), 2 out of memory. */
int cr_bind(cr_binding *b, const cr_calculator *calc, const cr_schemas *schemas,
            const civ_batch_options *options, cr_buf *lines);
void cr_binding_drop(cr_binding *b, const cr_calculator *calc);

/* ---- the arrays of a run ---- */

typedef struct cr_companion { /* the column that says `unknown` of another */
    const uint8_t *bits, *valid;
    int64_t offset;
} cr_companion;

typedef struct cr_view { /* one column of one array */
    const cr_column *column;
    const uint8_t *valid; /* NULL = no nulls */
    const void *data;     /* values, indices, offsets */
    const char *bytes;    /* of texts */
    const void *const *buffers;
    int64_t offset; /* added to a row of the struct */
    int64_t n_rows;
    uint8_t is_list;            /* data are its offsets */
    const uint8_t *owner_valid; /* of the struct; NULL = all there */
    int64_t owner_offset;
    cr_companion unknown;
    struct cr_view *inner; /* dictionary values; values of a history; texts of a set */
    const int32_t *from;   /* history */
    const uint8_t *from_valid;
    int64_t from_offset;
    int64_t *words; /* dictionary: value of each entry, with its cell; NULL = too many */
    uint8_t *word_cells;
    uint8_t words_known; /* all of them */
} cr_view;

typedef struct cr_edge { /* from the rows of a parent to those of an entity */
    uint8_t form;        /* list; CR_F_NONE = no such column */
    uint8_t null_cell;
    int64_t width, move;  /* fixed size: rows of a list, of those before the array's offset */
    const int32_t *off32; /* moved by the offset of the array */
    const int64_t *off64;
    const uint8_t *valid;
    int64_t valid_offset;
    const uint8_t *owner_valid;
    int64_t owner_offset;
    cr_companion unknown;
    const uint32_t *order; /* joined tables: row of the child's table; NULL = in order */
    const uint8_t *cells;  /* joined tables: per parent, what its list is; NULL = known */
    int64_t n;             /* rows of the child's array */
    int64_t first, last;   /* rows of the child that the parents hold, all together */
} cr_edge;

/* The struct array of an entity. Its rows reach its children moved by its own offset. */
typedef struct cr_owner {
    const struct ArrowArray *array;
    int64_t offset;
    int64_t rows;
    const uint8_t *valid;
    int64_t first, last; /* of them, what the roots hold */
} cr_owner;

typedef struct cr_views {
    const cr_calculator *calc;
    const cr_binding *binding;
    cr_alloc alloc;
    cr_arena arena;
    int64_t roots;
    cr_view *fields; /* per field; column NULL = no column */
    cr_view on;
    cr_edge *edges;   /* per entity */
    cr_owner *owners; /* per entity */
} cr_views;

/* Lays views over the array of the roots and those of joined tables. 0 fine, 2 out of memory, 3 an
 * array does not fit its schema. */
int cr_views_open(cr_views *v, const cr_calculator *calc, const cr_binding *binding,
                  const struct ArrowArray *arrays);
/* join.c: the edge from the roots to a joined table. */
int cr_join(cr_views *vs, int32_t entity, const struct ArrowArray *roots,
            const struct ArrowArray *table);
/* A column by its layout, without a field: keys. */
int cr_view_open(cr_views *vs, cr_view *v, const cr_column *column, const cr_owner *owner);
cr_str cr_view_text(const cr_view *v, int64_t row);
int64_t cr_view_integer(const cr_view *v, int64_t row);
int cr_view_null(const cr_view *v, int64_t row);
void cr_views_close(cr_views *v);

/* What the column says in a row of its struct, by itself: ABSENT, UNKNOWN, INVALID, or KNOWN and a
 * value within the field's range. Not for histories. */
cr_cell cr_view_value(const cr_view *v, const cr_policy *policy, const cr_sym_field *field,
                      int64_t row, int64_t *value);
/* The same of any column, on a day. */
cr_cell cr_view_on(const cr_view *v, const cr_policy *policy, const cr_sym_field *field,
                   int64_t row, int32_t day, int64_t *value);

static inline int cr_bit(const uint8_t *bits, int64_t at)
{
    return bits[at >> 3] >> (at & 7) & 1;
}

/* First row of the child of parent row p (p up to the number of parents). */
static inline int64_t cr_edge_at(const cr_edge *e, int64_t p)
{
    return e->off32 ? e->off32[p] : e->off64 ? e->off64[p] : e->move + p * e->width;
}

int cr_said_unknown(const cr_companion *c, int64_t row);
int cr_edge_null(const cr_edge *e, int64_t p); /* holds no rows: null, or said to be unknown */
cr_cell cr_edge_cell(const cr_edge *e, int64_t p);

/* ---- a block ---- */

typedef struct cr_span { /* the rows of one entity in the block */
    int64_t first;       /* without `pick`: they are first, first + 1, … */
    int64_t *pick;       /* rows, one by one */
    int64_t *pick_memory;
    uint32_t n, cap;
} cr_span;

/* What a text or a code was read as before: columns say the same few again and again. */
enum { CR_READ_BEFORE = 256 };
typedef struct cr_read_before {
    int32_t field; /* and 1; 0 = free */
    uint32_t n;    /* bytes of text; UINT32_MAX = an integer */
    uint64_t key[2];
    int64_t value;
    uint8_t cell;
} cr_read_before;

typedef struct cr_block {
    cr_input input;
    const cr_views *views;
    const cr_lanes *lanes;
    cr_alloc alloc;
    cr_span *spans; /* per entity */
    uint32_t n_entities;
    int64_t *values; /* one column's cells, staged */
    uint8_t *cells;
    uint32_t cap;
    cr_read_before *before; /* CR_READ_BEFORE */
    int bad;                /* 3 = the arrays contradict themselves */
} cr_block;

int cr_block_make(cr_block *b, const cr_calculator *calc, cr_alloc alloc); /* 2 = out of memory */
void cr_block_free(cr_block *b);

int cr_block_rows(const cr_input *input, cr_workspace *w);
/* Room for the rows of an entity that are picked one by one. */
int cr_block_pick(cr_block *b, int32_t entity, uint32_t rows);
void cr_block_cells(const cr_input *input, cr_workspace *w, const cr_insn *i);

static inline int64_t cr_span_row(const cr_span *s, uint32_t k)
{
    return s->pick ? s->pick[k] : s->first + k;
}

/* The rows of the largest entity below the rows [first, end) of one, as far as offsets alone can
   tell: rows in null lists count, too. */
int64_t cr_rows_below(const cr_views *v, int32_t entity, int64_t first, int64_t end);
/* Most roots from `first` on, at least one, of which no entity has more than `most` rows. */
int64_t cr_block_end(const cr_views *v, int64_t first, uint32_t most);

#endif
