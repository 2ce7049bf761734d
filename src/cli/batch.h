/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of `civicrules batch` share.

   bytes → csv → cell → table → columns of the public batch → column_text → the files written. JSON
   Lines take the way of `eval`, case by case. Every finding goes through one sink, with the row and
   the column it stands in. */
#ifndef CLI_BATCH_H
#define CLI_BATCH_H

#include <stdint.h>

#include "civicrules/arrow.h"
#include "cli.h"

/* ---- bytes.c: a file as UTF-8, whatever it is written in ---- */

typedef struct cli_bytes {
    const char *path;
    FILE *in;
    const char *encoding; /* what was recognised, or asked for */
    int is_marked;        /* a mark of the encoding comes first */
    int64_t size;
    int64_t done;
    void *converter;
    int zh, failed; /* it could not be read to its end; that was said */
    char *raw;      /* bytes that are not converted yet */
    size_t n_raw;
    int ended;
} cli_bytes;
/* `-` is standard input, kept in a temporary file. 0 = fine, else an exit code; it was said. */
int cli_bytes_open(cli_bytes *b, const char *path, const char *encoding, int zh);
/* Bytes given, 0 = the end. What is no character becomes U+FFFD. */
size_t cli_bytes_read(cli_bytes *b, char *out, size_t cap);
int cli_bytes_rewind(cli_bytes *b);
void cli_bytes_close(cli_bytes *b);
/* The first character that is no blank. */
int cli_bytes_first(cli_bytes *b);

/* ---- buffers ---- */

typedef struct cli_buf {
    char *p;
    size_t n, cap;
    int oom;
} cli_buf;
void cli_put(cli_buf *b, const char *bytes, size_t n);
void cli_puts(cli_buf *b, const char *text);

/* ---- csv.c ---- */

typedef struct cli_record {
    uint64_t number; /* as a spreadsheet counts rows, from 1 */
    size_t n;
    const civ_text *cells;
    int open_quote; /* where its cells end cannot be told: a quotation mark does not close */
} cli_record;

typedef struct cli_csv cli_csv;
/* `opened`: the file, if it was opened already; it is taken over. */
int cli_csv_open(cli_csv **out, cli_bytes *opened, const char *path, const char *encoding, int zh);
int cli_csv_next(cli_csv *csv, cli_record *out); /* 1 a record, 0 the end, -1 out of memory */
int cli_csv_rewind(cli_csv *csv);
const cli_bytes *cli_csv_bytes(const cli_csv *csv);
void cli_csv_close(cli_csv *csv);
void cli_csv_put(cli_buf *out, const char *bytes, size_t n); /* a cell, in quotes if need be */
/* The next cell of a line; the line, written and emptied. */
void cli_csv_cell(cli_buf *line, const char *bytes, size_t n);
int cli_csv_end(cli_buf *line, FILE *to);
int cli_csv_is_built(void);

/* ---- finding.c ---- */

typedef struct cli_finding {
    const char *file;
    uint64_t row;
    civ_text key;
    const char *column;
    const char *code;
    civ_text found;
    const char *expected;
    const char *nearest; /* or NULL */
    int is_note;         /* recognised and used all the same */
} cli_finding;

enum { CLI_CODES = 64 };
typedef struct cli_findings {
    char *path; /* a CSV file, made with the first finding; NULL = none */
    FILE *to;
    const cli_options *o;
    int zh;
    uint64_t errors, notes;
    const char *codes[CLI_CODES];
    uint64_t counts[CLI_CODES];
    int failed; /* the file cannot be written */
} cli_findings;
void cli_find(cli_findings *to, const cli_finding *f);
void cli_findings_summary(const cli_findings *f);
void cli_findings_free(cli_findings *f);

/* ---- cell.c ---- */

typedef enum cli_cell_kind {
    CLI_CELL_ABSENT,
    CLI_CELL_UNKNOWN,
    CLI_CELL_VALUE,
    CLI_CELL_BAD
} cli_cell_kind;

typedef struct cli_cell {
    cli_cell_kind kind;
    civ_text text;    /* as the library reads it; in `room` or in the cell given */
    int64_t fen;      /* of a column in fen */
    const char *note; /* a code: recognised and mended */
    const char *code; /* CLI_CELL_BAD */
    const char *expected;
    char nearest[64];
    char room[512];
} cli_cell;

typedef struct cli_cell_reader {
    civ_policy *policy;
    civ_case *scratch; /* reads what the library reads; holds one row of each entity */
} cli_cell_reader;
void cli_cell_read(cli_cell *out, const cli_cell_reader *r, const civ_item *item, int fen,
                   civ_text cell);
/* The same for the day that a row is decided for. */
void cli_cell_day(cli_cell *out, civ_text cell);
/* Without the blanks and the mark that spreadsheets leave; the code of what was found, or NULL. */
const char *cli_cell_trim(civ_text *cell);
int cli_is_broken(civ_text cell); /* holds U+FFFD, for bytes that are no character */
/* What spreadsheets do to long numbers; NULL = nothing. */
const char *cli_long_number_damage(civ_text cell);
const char *cli_cell_long_expected(void);

/* ---- header.c, table.c ---- */

typedef enum cli_use { CLI_FIELD = 1, CLI_KEY, CLI_DAY, CLI_KEPT } cli_use;

typedef struct cli_memo { /* a cell that was read before */
    char cell[24], text[40];
    uint8_t n, n_text;
} cli_memo;
enum { CLI_MEMOS = 256 };

typedef struct cli_column {
    char *header;
    char name[96]; /* as the library knows it */
    cli_use use;
    int fen;
    civ_item item;
    cli_buf bytes;
    int64_t *off; /* of texts; cap_rows + 1 */
    int64_t *fens;
    uint8_t *valid, *unknown; /* bits */
    cli_memo *memos;
} cli_column;

typedef struct cli_row {
    uint64_t number;
    size_t flags; /* codes, in table->flags; 0 = none */
} cli_row;

typedef struct cli_view { /* the columns as Arrow has them */
    struct ArrowSchema schema, *schemas, **schema_list;
    struct ArrowArray array, *arrays, **array_list;
    const void **buffers;
    char *names;
    char absent[40]; /* metadata: an empty cell was not stated */
} cli_view;

typedef struct cli_table {
    const char *file;
    char entity[64], list[64]; /* list: empty = the roots */
    cli_csv *csv;
    cli_column *columns; /* one for each cell of the header */
    size_t n_columns, key_at;
    cli_row *rows;
    size_t n_rows, cap_rows;
    cli_buf flags;
    size_t flags_from; /* of the row being read; 0 = none yet */
    cli_record record; /* the header; then the next row */
    int has_next, ended;
    uint64_t header_row, total;
    int by_bytes, by_length; /* keys ascend: as bytes; by length and then as bytes */
    civ_item *items;
    size_t n_items;
    cli_cell_reader reader;
    cli_findings *findings;
    int zh, pass_through;
    cli_view view;
} cli_table;

/* `entity` is that of the rows, `list` the field of the root that holds them; 0 or an exit code. */
int cli_table_open(cli_table *t, cli_bytes *opened, const char *path, const cli_options *o,
                   cli_findings *findings);
/* The row of names, the best of the first ones: how many of its cells are fields of the entity.
 * -1: no memory. */
int cli_table_fit(cli_table *t, civ_policy *policy, const char *entity, size_t *cells);
/* What each column is; 0 or an exit code, all that is wrong was said. */
int cli_table_bind(cli_table *t, civ_policy *policy, const char *root, const char *list,
                   const cli_options *o);
int cli_table_scan(cli_table *t);      /* counts the rows and sees how they are sorted */
int cli_table_first_row(cli_table *t); /* goes back to the row below the names */
/* The key of the next row: 1, 0 the end, -1 no memory. */
int cli_table_peek(cli_table *t, civ_text *key);
int cli_table_take(cli_table *t); /* into the columns; 0 or an exit code */
void cli_table_clear(cli_table *t);
/* Arrow over the columns, until the next row is taken; 0 or an exit code. */
int cli_table_view(cli_table *t);
civ_text cli_table_cell(const cli_table *t, size_t column, size_t row);
civ_text cli_table_key(const cli_table *t, size_t row);
const char *cli_table_flags(const cli_table *t, size_t row); /* empty = none */
/* Flags a row that was taken. */
void cli_table_flag(cli_table *t, size_t row, const char *code, const char *expected);
/* Only in the column `errors`. */
void cli_table_mark(cli_table *t, size_t row, const char *word);
/* Below 0, 0, above 0; `by_length`: shorter ones first. */
int cli_key_order(civ_text a, civ_text b, int by_length);
void cli_table_close(cli_table *t);
civ_item *cli_items_of(size_t *n, const civ_policy *policy, const char *entity);
int cli_is_total(civ_text cell); /* 合计, 总计, total … */

/* ---- join.c: which children stand under which root of a block ---- */

typedef struct cli_join {
    size_t *order;   /* rows of the children, root by root */
    size_t *first;   /* in `order`; one more than there are roots */
    size_t *orphans; /* rows without a root */
    size_t n_orphans;
} cli_join;
/* Flags roots that share a key (once: with the first table) and children without a root. */
int cli_join_make(cli_join *j, cli_table *roots, cli_table *children);
int cli_join_roots(cli_table *roots);
/* Marks roots that have rows with errors with the name of the list. */
void cli_join_mark(const cli_join *j, cli_table *roots, const cli_table *children);
void cli_join_free(cli_join *j);

/* ---- column_text.c: answers as text ---- */

int cli_column_valid(const struct ArrowArray *a, int64_t row);
/* Appends the value as `eval` writes it, words of a set with commas; 0 = null. Not for lists of
 * rows. Money must be decimal. */
int cli_column_text(cli_buf *out, const struct ArrowSchema *s, const struct ArrowArray *a,
                    int64_t row, int32_t kind);
const int32_t *cli_column_rows(const struct ArrowArray *a, int64_t row, size_t *n);
/* Texts of a list, one after the other. */
civ_text cli_column_item(const struct ArrowArray *a, int64_t row, size_t item, size_t *n);
/* Units of the last decimal; 0 = they need more than 64 bits. */
int cli_column_units(const struct ArrowArray *a, int64_t row, int64_t *units);

/* ---- tally.c: what comes out in all, and how far it is ---- */

typedef struct cli_tally {
    civ_item item;
    uint64_t answers[5];
    int64_t yuan, fen; /* apart, so that no sum of rows overflows */
    int is_beyond;     /* a value that 64 bits do not hold is not in the sum */
} cli_tally;

typedef struct cli_progress {
    int on;
    uint64_t total, base;
    int64_t started, drawn; /* milliseconds */
} cli_progress;

typedef struct cli_batch {
    const cli_options *o;
    civ_policy *policy;
    civ_calculator *calculator;
    char root[64];
    int32_t on;
    uint32_t threads;
    int json_out;    /* JSON Lines, not CSV */
    cli_bytes first; /* the first input, where it had to be opened to see what it is */
    cli_findings findings;
    cli_tally *tallies; /* as the calculator's outputs */
    size_t n_tallies;
    uint64_t roots, children, flagged;
    cli_progress progress;
} cli_batch;

int cli_tally_open(cli_batch *b);
void cli_tally_add(cli_tally *t, int answer);
void cli_tally_sum(cli_tally *t, int64_t fen);
void cli_summary(const cli_batch *b, int64_t milliseconds);
int64_t cli_milliseconds(void);
void cli_progress_begin(cli_progress *p, uint64_t total, int forced);
void cli_progress_show(cli_progress *p, uint64_t done, int zh);
void cli_progress_end(const cli_progress *p);
extern const char *const CLI_ANSWERS[5];

/* ---- output.c: files that get their names when all of them are whole ---- */

/* `out.csv` and `members`: `out.members.csv`, or with another `end`; the caller frees it. */
char *cli_beside(const char *path, const char *what, const char *end);
/* `LIST=PATH` or `PATH`: the path, and how long LIST is. */
const char *cli_input_path(const char *input, size_t *n_list);
/* An exit code where the path is one of the inputs, by whatever name; it was said. */
int cli_would_overwrite(const char *path, const cli_options *o);
int cli_is_file(const char *path); /* or would be one: no pipe, no device */
/* Opens a file to write, `-` is standard output; NULL: it was said. */
FILE *cli_create(const char *path, const cli_options *o);
/* Whether this run writes it. */
int cli_is_written(const char *path);
/* Closes all of them and gives them their names, or takes them away; 0 or an exit code. */
int cli_outputs_end(int keep, int zh);

/* ---- write.c: the answers of a block of tables ---- */

typedef struct cli_answers {
    cli_batch *batch;
    cli_table *tables; /* roots first */
    size_t n;
    cli_join *joins; /* of tables[1…] */
    struct ArrowSchema *schemas;
    struct ArrowArray *arrays;
    uint32_t **tally_at; /* per table, per column */
    FILE **to;           /* per table; JSON Lines: the first alone */
} cli_answers;
int cli_write_begin(cli_answers *a);
int cli_write_block(cli_answers *a);

/* ---- the two ways in ---- */

int cli_batch_csv(cli_batch *b);   /* batch_csv.c */
int cli_batch_lines(cli_batch *b); /* batch_lines.c */

#endif
