/* SPDX-License-Identifier: Apache-2.0 */
/* Types and units of the rule language. */
#ifndef CR_LANG_TYPES_H
#define CR_LANG_TYPES_H

#include <stdint.h>

#include "base/buf.h"
#include "base/i128.h"
#include "base/str.h"

typedef enum cr_dim {
    CR_DIM_YUAN,
    CR_DIM_PERSON,
    CR_DIM_HOUSEHOLD,
    CR_DIM_M2,
    CR_DIM_HOUR,
    CR_DIM_DAY,
    CR_DIM_WORKING_DAY,
    CR_DIM_MONTH,
    CR_DIM_YEAR,
    CR_DIM_COUNT
} cr_dim;

/* Exponents: `yuan per person per month` is yuan 1, person -1, month -1. A span of time is a number
   with unit year, month, day or working day; months and days do not compare because their units
   differ. */
typedef struct cr_unit {
    int8_t e[CR_DIM_COUNT];
} cr_unit;

int cr_unit_same(cr_unit a, cr_unit b);
int cr_unit_none(cr_unit a);
int cr_unit_mul(cr_unit a, cr_unit b, int sign,
                cr_unit *out);              /* sign -1 divides; 1 = exponent out of range */
int cr_dim_parse(cr_str word, cr_dim *out); /* singular or plural, Chinese not accepted; 0 ok */
void cr_unit_text(cr_buf *out, cr_unit unit,
                  int lang); /* `yuan per person per month`; `元/人·月` */

typedef enum cr_tkind {
    CR_T_ERROR, /* already reported: agrees with everything */
    CR_T_BOOL,
    CR_T_NUMBER, /* integer, number, money, exact */
    CR_T_DATE,
    CR_T_MONTH,
    CR_T_TIME, /* date and time of day: minutes since 1970 */
    CR_T_ENUM, /* index */
    CR_T_SET,  /* index = enum */
    CR_T_REGION,
    CR_T_TEXT,
    CR_T_ROWS,   /* index = entity */
    CR_T_ROW,    /* index = entity: one of its rows, or none */
    CR_T_REASON, /* a reason code */
    CR_T_NONE    /* the word none */
} cr_tkind;

typedef struct cr_type {
    uint8_t kind;
    uint8_t exact;   /* said to be exact: no whole-fen duty on outputs */
    uint8_t money;   /* has the word money: whole fen on output */
    uint8_t or_none; /* a parameter that may be none */
    uint8_t event;   /* dates: may be never; codes: may be none */
    int32_t
        decimals; /* places of a written number, 2 for money, 0 for integer; -1 = any rational */
    int32_t index;
    cr_unit unit;
    cr_i128 lo, hi; /* inclusive bounds in units of 10^-decimals; for decimals -1: in whole units */
} cr_type;

/* Dates, months and date-times: they have an order, and may be never. */
int cr_type_is_time(const cr_type *type);
void cr_time_bounds(const cr_type *type, int32_t *lo, int32_t *hi);

void cr_type_text(cr_buf *out, const cr_type *type, int lang);

#endif
