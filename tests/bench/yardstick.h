/* SPDX-License-Identifier: Apache-2.0 */
/* The yardstick: one rule over households of 1 to 6 persons, computed in several ways over the same
   columns. `yardstick.civ` states the rule; every way must give the same totals to the fen. */
#ifndef CIVICRULES_BENCH_YARDSTICK_H
#define CIVICRULES_BENCH_YARDSTICK_H

#include <stddef.h>
#include <stdint.h>

enum { YARD_COUNTIES = 10, YARD_GRADES = 5, YARD_THRESHOLD = 50000 /* fen */ };

extern const int64_t YARD_STANDARD[YARD_COUNTIES][2]; /* fen per person and month: urban, rural */
extern const int64_t YARD_CARE[YARD_GRADES];          /* fen per month, by grade of disability */

/* Facts, column by column; money in whole fen. */
typedef struct yard_columns {
    int64_t households, persons;
    int32_t *offsets; /* households + 1: persons of household i from offsets[i] to offsets[i + 1] */
    uint8_t *county, *rural, *cars, *dwellings;
    int64_t *deposits, *medical, *education;
    int64_t *wage, *pension, *other; /* of persons, from here on */
    uint8_t *employed, *age, *grade, *illness;
} yard_columns;

/* Answers. */
typedef struct yard_answers {
    uint8_t *eligible;
    int64_t *per_head, *benefit; /* fen */
    int64_t *living, *care;      /* of persons, fen */
} yard_answers;

typedef struct yard_totals {
    int64_t eligible, benefit, living, care, per_head;
    uint64_t checksum; /* of benefit[i] × (i mod 1009 + 1) */
} yard_totals;

/* The households of the seed, always the same. NULL: no memory. */
yard_columns *yard_make(int64_t households);
int yard_make_answers(yard_answers *a, const yard_columns *c);
void yard_add_up(yard_totals *t, const yard_columns *c, const yard_answers *a);

/* What a careful C programmer writes first: a struct for each household and person. */
typedef struct yard_rows yard_rows;
yard_rows *yard_rows_make(const yard_columns *c);
void yard_rows_run(yard_rows *r);
void yard_rows_add_up(yard_totals *t, const yard_rows *r);

/* One loop over the columns, for households from a to b; the same with every sum and product
   checked (nonzero: one was too large). */
void yard_fused_run(const yard_columns *c, yard_answers *out, int64_t a, int64_t b);
int yard_checked_run(const yard_columns *c, yard_answers *out, int64_t a, int64_t b);

/* Written by hand for AVX-512, as fast as the machine allows; 0 where the processor has none. */
int yard_avx512_present(void);
void yard_avx512_run(const yard_columns *c, yard_answers *out, int64_t a, int64_t b);

/* The library, with the rule read from a file; `nulls_percent` of one column are unknown. Adding up
   gives how many answers are not known. `keeps`: the host keeps the memory of answers released. */
typedef struct yard_engine yard_engine;
yard_engine *yard_engine_make(const yard_columns *c, const char *policy_path, unsigned threads,
                              int nulls_percent, int keeps);
void yard_engine_run(yard_engine *e);
int64_t yard_engine_add_up(yard_totals *t, const yard_engine *e);
size_t yard_engine_operations(const yard_engine *e);

/* All ways over one set of columns, by number: what yardstick.c and yardstick.py run in turn. */
enum {
    YARD_ROWS,
    YARD_FUSED,
    YARD_CHECKED,
    YARD_AVX512,
    YARD_ENGINE,
    YARD_THREADS,
    YARD_NULLS,
    YARD_FRESH,
    YARD_WAYS
};

typedef struct yard_ways yard_ways;
yard_ways *yard_ways_make(const char *policy_path, int64_t households);
const yard_columns *yard_ways_columns(const yard_ways *w);
size_t yard_ways_operations(const yard_ways *w);
int yard_way_count(void);
const char *yard_compiler(void); /* of the ways in C and of the library */
const char *yard_way_name(int way);
int yard_way_present(int way);
void yard_way_run(yard_ways *w, int way);
/* Of the last run; 1 = not those that the yardstick has for a million households. */
int yard_way_add_up(yard_totals *t, int64_t *not_known, yard_ways *w, int way);
int yard_totals_wrong(const yard_totals *t, int64_t households);

#endif
