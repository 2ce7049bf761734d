/* SPDX-License-Identifier: Apache-2.0 */
/* Memory runs out at every request of parsing, amending, checking and building: of a text with most
   statements of the language, and of all texts of tests/lang/check at once, which are full of
   errors. Always out of memory; never a crash or a leak. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>

#include "fixture.h"

#include "lang/parse.h"
#include "policy/amend.h"
#include "policy/regions.h"

#define FOLDER "tests/lang/check"

enum { MOST_FILES = 64, ROOM = 32 << 20, ERROR_STEPS = 700, LIMIT_STEPS = 700 };

static const char PACK[] =
    "module m \"模块\" / \"module\"\n  version \"1\"\n"
    "source law \"某法\" / \"some law\"\n  number \"1号\"\n  confidence official\n"
    "regions \"地区\"\n  610000 \"省\"\n  610900 \"市\" in 610000 complete\n"
    "  610928 \"旧县\" in 610900 successor 610981\n  610981 \"新市\" in 610900\n  cites law\n"
    "calendar \"历\"\n  covers 2021-01-01 to 2021-12-31\n  off 2021-10-01 to 2021-10-07\n"
    "  work 2021-10-09\n  cites law\n"
    "enum kind \"类\"\n  a \"甲\"\n  b \"乙\" code \"2\", \"二\"\n"
    "group shared \"共\"\n  day : event date\n"
    "entity root \"根\"\n  root\n  include shared\n  region : region\n  kind : kind\n"
    "  rows : list of item, at most 20\n  total : money per month >= 0, assume 3\n"
    "entity item \"项\"\n  amount : money per month\n  ok : yes/no\n  size : integer >= 0, at most "
    "9\n"
    "parameter m.rate : money per month\n  keys region, kind\n"
    "  610900, a : 12 yuan per year from 2020-01-01 to 2021-12-31 cites law art 1\n"
    "  610900, a : 2 yuan per month from 2022-01-01 confirmed to 2024-12-31 cites law art 2(1)\n"
    "  nation, - : 3 then as parent cites law\n"
    "parameter m.band : exact number\n  keys size\n  < 2 : 1 / 3\n  [2 .. 5) : 1 / 7\n"
    "  5 : 0.5\n  cites law\n"
    "parameter m.band\n  > 6 : 2 cites law\n"
    "limit m.cap : money\n  nation : up to 5 yuan\n  cites law\n"
    "option m.how : one of fen = half up to 0.01 yuan, yuan = up to 1 yuan\n  nation : yuan\n"
    "  by design \"t\"\n"
    "define root.m.sum : exact money per month \"和\"\n"
    "  where n = count of rows where ok\n"
    "  when total > 0 yuan per month and n > 0 = (sum of rows.amount where ok) / 3 + "
    "m.rate\n"
    "  otherwise = 0 yuan per month\n  cites law art 3, \"第三段\"\n"
    "define root.m.paid : money per month \"付\"\n  to 2021-12-31\n  = m.sum\n  rounded by m.how\n"
    "  cites law\n"
    "define root.m.paid : money per month \"付\"\n  from 2022-01-01\n  = highest(m.sum, 0 yuan per "
    "month)\n  rounded up to 1 yuan\n  cites law\n"
    "define item.m.part : exact number \"份\"\n  = m.band[size: size] * 2\n  cites law\n"
    "decide root.m.fine \"好\"\n  all of\n    x \"甲类\" : kind is a\n    y \"有项\" : any rows "
    "where "
    "ok fails \"无项\"\n  none of\n    z \"丙\" : kind in (b) cites law art 9\n  cites law\n"
    "status root.m.status\n  first that holds\n  not_eligible by reason of m.fine : not m.fine\n"
    "  paid : otherwise\n  cites law\n"
    "table item.m.class : integer unique\n  size | ok | =\n  <= 3 | - | 1\n  > 3 | yes | 2\n"
    "  > 3 | no | 3\n  cites law\n"
    "define root.m.due : date \"期限\"\n  = day + 3 months\n  cites law\n"
    "define root.m.list : list of item \"项目\"\n  = rows where ok\n  cites law\n"
    "require root.m.sane \"理\" / \"sane\" : total < 1000000 yuan per month\n  cites law\n"
    "  else total\n"
    "given base\n  root : region 610900, kind a\n  rows a : amount 5, ok yes, size 1\n"
    "example one \"例\"\n  on 2021-05-01\n  given base\n  let m.how = fen\n"
    "  gives m.fine = yes\n  gives m.status = paid\n";

static const char CHANGES[] =
    "amendment up \"提\"\n  by design \"t\"\n"
    "amend m.rate\n  610900, a : 4 yuan per month from 2023-01-01 by design \"t\"\n"
    "  610981, b : 5 yuan per month by design \"t\"\n"
    "replace define root.m.due : date \"期限\"\n  = day + 4 months\n  by design \"t\"\n"
    "remove root.m.list\n";

typedef struct texts {
    cr_file files[MOST_FILES];
    uint32_t n;
    cr_str let; /* p NULL = none */
} texts;

/* ---- one arena of which a part may be used ---- */

typedef struct failing { /* after the first block: nothing once, or nothing at all */
    long calls, live;
    int once, off;
} failing;

static void *hook(void *user, void *ptr, size_t old_size, size_t new_size)
{
    failing *f = user;
    (void)old_size;
    if (new_size == 0) {
        f->live -= ptr != NULL;
        free(ptr);
        return NULL;
    }
    if (f->calls++ > 0 && !f->off && !(f->once && f->calls > 2))
        return NULL;
    void *p = realloc(ptr, new_size);
    f->live += p != NULL && ptr == NULL;
    return p;
}

static int worse(int a, int b)
{
    return a > b ? a : b;
}

static int parse_all(cr_policy *p, const texts *t, cr_diags *d)
{
    int bad = 0;
    for (uint32_t i = 0; i < t->n && bad != 2; i++)
        bad = worse(bad, cr_parse(&p->ast, p->files, i, NULL, d));
    if (bad != 2 && t->let.p) {
        cr_let let = {0};
        int one = cr_parse_let(&p->ast, p->files, t->n, &let, d);
        if (!one && !CR_PUSH(&p->arena, p->lets, let))
            one = 2;
        bad = worse(bad, one);
    }
    return bad;
}

/* What cr_policy_build does, over an arena whose next request may be the one that fails. */
static int make_hash(cr_policy *p, cr_diags *d)
{
    (void)d;
    return cr_policy_make_hash(p);
}

static int all_steps(cr_policy *p, const texts *t, cr_diags *d)
{
    static int (*const later[])(cr_policy *, cr_diags *) = {
        cr_policy_make_regions, cr_policy_make_calendar, cr_policy_make_tables, make_hash};
    p->n_files = t->n + 1;
    p->files = cr_arena_get(&p->arena, (size_t)t->n + 1, sizeof *p->files);
    if (!p->files)
        return 2;
    memcpy(p->files, t->files, t->n * sizeof *p->files);
    p->files[t->n].name = CR_STR("let");
    p->files[t->n].text = t->let.p ? t->let : CR_STR("");
    p->files[t->n].is_let = 1;
    int bad = parse_all(p, t, d);
    if (bad != 2)
        bad = worse(bad, cr_amend_apply(&p->ast, p->files, d));
    if (bad != 2)
        bad = worse(bad, cr_check(&p->program, &p->ast, d));
    for (size_t i = 0; i < sizeof later / sizeof *later && !bad; i++)
        bad = later[i](p, d);
    return bad;
}

/* 0, 1, 2 as everywhere; *used = bytes that were needed. */
static int run(const texts *t, failing *f, size_t room, size_t *used)
{
    cr_policy p;
    cr_diags diags;
    memset(&p, 0, sizeof p);
    cr_arena_init(&p.arena, (cr_alloc){hook, f});
    char *start = cr_arena_get(&p.arena, 1, room + 16);
    if (!start)
        exit(2);
    p.arena.at = start;
    p.arena.end = start + room;
    p.ast.arena = &p.arena;
    cr_diags_init(&diags, &p.arena);
    int rc = all_steps(&p, t, &diags);
    rc = p.arena.oom ? 2 : rc;
    if (used)
        *used = (size_t)(p.arena.at - start);
    cr_arena_free(&p.arena);
    return rc;
}

/* Every request in its turn, or a sample of them. */
static void each_request_fails(const texts *t, int want, size_t steps)
{
    size_t used = 0;
    failing off = {0, 0, 0, 1};
    assert_int_equal(run(t, &off, ROOM, &used), want);
    assert_int_equal(off.live, 0);
    assert_true(used > 100000);
    size_t step = steps ? (used / steps / 16 + 1) * 16 : 16;
    for (int once = 0; once < 2; once++)
        for (size_t room = 0; room < used; room += step) {
            failing f = {0, 0, once, 0};
            int rc = run(t, &f, room, NULL);
            if (rc != 2 || f.live)
                print_error("%zu of %zu bytes, once %d: %d, %ld left\n", room, used, once, rc,
                            f.live);
            assert_int_equal(rc, 2);
            assert_int_equal(f.live, 0);
        }
}

/* ---- texts ---- */

static cr_file file_of(const char *name, char *text, size_t n)
{
    cr_file file;
    memset(&file, 0, sizeof file);
    file.name = cr_str_of(name);
    file.text.p = text;
    file.text.n = n;
    return file;
}

static void good_texts(texts *t)
{
    memset(t, 0, sizeof *t);
    t->files[0] = file_of("m.civ", (char *)PACK, sizeof PACK - 1);
    t->files[1] = file_of("up.civ", (char *)CHANGES, sizeof CHANGES - 1);
    t->files[1].is_amendment = 1;
    t->n = 2;
    t->let = CR_STR("m.rate[610900, a]=7 yuan per month");
}

/* The whole corpus as one policy: besides its own errors everything is declared twice. */
static void bad_texts(texts *t)
{
    DIR *dir = opendir(FOLDER);
    memset(t, 0, sizeof *t);
    assert_non_null(dir);
    for (struct dirent *e = readdir(dir); e && t->n < MOST_FILES; e = readdir(dir)) {
        char path[512];
        size_t n = strlen(e->d_name);
        if (n < 5 || strcmp(e->d_name + n - 4, ".civ") != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", FOLDER, e->d_name);
        FILE *in = fopen(path, "rb");
        char *text = calloc(1, 1 << 20);
        assert_non_null(in);
        assert_non_null(text);
        n = fread(text, 1, (1 << 20) - 1, in);
        fclose(in);
        t->files[t->n++] = file_of("corpus.civ", text, n);
    }
    closedir(dir);
    assert_true(t->n > 10);
    t->let = CR_STR("nothing=1 2");
}

static void free_texts(texts *t)
{
    for (uint32_t i = 0; i < t->n; i++)
        free((char *)(uintptr_t)t->files[i].text.p);
}

/* ---- the tests ---- */

static void every_request_of_a_good_text_may_fail(void **state)
{
    static texts t;
    (void)state;
    good_texts(&t);
    each_request_fails(&t, 0, 0);
}

static void requests_of_many_errors_may_fail(void **state)
{
    static texts t;
    (void)state;
    bad_texts(&t);
    each_request_fails(&t, 1, ERROR_STEPS);
    free_texts(&t);
}

/* As above through cr_policy_build, which may not take more than so much: a limit, not a lack. */
static void a_limit_may_be_met_anywhere(void **state)
{
    static texts t;
    fx_memory memory = {0, 0, 0, 0};
    cr_alloc alloc = {fx_alloc, &memory};
    (void)state;
    good_texts(&t);
    for (uint32_t step = 1, limited = 1; limited; step++) {
        cr_arena arena;
        cr_diags diags;
        cr_policy *policy = NULL;
        cr_policy_input in = {t.files, t.n, &t.let, 1, 64 + step * (4000000 / LIMIT_STEPS), NULL};
        cr_arena_init(&arena, alloc);
        cr_diags_init(&diags, &arena);
        int rc = cr_policy_build(&policy, &in, alloc, &diags);
        assert_true(rc == 3 || rc == 0);
        assert_true((rc == 0) == (policy != NULL));
        limited = rc == 3;
        assert_true(step > 10 || limited);
        cr_policy_release(policy);
        cr_arena_free(&arena);
        assert_int_equal(memory.live, 0);
    }
}

/* A policy whose only finding is a warning that finds no memory is not built. */
static void a_warning_is_not_lost(void **state)
{
    static const char text[] = "module m \"模块\"\nparameter m.p : integer\n"
                               "  nation : 1 to 2020-12-31\n  nation : 2 from 2021-01-02\n"
                               "  by design \"t\"\n";
    fx_memory full = {0, 0, 1, 1};
    cr_file file = file_of("m.civ", (char *)text, sizeof text - 1);
    cr_policy_input in = {&file, 1, NULL, 0, 0, NULL};
    (void)state;
    for (int fails = 0; fails < 2; fails++) {
        cr_arena arena;
        cr_diags diags;
        cr_policy *policy = NULL;
        cr_arena_init(&arena, fails ? (cr_alloc){fx_alloc, &full} : cr_alloc_default());
        cr_diags_init(&diags, &arena);
        assert_int_equal(cr_policy_build(&policy, &in, cr_alloc_default(), &diags), fails ? 2 : 0);
        assert_int_equal(diags.list.n, !fails);
        cr_policy_release(policy);
        cr_arena_free(&arena);
    }
}

/* Through the public door: the findings are there, or memory was out. */
static civ_status build(const texts *t, fx_memory *memory, size_t *findings)
{
    civ_engine *engine = fx_engine(memory, 0);
    civ_policy_builder *b = NULL;
    civ_policy *policy = NULL;
    *findings = 0;
    if (!engine)
        return CIV_ERROR_MEMORY;
    civ_status s = civ_policy_builder_create(&b, engine, NULL);
    for (uint32_t i = 0; i < t->n && !s; i++) {
        civ_text name = {t->files[i].name.p, t->files[i].name.n};
        civ_text text = {t->files[i].text.p, t->files[i].text.n};
        s = civ_policy_builder_add(
            b, name, text, t->files[i].is_amendment ? CIV_FILE_AMENDMENT : CIV_FILE_PACK, NULL);
    }
    if (!s)
        s = civ_policy_build(&policy, b, NULL);
    if (s == CIV_ERROR_POLICY)
        *findings = civ_policy_builder_diagnostic_count(b);
    civ_policy_release(policy);
    civ_policy_builder_release(b);
    civ_engine_release(engine);
    return s;
}

static void each_allocation_fails(const texts *t, civ_status want)
{
    size_t all, findings;
    fx_memory memory = {0, 0, 0, 0};
    assert_int_equal(build(t, &memory, &all), want);
    assert_int_equal(memory.live, 0);
    assert_true((want == CIV_OK) == (all == 0));
    long calls = memory.calls;
    for (int for_ever = 0; for_ever < 2; for_ever++)
        for (long n = 1; n <= calls; n++) {
            fx_memory m = {0, 0, n, for_ever};
            civ_status s = build(t, &m, &findings);
            assert_int_equal(m.live, 0);
            assert_true(s == CIV_ERROR_MEMORY || (s == want && findings == all));
        }
}

static void every_allocation_of_a_build_may_fail(void **state)
{
    static texts t;
    (void)state;
    good_texts(&t);
    each_allocation_fails(&t, CIV_OK);
    bad_texts(&t);
    each_allocation_fails(&t, CIV_ERROR_POLICY);
    free_texts(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_request_of_a_good_text_may_fail),
        cmocka_unit_test(requests_of_many_errors_may_fail),
        cmocka_unit_test(a_limit_may_be_met_anywhere),
        cmocka_unit_test(a_warning_is_not_lost),
        cmocka_unit_test(every_allocation_of_a_build_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
