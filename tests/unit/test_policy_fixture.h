/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the policy layer share: policies from texts, look-ups by words. */
#ifndef CR_TESTS_POLICY_FIXTURE_H
#define CR_TESTS_POLICY_FIXTURE_H

#include "fixture.h"

#include "base/date.h"
#include "policy/policy.h"

enum { FX_NO_ROW = -1000000, FX_NO_KEY = -2000000, MOST_TEXTS = 12 };

typedef struct fx_texts { /* each list ends with NULL */
    const char *packs[MOST_TEXTS];
    const char *amendments[MOST_TEXTS];
    const char *lets[MOST_TEXTS];
    uint32_t max_bytes;
} fx_texts;

typedef struct fx_built {
    cr_arena arena;
    cr_diags diags;
    cr_policy *policy;
    int rc;
} fx_built;

static inline uint32_t fx_files(cr_file *files, uint32_t n, const char *const *texts, int amendment)
{
    static const char *const names[] = {"a.civ", "b.civ", "c.civ", "d.civ", "e.civ", "f.civ",
                                        "g.civ", "h.civ", "i.civ", "j.civ", "k.civ", "l.civ"};
    for (uint32_t i = 0; i < MOST_TEXTS && texts[i]; i++, n++) {
        memset(&files[n], 0, sizeof files[n]);
        files[n].name = cr_str_of(names[i]);
        files[n].text = cr_str_of(texts[i]);
        files[n].is_amendment = (uint8_t)amendment;
    }
    return n;
}

static inline void fx_build(fx_built *b, const fx_texts *t)
{
    cr_file files[2 * MOST_TEXTS];
    cr_str lets[MOST_TEXTS];
    cr_policy_input in = {0};
    memset(b, 0, sizeof *b);
    cr_arena_init(&b->arena, cr_alloc_default());
    cr_diags_init(&b->diags, &b->arena);
    in.files = files;
    in.n_files = fx_files(files, fx_files(files, 0, t->packs, 0), t->amendments, 1);
    for (; in.n_lets < MOST_TEXTS && t->lets[in.n_lets]; in.n_lets++)
        lets[in.n_lets] = cr_str_of(t->lets[in.n_lets]);
    in.lets = lets;
    in.max_bytes = t->max_bytes;
    b->rc = cr_policy_build(&b->policy, &in, cr_alloc_default(), &b->diags);
}

static inline void fx_drop(fx_built *b)
{
    cr_policy_release(b->policy);
    cr_arena_free(&b->arena);
}

/* Builds what must be fine. */
static inline void fx_fine(fx_built *b, const fx_texts *t)
{
    fx_build(b, t);
    for (uint32_t i = 0; b->rc && i < b->diags.list.n; i++)
        print_error("CR0%d at line %u\n", (int)b->diags.list.at[i].code,
                    b->diags.list.at[i].pos.line);
    assert_int_equal(b->rc, 0);
    assert_non_null(b->policy);
}

/* Builds what must be refused with this finding first, at this line of its file. */
static inline void fx_refused(const fx_texts *t, cr_diag_code code, uint32_t line)
{
    fx_built b;
    fx_build(&b, t);
    assert_int_equal(b.rc, 1);
    assert_null(b.policy);
    assert_true(b.diags.list.n > 0);
    assert_int_equal(b.diags.list.at[0].code, code);
    assert_int_equal(b.diags.list.at[0].pos.line, line);
    fx_drop(&b);
}

static inline const cr_ptable *fx_table(const fx_built *b, const char *name)
{
    int32_t at = cr_program_param(&b->policy->program, cr_str_of(name));
    assert_true(at >= 0);
    return &b->policy->tables.at[at];
}

static inline int32_t fx_day(const char *text)
{
    int32_t day = 0;
    assert_int_equal(cr_date_parse(cr_str_of(text), &day), 0);
    return day;
}

/* Index of the row, or FX_NO_ROW, FX_NO_KEY. */
static inline int32_t fx_row(const fx_built *b, const char *name, const char *place,
                             const int64_t *keys, const char *day)
{
    uint32_t key = 0;
    const cr_ptable *t = fx_table(b, name);
    int32_t region = cr_policy_region(b->policy, cr_str_of(place));
    assert_true(region >= 0);
    if (cr_ptable_key(t, keys, &key))
        return FX_NO_KEY;
    int32_t row = cr_ptable_find(b->policy, t, region, key, fx_day(day));
    return row < 0 ? FX_NO_ROW : row;
}

/* Value of a parameter without keys. */
static inline int64_t fx_value(const fx_built *b, const char *name, const char *place,
                               const char *day)
{
    int32_t row = fx_row(b, name, place, NULL, day);
    return row < 0 ? row : fx_table(b, name)->rows.at[row].value;
}

static inline int64_t fx_value_at(const fx_built *b, const char *name, const char *place,
                                  int64_t key, const char *day)
{
    int32_t row = fx_row(b, name, place, &key, day);
    return row < 0 ? row : fx_table(b, name)->rows.at[row].value;
}

#endif
