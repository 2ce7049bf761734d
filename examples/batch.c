/* SPDX-License-Identifier: Apache-2.0 */
/* Three households as Arrow columns, decided at once. The arrays stand in static memory here; a
   host has them from its database or data frame.

   cc examples/batch.c $(pkg-config --cflags --libs civicrules) && ./a.out */
#include <stdio.h>
#include <string.h>

#include "civicrules/arrow.h"

static void kept(struct ArrowArray *a)
{
    a->release = NULL; /* nothing is to be freed: the memory is static */
}

static void kept_schema(struct ArrowSchema *s)
{
    s->release = NULL;
}

#define SCHEMA(FORMAT, NAME, N, CHILDREN)                                                          \
    {                                                                                              \
        FORMAT, NAME, NULL, ARROW_FLAG_NULLABLE, N, CHILDREN, NULL, kept_schema, NULL              \
    }
#define ARRAY(LENGTH, BUFFERS, N, CHILDREN)                                                        \
    {                                                                                              \
        LENGTH, -1, 0, sizeof BUFFERS / sizeof *BUFFERS, N, BUFFERS, CHILDREN, NULL, kept, NULL    \
    }

static const char PACK[] =
    "module old \"高龄津贴\" / \"old age allowance\"\n"
    "entity home \"家庭\" / \"household\"\n"
    "  root\n"
    "  members : list of person, at most 50\n"
    "entity person \"成员\" / \"member\"\n"
    "  born : date\n"
    "  pension : money per month >= 0\n"
    "define person.old.amount : money per month \"津贴\" / \"allowance\"\n"
    "  when years from born to on < 80 years = 0 yuan per month\n"
    "  otherwise = highest(100 yuan per month, 300 yuan per month - pension / 10)\n"
    "  rounded up to 1 yuan\n"
    "  by design \"an example\"\n"
    "define home.old.total : money per month \"合计\" / \"total\"\n"
    "  = sum of members.old.amount\n"
    "  by design \"an example\"\n";

/* members: the day each was born (days since 1970), pension in fen; the last pension is out of
 * range */
static const int32_t born[] = {-12000, -11500, 5000, -15000, -9000, -13000}, off[] = {0, 3, 5, 6};
static const int64_t pension[] = {123450, 250000, 0, 0, 99, -1};
static const void *born_buffers[] = {NULL, born}, *pension_buffers[] = {NULL, pension},
                  *none[] = {NULL};
static struct ArrowArray born_array = ARRAY(6, born_buffers, 0, NULL),
                         pension_array = ARRAY(6, pension_buffers, 0, NULL);
static struct ArrowArray *member_columns[] = {&born_array, &pension_array};
static struct ArrowArray member_array = ARRAY(6, none, 2, member_columns);
static struct ArrowSchema born_schema = SCHEMA("tdD", "born", 0, NULL),
                          pension_schema = SCHEMA("l", "pension_fen", 0, NULL);
static struct ArrowSchema *member_schemas[] = {&born_schema, &pension_schema};
static struct ArrowSchema member_schema = SCHEMA("+s", "item", 2, member_schemas);

/* households: members */
static const void *members_buffers[] = {NULL, off};
static struct ArrowArray *member_rows[] = {&member_array};
static struct ArrowArray members_array = ARRAY(3, members_buffers, 1, member_rows);
static struct ArrowArray *columns[] = {&members_array};
static struct ArrowArray table = ARRAY(3, none, 1, columns);
static struct ArrowSchema *item_schemas[] = {&member_schema};
static struct ArrowSchema members_schema = SCHEMA("+l", "members", 1, item_schemas);
static struct ArrowSchema *schemas[] = {&members_schema};
static struct ArrowSchema table_schema = SCHEMA("+s", "", 1, schemas);

static civ_text text(const char *s)
{
    civ_text t = {s, strlen(s)};
    return t;
}

static civ_status decide(civ_calculator *calculator, civ_error *error)
{
    civ_batch_options o = CIV_BATCH_OPTIONS_INIT;
    civ_batch *batch = NULL;
    struct ArrowArray out;
    o.on = 19487; /* 2023-05-10 */
    o.threads = 2;
    civ_status bad = civ_batch_create(&batch, calculator, &o, error);
    if (!bad)
        bad = civ_batch_bind(batch, &table_schema, error);
    if (bad == CIV_ERROR_SCHEMA)
        printf("%.*s\n", (int)civ_batch_mismatch(batch).length, civ_batch_mismatch(batch).data);
    if (!bad)
        bad = civ_batch_run(&out, batch, &table, error);
    if (!bad) {
        const int64_t *total = out.children[0]->buffers[1];  /* `old.total`, in fen */
        const uint8_t *answer = out.children[1]->buffers[1]; /* `old.total.answer` */
        for (int i = 0; i < 3; i++)
            printf("household %d: answer %d, %ld fen\n", i, answer[i], (long)total[i]);
        out.release(&out);
    }
    civ_batch_release(batch);
    return bad;
}

int main(void)
{
    civ_engine *engine = NULL;
    civ_policy_builder *builder = NULL;
    civ_policy *policy = NULL;
    civ_calculator *calculator = NULL;
    civ_error error = CIV_ERROR_INIT;
    civ_text wanted = text("old.total");
    civ_status bad = civ_engine_create(&engine, NULL, &error);
    if (!bad)
        bad = civ_policy_builder_create(&builder, engine, &error);
    if (!bad)
        bad = civ_policy_builder_add(builder, text("old.civ"), text(PACK), CIV_FILE_PACK, &error);
    if (!bad)
        bad = civ_policy_build(&policy, builder, &error);
    if (!bad)
        bad = civ_calculator_create(&calculator, policy, &wanted, 1, NULL, &error);
    if (!bad)
        bad = decide(calculator, &error);
    if (bad)
        fprintf(stderr, "%s\n", error.message);
    civ_calculator_release(calculator);
    civ_policy_release(policy);
    civ_policy_builder_release(builder);
    civ_engine_release(engine);
    return bad != CIV_OK;
}
