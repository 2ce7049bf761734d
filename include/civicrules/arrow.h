/* SPDX-License-Identifier: Apache-2.0 */
/** @file arrow.h
 *  Batches of columns: a table of roots (households, persons …) with lists of their children goes
 * in as Arrow arrays, and a table of answers comes out, row for row. No Arrow library is needed:
 * the three structs below are the Arrow C Data and C Stream interfaces, as every producer of Arrow
 * data has them.
 *
 *    civ_calculator → civ_batch (options) → bind (schema of the columns) → run (array), many times
 *
 *  What a row answers does not depend on the other rows, on the number of threads or on the size of
 *  blocks. A value that cannot be read, or lies outside its range, makes that cell *invalid*; it
 *  never stops a batch.
 *
 *  Columns in, by the name of the field (or `NAME_fen` for money), in the struct of its entity:
 *   - yes/no: bool, or integers 0 and 1
 *   - integer: any integer type; with decimals: decimal128, or integers (whole units)
 *   - money: decimal128 with at most 2 places (more where exact to the fen); integers of a column
 *     that is named `…_fen` or has the metadata `civicrules.unit` = `fen` (or `yuan`)
 *   - date: date32, date64 (whole days); month: date32 of its first day, int32 as year × 12 + month
 *     − 1
 *   - date-time: timestamp without a zone, of whole minutes
 *   - enum: text, or integers that are standard codes of its values; set: list of texts
 *   - region: text of 6, 9 or 12 digits, or that number
 *   - list of rows: list, large_list or fixed_size_list of a struct
 *   - all of them: text as civ_case_set_parsed reads it (utf8, large_utf8, utf8_view), dictionary
 *     encoded or not
 *   - a history of any of them: list of struct {from: date32, value}
 *  A null is *unknown*. In the column of an event it says that the event has not happened, unless
 *  the column has the metadata `civicrules.null` = `unknown`, or a yes/no column `NAME_unknown`
 *  beside it says yes. `civicrules.null` = `absent` says of any column that a null was not stated:
 * a default applies. A column that is missing was not stated for any row.
 *
 *  Buffers must be aligned to their elements (decimals: to 8 bytes), as Arrow asks.
 *
 *  Columns out, per output of the calculator: `OUTPUT` with the value, null where it is not known,
 *  and `OUTPUT.answer` (uint8, civ_answer). Answers of children stand in lists of structs, with the
 *  offsets of the input from 0. See civ_batch_output_schema.
 */
#ifndef CIVICRULES_ARROW_H
#define CIVICRULES_ARROW_H

#include "civicrules/civicrules.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};
#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};
#endif

/** A column that goes by another name: paths through lists, `members.wage`, in the columns and in
 * the fields. */
typedef struct civ_batch_alias {
    civ_text column;
    civ_text field;
} civ_batch_alias;

/** Called between blocks by the thread that called, with the roots done and all roots; nonzero
 * cancels. */
typedef int32_t (*civ_batch_progress)(void *user, int64_t done, int64_t total);

typedef struct civ_batch_options {
    uint32_t struct_size;
    int32_t on;          /**< the date decided for, days since 1970; where there is no on_column */
    civ_text on_column;  /**< a column of dates in the table of roots; empty = none */
    uint32_t threads;    /**< 0 or 1 = the caller's thread alone; else the engine's
                              allocator is called from several, one at a time */
    uint32_t block_rows; /**< most rows of an entity evaluated together; 0 = chosen */
    int32_t causes;      /**< a column `OUTPUT.causes`, list of texts, per output */
    int32_t allow_missing; /**< columns that are missing without a default are unknown, no error */
    int32_t allow_unused;  /**< columns that are no fields are no error */
    int32_t pass_through;  /**< columns that are no fields come out again, uncopied */
    int32_t decimal_money; /**< money comes out as decimal128 in yuan, not as int64 in fen */
    int32_t months;        /**< a timeline of so many months, instead of a day; 0 = none */
    int32_t first_month;   /**< of the timeline: year × 12 + month − 1 */
    int32_t reserved;
    const civ_batch_alias *aliases;
    size_t n_aliases;
    civ_batch_progress progress;
    void *progress_user;
} civ_batch_options;
#define CIV_BATCH_OPTIONS_INIT                                                                     \
    {                                                                                              \
        sizeof(civ_batch_options), 0, {NULL, 0}, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, NULL, NULL \
    }

/** Belongs to one thread at a time; it keeps its memory from run to run. */
typedef struct civ_batch civ_batch;

/** Options are copied, the texts in them, too. */
CIV_API civ_status civ_batch_create(civ_batch **out, civ_calculator *calculator,
                                    const civ_batch_options *options, civ_error *error);
CIV_API void civ_batch_release(civ_batch *batch);

/** Says what the columns are: a struct of the root's fields. CIV_ERROR_SCHEMA: some are missing,
 * mistyped or unused; civ_batch_mismatch has one line for each. The schema is borrowed for the
 * call; binding again forgets the one before. */
CIV_API civ_status civ_batch_bind(civ_batch *batch, const struct ArrowSchema *schema,
                                  civ_error *error);
/** Lines `PATH: expected …, found …` of the last civ_batch_bind; empty if it went well; the
 * batch's. */
CIV_API civ_text civ_batch_mismatch(const civ_batch *batch);

/** A table of children beside that of the roots, for civ_batch_bind_tables. */
typedef struct civ_batch_table {
    civ_text list;                    /**< field of the root that holds these rows: `members` */
    civ_text key;                     /**< column of this table that names the root */
    const struct ArrowSchema *schema; /**< a struct of the child's fields */
} civ_batch_table;

/** Binds flat tables instead of one table with lists: `key` is the column of `roots` that the keys
 * of the tables refer to (integers or texts). Rows may stand in any order; nothing is copied or
 * sorted, so no household is split. Rows whose key is null or names no root are not evaluated:
 * their answers are *invalid*; where two roots have one key, or a root has none, their lists are.
 */
CIV_API civ_status civ_batch_bind_tables(civ_batch *batch, const struct ArrowSchema *roots,
                                         civ_text key, const civ_batch_table *tables, size_t n,
                                         civ_error *error);

/** The schema of an input with every column that the calculator reads. The caller releases it. */
CIV_API civ_status civ_batch_input_schema(struct ArrowSchema *out, const civ_batch *batch,
                                          civ_error *error);
/** The schema of what civ_batch_run gives; after civ_batch_bind. The caller releases it. */
CIV_API civ_status civ_batch_output_schema(struct ArrowSchema *out, const civ_batch *batch,
                                           civ_error *error);

/** The schema of the answers of a table of civ_batch_bind_tables, by its index there. */
CIV_API civ_status civ_batch_table_schema(struct ArrowSchema *out, const civ_batch *batch,
                                          size_t table, civ_error *error);

/** Evaluates all rows of a struct array of the schema bound. `in` is borrowed for the call and left
 * as it is; only with `pass_through` it is moved into `out` (also where the call fails: then it is
 * released). The caller releases `out`; it lives without the batch and the engine, and its memory
 * goes back through the engine's allocator. CIV_ERROR_CANCELLED: the progress function said so.
 * With `months` the answers of all rows for the first month come first, then those for the second,
 * and so on; a column `month` (date32, its first day) says which. */
CIV_API civ_status civ_batch_run(struct ArrowArray *out, civ_batch *batch, struct ArrowArray *in,
                                 civ_error *error);
/** The same of tables: in[0] and out[0] are the roots, then those of civ_batch_bind_tables in
 * order; n counts them all. On failure all of `out` is zero. */
CIV_API civ_status civ_batch_run_tables(struct ArrowArray *out, civ_batch *batch,
                                        struct ArrowArray *in, size_t n, civ_error *error);

/** Answers batch by batch, as `out` is read, in constant memory: `in` is moved into it, bound at
 * once (see civ_batch_mismatch), and released with it, also where this call fails. `batch` must
 * live as long as `out` and is not to be used beside it. */
CIV_API civ_status civ_batch_stream(struct ArrowArrayStream *out, civ_batch *batch,
                                    struct ArrowArrayStream *in, civ_error *error);

#ifdef __cplusplus
}
#endif
#endif
