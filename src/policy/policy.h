/* SPDX-License-Identifier: Apache-2.0 */
/* A policy: the checked program with its regions, parameter tables, calendar, amendments, overrides
   and hash. Immutable once built; shared by reference count. */
#ifndef CR_POLICY_POLICY_H
#define CR_POLICY_POLICY_H

#include "base/calendar.h"
#include "lang/check.h"

/* ---- regions: a table with validity and successors ---- */

typedef struct cr_region {
    cr_str code;
    cr_label label;
    int32_t parent;    /* index; -1 for the nation, which is index 0 (`000000`) */
    int32_t city;      /* nearest ancestor-or-self that is a prefecture city (parent's parent is the
                          nation); -1 = none */
    int32_t province;  /* nearest ancestor-or-self whose parent is the nation; -1 = none */
    int32_t successor; /* -1 = none */
    int32_t from, to;
    uint8_t complete; /* every county below is listed: an unlisted code below it does not exist */
    uint8_t depth;    /* nation 0 */
} cr_region;

/* ---- parameters ---- */

typedef struct cr_prow {
    int32_t region; /* index of the region that the row is for */
    uint32_t key;   /* flat index of its keys; see cr_ptable */
    int32_t from, to, confirmed_to;
    uint8_t is_none, then_as_parent;
    int64_t value;     /* numbers: numerator over cr_ptable.den, in the declared unit; others: bool,
                          enum index, days, months;     sets: bit mask; region: index */
    const cr_row *row; /* source; NULL for an override */
    const cr_let *let; /* the override; NULL for a row */
    cr_cites cites;    /* the row's, else the parameter's */
} cr_prow;

typedef struct cr_cut { /* of the number line: before `at`, or behind it */
    cr_rat at;
    uint8_t behind;
} cr_cut;

typedef struct cr_ptable {
    int32_t param;
    uint32_t n_keys;
    int64_t key_lo[CR_MAX_KEYS];    /* enum, bool: 0 */
    uint32_t key_size[CR_MAX_KEYS]; /* number of values; the flat index is mixed radix, first key
                                       slowest */
    uint8_t banded[CR_MAX_KEYS];    /* the index of a number is how many cuts it has passed */
    CR_VEC(cr_cut) cuts[CR_MAX_KEYS];
    uint32_t flat_size; /* product, at most 65536 */
    int64_t den;        /* common denominator of all rows; 1 for what is not a number */
    int64_t lo, hi;     /* bounds of `value` over all rows */
    uint8_t may_be_none;
    uint8_t national;     /* no row is for a place, so a look-up does not ask for the region */
    CR_VEC(cr_prow) rows; /* overrides first, then by region, key, from */
    uint32_t n_lets;      /* overrides among them */
} cr_ptable;

/* ---- the policy ---- */

typedef struct cr_policy {
    cr_alloc alloc;
    cr_arena arena;
    int32_t references;
    cr_str name, version;
    cr_file *files;
    uint32_t n_files;
    cr_ast ast;
    cr_program program;
    CR_VEC(cr_region) regions;
    cr_map region_map;
    CR_VEC(cr_ptable) tables; /* one per parameter, same index */
    cr_calendar calendar;
    CR_VEC(cr_rat) scratch;   /* while tables are made */
    CR_VEC(cr_let) lets;      /* overrides of this run, checked */
    CR_VEC(cr_str) let_texts; /* as written */
    char sha256[65];
    const int32_t *until; /* while tables are made: rows recorded later are left out */
} cr_policy;

typedef struct cr_policy_input {
    const cr_file *files; /* copied; packs first, then amendments in order */
    uint32_t n_files;
    const cr_str *lets; /* `NAME[KEYS]=VALUE` */
    uint32_t n_lets;
    uint32_t max_bytes;   /* of memory while building; 0 = 256 MiB */
    const int32_t *known; /* rows recorded after this day are left out; NULL = none is */
} cr_policy_input;

/* Parses, amends, checks and tabulates. 0 = *out is the caller's; 1 = findings in diags, *out NULL;
   2 = out of memory; 3 = over the limit of memory. `diags` lives in an arena of the caller and
   borrows the file names and texts. */
int cr_policy_build(cr_policy **out, const cr_policy_input *input, cr_alloc alloc, cr_diags *diags);
void cr_policy_retain(cr_policy *policy);
void cr_policy_release(cr_policy *policy);

/* Region of a code: its index, or -1 where it does not exist. A code of 9 or 12 digits is the
   county of its first six; an unlisted county is taken for the nearest listed place above it unless
   that place is `complete`. */
int32_t cr_policy_region(const cr_policy *policy, cr_str code);
int cr_region_within(const cr_policy *policy, int32_t region,
                     int32_t within); /* region is it or lies below it */

/* The row of a parameter for a region, flat key and date, or -1: no data. An override goes before
   every row. Follows the chain of regions: a region whose own row for the key has begun and ended
   does not fall back unless that row says so. */
int32_t cr_ptable_find(const cr_policy *policy, const cr_ptable *table, int32_t region,
                       uint32_t key, int32_t date);

/* A row of a limit that says `below`: the value itself is out. */
static inline int cr_prow_below(const cr_prow *row)
{
    return row->row && row->row->bound == 1;
}

/* Writes the flat key for key values, or returns 1 where a value lies outside the table's keys. */
int cr_ptable_key(const cr_ptable *table, const int64_t *values, uint32_t *out);

#endif
