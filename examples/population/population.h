/* SPDX-License-Identifier: Apache-2.0 */
/* Invented households, as many as are asked for, shaped like the published figures of Ankang: see
   README.md. Household i of a seed is always the same, whatever was asked for before. */
#ifndef POPULATION_H
#define POPULATION_H

#include <stdint.h>

enum { POP_MOST_MEMBERS = 6 };

enum { POP_HEAD, POP_SPOUSE, POP_SON, POP_DAUGHTER, POP_PARENT };
enum { POP_ALIVE, POP_DEAD, POP_MISSING, POP_DISABLED };

typedef struct pop_person {
    int32_t birth;                                       /* days since 1970-01-01 */
    int32_t hukou_region;                                /* six digits */
    uint8_t relation, sex;                               /* sex: 1 male, 2 female */
    uint8_t rural;                                       /* kind of hukou */
    uint8_t disability_kind, disability_grade;           /* standard codes; 0 = none */
    uint8_t serious_illness, school, can_work, employed; /* school: 0 none … 4 college */
    uint8_t land, single_living;                       /* contracted land; lives on his own means */
    uint8_t n_parents, parent_state[2];                /* of a child; father, mother */
    int64_t wage, business, property, transfer, other; /* fen a month */
    int64_t base_pension;                              /* part of `transfer` */
} pop_person;

typedef struct pop_household {
    int32_t region; /* six digits */
    uint8_t rural, n_members, dwellings, vehicles, has_business;
    uint8_t within_dibao, within_edge, within_rigid; /* findings about property */
    int8_t refused;                                  /* -1 = not known */
    int64_t assets;                                  /* fen; -1 = not known */
    pop_person members[POP_MOST_MEMBERS];
} pop_household;

void pop_make(pop_household *out, uint64_t seed, uint64_t index);
/* 1985-06-15 */
void pop_date_text(int32_t day, char out[11]);
extern const char *const POP_RELATIONS[5], *const POP_SCHOOLS[5], *const POP_DISABILITIES[8],
                                                                      *const POP_STATES[4];

#endif
