/* SPDX-License-Identifier: Apache-2.0 */
/* The checker: files of tests/lang/check say on each line which findings stand there (`# CR0206`);
   a file without any must be accepted. Every file is also checked with memory running out at
   hundreds of places. */
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

#include "lang/check.h"
#include "lang/parse.h"

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
    char *p = malloc((size_t)size + 1);
    *n = p ? fread(p, 1, (size_t)size, f) : 0;
    fclose(f);
    return p;
}

/* `# CR0206 CR0305` at the end of a line: the findings wanted there. */
static int wanted(cr_str text, uint32_t line, unsigned code)
{
    size_t at = 0;
    char mark[8];
    snprintf(mark, sizeof mark, "CR%04u", code);
    for (uint32_t l = 1; l < line && at < text.n; at++)
        l += text.p[at] == '\n';
    size_t end = at, hash;
    while (end < text.n && text.p[end] != '\n')
        end++;
    for (hash = at; hash < end && text.p[hash] != '#'; hash++)
        ;
    for (; hash + 6 <= end; hash++)
        if (memcmp(text.p + hash, mark, 6) == 0)
            return 1;
    return 0;
}

static int found_at(const cr_diags *d, uint32_t line, unsigned code)
{
    for (uint32_t i = 0; i < d->list.n; i++)
        if (d->list.at[i].pos.line == line && (unsigned)d->list.at[i].code == code)
            return 1;
    return 0;
}

static int compare(const char *path, cr_str text, const cr_diags *d)
{
    int bad = 0;
    uint32_t line = 1;
    for (uint32_t i = 0; i < d->list.n; i++)
        if (!wanted(text, d->list.at[i].pos.line, (unsigned)d->list.at[i].code)) {
            printf("%s:%u:%u: not expected: CR%04u [%.*s] expected [%.*s]\n", path,
                   d->list.at[i].pos.line, d->list.at[i].pos.col, (unsigned)d->list.at[i].code,
                   (int)d->list.at[i].found.n, d->list.at[i].found.p ? d->list.at[i].found.p : "",
                   (int)d->list.at[i].expected.n,
                   d->list.at[i].expected.p ? d->list.at[i].expected.p : "");
            bad++;
        }
    for (size_t i = 0; i + 6 <= text.n; i++) {
        unsigned code = 0;
        line += text.p[i] == '\n';
        if (memcmp(text.p + i, "CR0", 3) == 0 && sscanf(text.p + i + 2, "%4u", &code) == 1 &&
            !found_at(d, line, code)) {
            printf("%s:%u: expected CR%04u\n", path, line, code);
            bad++;
        }
    }
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
    cr_file file = {0};
    ast.arena = &arena;
    file.name = cr_str_of(path);
    file.text = text;
    int rc = cr_parse(&ast, &file, 0, NULL, &diags);
    if (rc != 2) {
        int checked = cr_check(&program, &ast, &diags);
        rc = checked > rc ? checked : rc;
    }
    if (used) {
        *used = (size_t)(arena.at - start);
        *bad += compare(path, text, &diags);
    }
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

static int ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n > m && strcmp(name + n - m, end) == 0;
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
        check_text(path, s, &f, &used, &bad);
        if (faults)
            fault_loop(path, s, used, &bad);
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
        cmocka_unit_test(every_require_gates_each_name_once),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
