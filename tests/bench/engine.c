/* SPDX-License-Identifier: Apache-2.0 */
/* The yardstick by the library: yardstick.civ read from its file, over the same columns, handed
   over as any producer of Arrow data would. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "yardstick.h"

enum { ON = 20454 /* 2026-01-01 */ };

/* ---- columns ---- */

static void make_persons(table *t, const yard_columns *c)
{
    t->rows = c->persons;
    table_add(t, "wage_fen", "l", c->wage);
    table_add(t, "pension_fen", "l", c->pension);
    table_add(t, "other_fen", "l", c->other);
    table_add(t, "employed", "C", c->employed);
    table_add(t, "age", "C", c->age);
    table_add(t, "grade", "C", c->grade);
    table_add(t, "illness", "C", c->illness);
    table_close(t);
}

static void make_households(table *t, table *persons, const yard_columns *c)
{
    static const char *const counties[] = {"c0", "c1", "c2", "c3", "c4",
                                           "c5", "c6", "c7", "c8", "c9"},
                             *const kinds[] = {"urban", "rural"};
    t->rows = c->households;
    table_add_words(t, "county", "C", c->county, counties, 10);
    table_add_words(t, "residence", "C", c->rural, kinds, 2);
    table_add(t, "cars", "C", c->cars);
    table_add(t, "dwellings", "C", c->dwellings);
    table_add(t, "deposits_fen", "l", c->deposits);
    table_add(t, "medical_fen", "l", c->medical);
    table_add(t, "education_fen", "l", c->education);
    table_add_list(t, "members", persons, c->offsets);
    table_close(t);
}

/* One value in a hundred of a column is null. */
static void punch(column *c, int percent)
{
    for (int64_t i = 0; i < c->array.length; i++)
        if (i * 2654435761 % 100 < percent)
            column_null(c, i);
}

/* ---- memory ---- */

/* A host that decides a million households again and again keeps the memory of the answers, as the
   other ways of computing them do; malloc gives it back to the system and clears it anew. */
enum { MOST_KEPT = 64, LARGE = 1 << 16 };

typedef struct kept {
    void *at[MOST_KEPT];
    size_t size[MOST_KEPT];
    int n;
} kept;

static void *keep(void *user, void *pointer, size_t old_size, size_t new_size)
{
    kept *k = user;
    if (new_size < LARGE && old_size < LARGE) {
        if (new_size)
            return realloc(pointer, new_size);
        free(pointer);
        return NULL;
    }
    if (pointer && new_size) { /* from small to large, or larger still */
        void *other = keep(user, NULL, 0, new_size);
        if (other)
            memcpy(other, pointer, old_size < new_size ? old_size : new_size);
        if (other)
            keep(user, pointer, old_size, 0);
        return other;
    }
    if (new_size) {
        for (int i = 0; i < k->n; i++)
            if (k->size[i] == new_size) {
                void *found = k->at[i];
                k->at[i] = k->at[--k->n];
                k->size[i] = k->size[k->n];
                return found;
            }
        return malloc(new_size);
    }
    if (k->n < MOST_KEPT) {
        k->at[k->n] = pointer;
        k->size[k->n++] = old_size;
    } else {
        free(pointer);
    }
    return NULL;
}

/* ---- the library ---- */

struct yard_engine {
    kept memory;
    civ_engine *engine;
    civ_policy *policy;
    civ_calculator *calculator;
    civ_batch *batch;
    table persons, households;
    struct ArrowSchema schema; /* of the answers */
    struct ArrowArray out;     /* of the last run */
};

static void need(civ_status bad, const civ_error *error)
{
    if (!bad)
        return;
    fprintf(stderr, "yardstick: %s\n", error->message);
    exit(1);
}

static char *read_file(const char *path, size_t *n)
{
    static char text[1 << 20];
    FILE *file = fopen(path, "rb");
    *n = file ? fread(text, 1, sizeof text, file) : 0;
    if (*n == 0 || *n == sizeof text) {
        fprintf(stderr, "yardstick: %s cannot be read\n", path);
        exit(1);
    }
    fclose(file);
    return text;
}

static void read_policy(yard_engine *e, const char *path, int keeps)
{
    civ_error error = CIV_ERROR_INIT;
    civ_engine_options options = CIV_ENGINE_OPTIONS_INIT;
    options.alloc = keeps ? keep : NULL;
    options.alloc_user = &e->memory;
    civ_policy_builder *builder;
    civ_text name = {path, strlen(path)}, text;
    text.data = read_file(path, &text.length);
    need(civ_engine_create(&e->engine, &options, &error), &error);
    need(civ_policy_builder_create(&builder, e->engine, &error), &error);
    need(civ_policy_builder_add(builder, name, text, CIV_FILE_PACK, &error), &error);
    need(civ_policy_build(&e->policy, builder, &error), &error);
    civ_policy_builder_release(builder);
}

yard_engine *yard_engine_make(const yard_columns *c, const char *policy_path, unsigned threads,
                              int nulls_percent, int keeps)
{
    static const char *const outputs[] = {"yardstick.eligible", "yardstick.percap",
                                          "yardstick.benefit", "yardstick.life", "yardstick.care"};
    civ_error error = CIV_ERROR_INIT;
    civ_calculator_options options = CIV_CALCULATOR_OPTIONS_INIT;
    civ_batch_options batch = CIV_BATCH_OPTIONS_INIT;
    civ_text wanted[5];
    yard_engine *e = calloc(1, sizeof *e);
    if (!e)
        exit(1);
    read_policy(e, policy_path, keeps);
    for (int i = 0; i < 5; i++)
        wanted[i] = (civ_text){outputs[i], strlen(outputs[i])};
    need(civ_calculator_create(&e->calculator, e->policy, wanted, 5, &options, &error), &error);
    make_persons(&e->persons, c);
    punch(&e->persons.columns[2], nulls_percent); /* other income */
    make_households(&e->households, &e->persons, c);
    batch.on = ON;
    batch.threads = threads;
    need(civ_batch_create(&e->batch, e->calculator, &batch, &error), &error);
    need(civ_batch_bind(e->batch, &e->households.schema, &error), &error);
    need(civ_batch_output_schema(&e->schema, e->batch, &error), &error);
    return e;
}

size_t yard_engine_operations(const yard_engine *e)
{
    return civ_calculator_operation_count(e->calculator);
}

void yard_engine_run(yard_engine *e)
{
    civ_error error = CIV_ERROR_INIT;
    if (e->out.release)
        e->out.release(&e->out);
    need(civ_batch_run(&e->out, e->batch, &e->households.array, &error), &error);
}

/* ---- totals ---- */

static const void *values(const struct ArrowSchema *s, const struct ArrowArray *a, const char *name)
{
    for (int64_t i = 0; i < s->n_children; i++)
        if (strcmp(s->children[i]->name, name) == 0)
            return a->children[i]->buffers[1];
    fprintf(stderr, "yardstick: no answers %s\n", name);
    exit(1);
}

static int64_t sum(const struct ArrowSchema *s, const struct ArrowArray *a, const char *name)
{
    const int64_t *fen = values(s, a, name);
    int64_t all = 0;
    for (int64_t i = 0; i < a->length; i++)
        all += fen[i];
    return all;
}

static int64_t not_known(const struct ArrowSchema *s, const struct ArrowArray *a, const char *name)
{
    const uint8_t *answer = values(s, a, name);
    int64_t all = 0;
    for (int64_t i = 0; i < a->length; i++)
        all += answer[i] != CIV_KNOWN;
    return all;
}

int64_t yard_engine_add_up(yard_totals *t, const yard_engine *e)
{
    const struct ArrowSchema *s = &e->schema;
    const struct ArrowArray *a = &e->out;
    const uint8_t *eligible = values(s, a, "yardstick.eligible");
    const int64_t *benefit = values(s, a, "yardstick.benefit");
    memset(t, 0, sizeof *t);
    for (int64_t i = 0; i < a->length; i++) {
        t->eligible += eligible[i / 8] >> i % 8 & 1;
        t->checksum += (uint64_t)benefit[i] * ((uint64_t)i % 1009 + 1);
    }
    t->benefit = sum(s, a, "yardstick.benefit");
    t->per_head = sum(s, a, "yardstick.percap");
    int64_t open = not_known(s, a, "yardstick.eligible.answer") +
                   not_known(s, a, "yardstick.percap.answer") +
                   not_known(s, a, "yardstick.benefit.answer");
    for (int64_t i = 0; i < s->n_children; i++)
        if (strcmp(s->children[i]->name, "members") == 0) {
            const struct ArrowArray *list = a->children[i];
            s = s->children[i]->children[0];
            a = list->children[0];
            t->living = sum(s, a, "yardstick.life");
            t->care = sum(s, a, "yardstick.care");
            return open + not_known(s, a, "yardstick.life.answer") +
                   not_known(s, a, "yardstick.care.answer");
        }
    exit(1);
}
