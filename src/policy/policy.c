/* SPDX-License-Identifier: Apache-2.0 */
/* Building a policy from texts. */
#include <string.h>

#include "base/date.h"
#include "lang/parse.h"
#include "policy/amend.h"
#include "policy/regions.h"

static int copy_files(cr_policy *p, const cr_policy_input *in)
{
    p->n_files = in->n_files + in->n_lets;
    p->files = cr_arena_get(&p->arena, (size_t)p->n_files + 1, sizeof *p->files);
    if (!p->files)
        return 2;
    for (uint32_t i = 0; i < p->n_files; i++) {
        cr_file *f = &p->files[i];
        if (i < in->n_files) {
            *f = in->files[i];
            f->name = cr_arena_text(&p->arena, in->files[i].name);
            f->text = cr_arena_text(&p->arena, in->files[i].text);
        } else {
            f->name = CR_STR("let");
            f->text = cr_arena_text(&p->arena, in->lets[i - in->n_files]);
            f->is_let = 1;
        }
        if (!f->name.p || !f->text.p)
            return 2;
    }
    return 0;
}

static int parse_all(cr_policy *p, cr_diags *d)
{
    int bad = 0;
    for (uint32_t i = 0; i < p->n_files; i++) {
        cr_let let = {0};
        int one = p->files[i].is_let ? cr_parse_let(&p->ast, p->files, i, &let, d)
                                     : cr_parse(&p->ast, p->files, i, NULL, d);
        if (one == 2)
            return 2;
        bad |= one;
        if (!p->files[i].is_let || one)
            continue;
        if (!CR_PUSH(&p->arena, p->lets, let) ||
            !CR_PUSH(&p->arena, p->let_texts, p->files[i].text))
            return 2;
    }
    return bad;
}

/* The name and version shown in receipts: of the first module that has a version. */
static void name_policy(cr_policy *p)
{
    p->name = CR_STR("civicrules");
    p->version = CR_STR("");
    for (uint32_t i = 0; i < p->program.modules.n; i++)
        if (p->program.modules.at[i].stmt->version.n > 0) {
            p->version = p->program.modules.at[i].stmt->version;
            return;
        }
}

static int steps(cr_policy *p, const cr_policy_input *in, cr_diags *d)
{
    int bad = copy_files(p, in);
    if (!bad)
        bad = parse_all(p, d);
    if (bad != 2) { /* later steps also speak of what did parse */
        int more = cr_amend_apply(&p->ast, p->files, d);
        bad = more > bad ? more : bad;
    }
    if (bad != 2) {
        int more = cr_check(&p->program, &p->ast, d);
        bad = more > bad ? more : bad;
    }
    if (!bad)
        bad = cr_policy_make_regions(p, d);
    if (!bad)
        bad = cr_policy_make_calendar(p, d);
    if (!bad)
        bad = cr_policy_make_tables(p, d);
    if (!bad)
        bad = cr_policy_make_hash(p);
    name_policy(p);
    return bad;
}

int cr_policy_build(cr_policy **out, const cr_policy_input *in, cr_alloc alloc, cr_diags *d)
{
    *out = NULL;
    cr_policy *p = cr_mem_get(&alloc, 1, sizeof *p);
    if (!p)
        return 2;
    p->alloc = alloc;
    p->references = 1;
    cr_arena_init(&p->arena, alloc);
    p->arena.limit = in->max_bytes ? in->max_bytes : 256u << 20;
    p->ast.arena = &p->arena;
    p->until = in->known;
    int bad = steps(p, in, d);
    p->until = NULL;                             /* the caller's */
    if (!bad && (p->arena.oom || d->arena->oom)) /* a warning that is lost is lost memory, too */
        bad = 2;
    if (bad) {
        int over = p->arena.over_limit;
        if (bad == 1) /* the findings speak of texts that go with the policy */
            bad = cr_diags_keep(d) ? 2 : 1;
        cr_policy_release(p);
        return bad == 2 && over ? 3 : bad;
    }
    *out = p;
    return 0;
}

void cr_policy_retain(cr_policy *p)
{
    __atomic_add_fetch(&p->references, 1, __ATOMIC_RELAXED);
}

void cr_policy_release(cr_policy *p)
{
    if (!p || __atomic_sub_fetch(&p->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    cr_alloc alloc = p->alloc;
    cr_arena_free(&p->arena);
    cr_mem_free(&alloc, p, sizeof *p);
}
