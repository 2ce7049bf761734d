/* SPDX-License-Identifier: Apache-2.0 */
/* The checker: files of tests/lang/check say on each line which findings stand there (`# CR0206`,
   with a column `# CR0206@9`, and with the name that is proposed `# CR0201@5~rent`); a file without
   any must be accepted, compiled plans included. Every diagnostic of diag.def has a line. Every
   file is also checked with memory running out at hundreds of places. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/build.h"
#include "lang/check.h"
#include "lang/parse.h"
#include "policy/amend.h"

#define FOLDER "tests/lang/check"

enum { ROOM = 4 << 20, STEPS = 400 };

typedef struct failing { /* an allocator that gives nothing after the first block, once or for ever
                          */
    size_t room;         /* bytes of the first block that may be used */
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

/* One block, of which only `room` bytes are left: so every request of the arena can be the one that
 * fails. */
static char *limit_arena(cr_arena *arena, failing *f)
{
    char *p = cr_arena_get(arena, 1, f->room + 16);
    if (!p)
        exit(2);
    arena->at = p;
    arena->end = p + f->room;
    return p;
}

static char *slurp(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    rewind(f);
    char *p = calloc((size_t)size + 1, 1);
    *n = p ? fread(p, 1, (size_t)size, f) : 0;
    fclose(f);
    return p;
}

/* ---- marks: `# CR0206`, `# CR0206@9` with the column, `# CR0201@5~rent` with the nearest name
 * ---- */

typedef struct mark {
    uint32_t line;
    unsigned code;
    uint32_t col;   /* 0 = not said */
    cr_str nearest; /* p NULL = not said */
} mark;

enum { MOST_MARKS = 400 };

typedef struct marks {
    mark at[MOST_MARKS];
    size_t n;
} marks;

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads the mark that begins at `at`; the texts are followed by a NUL. */
static mark read_mark(cr_str text, size_t at, uint32_t line)
{
    mark m = {line, 0, 0, {NULL, 0}};
    char *end = NULL;
    m.code = (unsigned)strtoul(text.p + at + 2, &end, 10);
    if (*end == '@')
        m.col = (uint32_t)strtoul(end + 1, &end, 10);
    if (*end == '~')
        for (m.nearest.p = end + 1; m.nearest.p[m.nearest.n] > ' ';)
            m.nearest.n++;
    return m;
}

static void read_marks(marks *out, cr_str text)
{
    uint32_t line = 1;
    int comment = 0;
    out->n = 0;
    for (size_t i = 0; i + 6 <= text.n; i++) {
        line += text.p[i] == '\n';
        comment = text.p[i] != '\n' && (comment || text.p[i] == '#');
        if (comment && memcmp(text.p + i, "CR0", 3) == 0 && is_digit(text.p[i + 3])) {
            assert_true(out->n < MOST_MARKS);
            out->at[out->n++] = read_mark(text, i, line);
        }
    }
}

static int fits(const mark *m, const cr_diag *d)
{
    return m->line == d->pos.line && m->code == (unsigned)d->code &&
           (m->col == 0 || m->col == d->pos.col) &&
           (!m->nearest.p || cr_str_eq(m->nearest, d->nearest));
}

static unsigned char seen[1000]; /* numbers that some file of the corpus shows */

static int says_something(const cr_diag *d)
{
    return (d->found.n > 0 || d->expected.n > 0) && d->pos.col > 0 && d->pos.len > 0;
}

static void print_finding(const char *path, const char *what, const cr_diag *d)
{
    printf("%s:%u: %s: CR%04u@%u found [%.*s] expected [%.*s] nearest [%.*s]\n", path, d->pos.line,
           what, (unsigned)d->code, d->pos.col, (int)d->found.n, d->found.n ? d->found.p : "",
           (int)d->expected.n, d->expected.n ? d->expected.p : "", (int)d->nearest.n,
           d->nearest.n ? d->nearest.p : "");
}

static int compare(const char *path, cr_str text, const cr_diags *d)
{
    static marks all;
    int bad = 0;
    read_marks(&all, text);
    for (uint32_t i = 0; i < d->list.n; i++) {
        const cr_diag *found = &d->list.at[i];
        size_t k = 0;
        while (k < all.n && !fits(&all.at[k], found))
            k++;
        if (k == all.n)
            print_finding(path, "not expected", found);
        if (!says_something(found))
            print_finding(path, "says too little", found);
        bad += (k == all.n) + !says_something(found);
        seen[found->code % 1000] = 1;
    }
    for (size_t k = 0; k < all.n; k++) {
        uint32_t i = 0;
        while (i < d->list.n && !fits(&all.at[k], &d->list.at[i]))
            i++;
        if (i == d->list.n)
            printf("%s:%u: expected CR%04u@%u\n", path, all.at[k].line, all.at[k].code,
                   all.at[k].col);
        bad += i == d->list.n;
    }
    return bad;
}

static int ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n > m && strcmp(name + n - m, end) == 0;
}

/* ---- checking one text ---- */

static cr_file file_of(const char *path, cr_str text)
{
    cr_file file = {0};
    file.name = cr_str_of(path);
    file.text = text;
    return file;
}

/* All the way to a policy whose every definition can be computed. Findings are compared. */
static int build_text(const char *path, cr_str text)
{
    cr_arena arena;
    cr_diags diags;
    cr_policy *policy = NULL;
    cr_policy_input input = {0};
    cr_file file = file_of(path, text);
    cr_arena_init(&arena, cr_alloc_default());
    cr_diags_init(&diags, &arena);
    input.files = &file;
    input.n_files = 1;
    int rc = cr_policy_build(&policy, &input, cr_alloc_default(), &diags);
    if (rc == 0 && !ends_with(path, "/gates.civ")) /* requires that share a name: no plan yet */
        rc = cr_plan_check(policy, cr_alloc_default(), &diags);
    int bad = compare(path, text, &diags);
    if (rc != (diags.errors > 0)) {
        printf("%s: %u errors, and the answer is %d\n", path, diags.errors, rc);
        bad++;
    }
    cr_policy_release(policy);
    cr_arena_free(&arena);
    return bad;
}

/* 0 accepted, 1 findings, 2 out of memory. */
static int check_text(const char *path, cr_str text, failing *f, size_t *used, int *bad)
{
    cr_alloc alloc = {hook, f};
    cr_arena arena;
    cr_arena_init(&arena, alloc);
    char *start = limit_arena(&arena, f);
    cr_diags diags;
    cr_diags_init(&diags, &arena);
    cr_ast ast = {0};
    cr_program program = {0};
    cr_file file = file_of(path, text);
    ast.arena = &arena;
    int rc = cr_parse(&ast, &file, 0, NULL, &diags);
    if (rc != 2) {
        int amended = cr_amend_apply(&ast, &file, &diags);
        rc = amended > rc ? amended : rc;
    }
    if (rc != 2) {
        int checked = cr_check(&program, &ast, &diags);
        rc = checked > rc ? checked : rc;
    }
    if (used)
        *used = (size_t)(arena.at - start);
    cr_arena_free(&arena);
    if (f->live != 0) {
        printf("%s: %ld blocks leaked\n", path, f->live);
        (*bad)++;
    }
    return rc;
}

/* Fails requests spread over the whole run, once and for ever: always out of memory, never a crash
 * or a leak. */
static void fault_loop(const char *path, cr_str text, size_t used, int *bad)
{
    size_t step = (used / STEPS / 16 + 1) * 16;
    for (int once = 0; once < 2; once++)
        for (size_t room = 0; room < used; room += step) {
            failing f = {room, 0, 0, once, 0};
            int rc = check_text(path, text, &f, NULL, bad);
            if (rc != 2) {
                printf("%s: with %zu of %zu bytes the answer is %d instead of 2\n", path, room,
                       used, rc);
                (*bad)++;
            }
        }
}

/* Runs one promise over every file of the folder; 0 files are a failure, too. */
static int over_files(int faults)
{
    int bad = 0, files = 0;
    DIR *dir = opendir(FOLDER);
    for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir)) {
        char path[512];
        size_t n = 0, used = 0;
        failing f = {ROOM, 0, 0, 0, 1};
        if (!ends_with(e->d_name, ".civ"))
            continue;
        snprintf(path, sizeof path, "%s/%s", FOLDER, e->d_name);
        char *text = slurp(path, &n);
        cr_str s = {text, n};
        assert_non_null(text);
        if (!faults) {
            bad += build_text(path, s);
        } else {
            check_text(path, s, &f, &used, &bad);
            fault_loop(path, s, used, &bad);
        }
        free(text);
        files++;
    }
    if (dir)
        closedir(dir);
    assert_true(files > 0);
    return bad;
}

static void findings_stand_where_the_files_say(void **state)
{
    (void)state;
    assert_int_equal(over_files(0), 0);
}

/* Numbers that no line of the corpus can show, and why. */
static int not_in_a_file(unsigned code)
{
    return code == CR_D_ENCODING; /* a text that is no UTF-8: see the test below */
}

static void every_diagnostic_has_a_line(void **state)
{
    static const struct {
        unsigned code;
        const char *name;
    } all[] = {
#define CR_DIAG(number, name, severity, zh, en) {number, #name},
#include "lang/diag.def"
#undef CR_DIAG
    };
    int bad = 0;
    (void)state;
    memset(seen, 0, sizeof seen);
    assert_int_equal(over_files(0), 0);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (seen[all[i].code] == not_in_a_file(all[i].code)) {
            printf("CR%04u %s: %s\n", all[i].code, all[i].name,
                   seen[all[i].code] ? "a file shows it, so it is no exception"
                                     : "no line of " FOLDER " shows it");
            bad++;
        }
    assert_int_equal(bad, 0);
}

/* One finding at the first byte that is no UTF-8, and none about what stands before or after it. */
static void another_encoding_is_one_finding(void **state)
{
    static const char text[] = "module m \"\xE6\xA8\xA1\"\n\nenum e \"\xE7\xB1\xBB\xB5\xCD\"\n"
                               "  x \"\xB1\xA3\"\nnonsense @ ()\n";
    cr_arena arena;
    cr_diags diags;
    cr_ast ast = {0};
    cr_file file = file_of("gb.civ", cr_str_of(text));
    (void)state;
    cr_arena_init(&arena, cr_alloc_default());
    cr_diags_init(&diags, &arena);
    ast.arena = &arena;
    assert_int_equal(cr_parse(&ast, &file, 0, NULL, &diags), 1);
    assert_int_equal(diags.list.n, 1);
    assert_int_equal(diags.list.at[0].code, CR_D_ENCODING);
    assert_int_equal(diags.list.at[0].pos.line, 3);
    assert_int_equal(diags.list.at[0].pos.col, 10);
    cr_arena_free(&arena);
}

static void every_failing_allocation_is_reported(void **state)
{
    (void)state;
    assert_int_equal(over_files(1), 0);
}

/* How often a require stands in the chain of a definition; -1 = the chain does not end. */
static int gated(const cr_program *p, const char *name, const char *require)
{
    int times = 0, steps = 0;
    int32_t def = cr_program_def(p, cr_program_entity(p, CR_STR("household")), cr_str_of(name));
    assert_true(def >= 0);
    for (int32_t g = p->defs.at[def].gate; g >= 0; g = p->defs.at[g].next_gate) {
        if (++steps > (int)p->defs.n)
            return -1;
        times += cr_str_eq(p->defs.at[g].name, cr_str_of(require));
    }
    return times;
}

/* gates.civ: r0 names y; r1 names x twice; r2 names both; r3 names z twice. */
static void every_require_gates_each_name_once(void **state)
{
    static const char *const requires[] = {"core.r0", "core.r1", "core.r2", "core.r3"};
    static const struct {
        const char *name;
        int times[4];
    } want[] = {{"core.x", {0, 1, 1, 0}}, {"core.y", {1, 0, 1, 0}}, {"core.z", {0, 0, 0, 1}}};
    size_t n = 0;
    cr_arena arena;
    cr_diags diags;
    cr_ast ast = {0};
    cr_program program;
    cr_file file = {0};
    (void)state;
    char *text = slurp(FOLDER "/gates.civ", &n);
    assert_non_null(text);
    cr_arena_init(&arena, cr_alloc_default());
    cr_diags_init(&diags, &arena);
    ast.arena = &arena;
    file.name = CR_STR("gates.civ");
    file.text.p = text;
    file.text.n = n;
    assert_int_equal(cr_parse(&ast, &file, 0, NULL, &diags), 0);
    assert_int_equal(cr_check(&program, &ast, &diags), 0);
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        for (int r = 0; r < 4; r++)
            assert_int_equal(gated(&program, want[i].name, requires[r]), want[i].times[r]);
    cr_arena_free(&arena);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(findings_stand_where_the_files_say),
        cmocka_unit_test(every_diagnostic_has_a_line),
        cmocka_unit_test(another_encoding_is_one_finding),
        cmocka_unit_test(every_require_gates_each_name_once),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
