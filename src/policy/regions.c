/* SPDX-License-Identifier: Apache-2.0 */
/* The table of regions: codes with parents, validity and successors. */
#include <string.h>

#include "base/date.h"
#include "policy/regions.h"

static const char NATION[] = "000000";

static int add_region(cr_policy *p, const cr_region *r)
{
    if (!CR_PUSH(&p->arena, p->regions, *r))
        return 2;
    int put = cr_map_put(&p->region_map, r->code, (int32_t)p->regions.n - 1);
    return put < 0 ? 2 : put == 0;
}

static int add_rows(cr_policy *p, const cr_stmt *s, cr_diags *d)
{
    for (uint32_t i = 0; i < s->regions.n; i++) {
        const cr_region_row *row = &s->regions.at[i];
        cr_region r = {0};
        r.code = row->code;
        r.label = row->label;
        r.parent = r.city = r.province = r.successor = -1;
        r.from = row->period.from;
        r.to = row->period.to;
        r.complete = row->complete;
        int bad = add_region(p, &r);
        if (bad == 2)
            return 2;
        if (bad)
            cr_diag_add(d, CR_D_DUPLICATE, row->pos, row->code, CR_STR("a code listed once"));
    }
    return 0;
}

static void link_rows(cr_policy *p, const cr_stmt *s, cr_diags *d)
{
    for (uint32_t i = 0; i < s->regions.n; i++) {
        const cr_region_row *row = &s->regions.at[i];
        cr_region *r = &p->regions.at[cr_map_get(&p->region_map, row->code)];
        r->parent = cr_map_get(&p->region_map, row->parent);
        if (r->parent < 0)
            cr_diag_add(d, CR_D_UNKNOWN_REGION, row->pos, row->parent,
                        CR_STR("a listed region as parent"));
        if (row->successor.n == 0)
            continue;
        r->successor = cr_map_get(&p->region_map, row->successor);
        if (r->successor < 0)
            cr_diag_add(d, CR_D_UNKNOWN_REGION, row->pos, row->successor,
                        CR_STR("a listed region as successor"));
    }
}

/* Whoever walks up a chain, or along successors, takes at most this many steps. */
enum { LONGEST = 7, FAR = 64 };

static int32_t next_place(const cr_policy *p, int32_t region, int successors)
{
    return successors ? p->regions.at[region].successor : p->regions.at[region].parent;
}

/* Rings and chains that a look-up would not walk to the end. */
static void check_chain(const cr_policy *p, const cr_region_row *row, int successors, cr_diags *d)
{
    int32_t start = cr_map_get(&p->region_map, row->code), n = 0, r = start;
    do
        r = next_place(p, r, successors);
    while (++n < FAR && r > 0 && r != start);
    if (r == start)
        cr_diag_add(d, CR_D_CYCLE, row->pos, row->code,
                    successors ? CR_STR("a successor that is not this place again")
                               : CR_STR("a place that does not lie in itself"));
    else if (n > LONGEST)
        cr_diag_add(d, CR_D_TOO_DEEP, row->pos, row->code, CR_STR("at most 7 places in a chain"));
}

static void check_chains(const cr_policy *p, cr_diags *d)
{
    for (uint32_t i = 0; i < p->ast.stmts.n; i++)
        for (uint32_t k = 0; k < p->ast.stmts.at[i]->regions.n; k++) {
            check_chain(p, &p->ast.stmts.at[i]->regions.at[k], 0, d);
            check_chain(p, &p->ast.stmts.at[i]->regions.at[k], 1, d);
        }
}

/* A version for a place: an unlisted code would silently be one for the place above it, or for
 * none.
 */
static void check_versions(const cr_policy *p, cr_diags *d)
{
    for (uint32_t i = 0; i < p->ast.stmts.n; i++) {
        const cr_stmt *s = p->ast.stmts.at[i];
        if (s->region.n > 0 && cr_map_get(&p->region_map, s->region) < 0)
            cr_diag_add(d, CR_D_UNKNOWN_REGION, s->name_pos, s->region,
                        CR_STR("a listed region after 'in region'"));
    }
}

/* Depth, province and city by walking up. */
static void place_all(cr_policy *p)
{
    for (uint32_t i = 1; i < p->regions.n; i++) {
        int32_t chain[LONGEST + 1], n = 0;
        for (int32_t r = (int32_t)i; r > 0 && n < LONGEST; r = p->regions.at[r].parent)
            chain[n++] = r;
        p->regions.at[i].depth = (uint8_t)n;
        p->regions.at[i].province = n >= 1 ? chain[n - 1] : -1;
        p->regions.at[i].city = n >= 2 ? chain[n - 2] : -1;
    }
}

int cr_policy_make_regions(cr_policy *p, cr_diags *d)
{
    cr_region nation = {0};
    uint32_t errors = d->errors;
    cr_map_init(&p->region_map, &p->arena);
    nation.code = cr_str_of(NATION);
    nation.label.zh = CR_STR("全国");
    nation.label.en = CR_STR("nation");
    nation.parent = nation.city = nation.province = nation.successor = -1;
    nation.from = CR_DATE_MIN;
    nation.to = CR_DATE_MAX;
    if (add_region(p, &nation))
        return 2;
    for (uint32_t i = 0; i < p->ast.stmts.n; i++)
        if (p->ast.stmts.at[i]->kind == CR_S_REGIONS && add_rows(p, p->ast.stmts.at[i], d))
            return 2;
    for (uint32_t i = 0; i < p->ast.stmts.n; i++)
        if (p->ast.stmts.at[i]->kind == CR_S_REGIONS)
            link_rows(p, p->ast.stmts.at[i], d);
    if (d->errors == errors)
        check_chains(p, d);
    check_versions(p, d);
    place_all(p);
    return d->errors > errors;
}

/* A replaced code is the place that replaced it: old codes stay in old records for ever. */
static int32_t current(const cr_policy *p, int32_t region)
{
    for (int n = 0; region >= 0 && p->regions.at[region].successor >= 0 && n < 8; n++)
        region = p->regions.at[region].successor;
    return region;
}

int cr_region_within(const cr_policy *p, int32_t region, int32_t within)
{
    within = current(p, within);
    for (int n = 0; region >= 0 && n < 8; n++) {
        if (current(p, region) == within)
            return 1;
        region = p->regions.at[region].parent;
    }
    return 0;
}

static int32_t find(const cr_policy *p, const char *digits, size_t n, char padded[6])
{
    cr_str code = {padded, 6};
    memset(padded, '0', 6);
    memcpy(padded, digits, n);
    return cr_map_get(&p->region_map, code);
}

int32_t cr_policy_region(const cr_policy *p, cr_str code)
{
    char padded[6];
    if (code.n != 6 && code.n != 9 && code.n != 12)
        return -1;
    for (size_t i = 0; i < code.n; i++)
        if (code.p[i] < '0' || code.p[i] > '9')
            return -1;
    int32_t exact = cr_map_get(&p->region_map, code);
    if (exact >= 0)
        return exact;
    for (size_t n = 6; n >= 2; n -= 2) { /* county, city, province */
        int32_t r = find(p, code.p, n, padded);
        if (r > 0) /* the nation lies above nothing by its digits */
            return n < 6 && p->regions.at[r].complete ? -1 : r;
    }
    return -1;
}
