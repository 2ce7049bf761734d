/* SPDX-License-Identifier: Apache-2.0 */
/* The policy's hash: SHA-256 over the token streams of its packs by module name, then of its
 * amendments in order. */
#include "lang/format.h"
#include "policy/regions.h"

/* Name of the first module statement of a file; its own name where there is none. */
static cr_str module_of(const cr_policy *p, uint32_t file)
{
    for (uint32_t i = 0; i < p->ast.stmts.n; i++)
        if (p->ast.stmts.at[i]->kind == CR_S_MODULE && p->ast.stmts.at[i]->pos.file == file)
            return p->ast.stmts.at[i]->name;
    return p->files[file].name;
}

static int comes_before(const cr_policy *p, uint32_t a, uint32_t b)
{
    int order = cr_str_cmp(module_of(p, a), module_of(p, b));
    return order ? order < 0 : cr_str_cmp(p->files[a].name, p->files[b].name) < 0;
}

static uint32_t hashed_files(const cr_policy *p, uint32_t *list)
{
    uint32_t n = 0, packs;
    for (uint32_t i = 0; i < p->n_files; i++)
        if (!p->files[i].is_examples && !p->files[i].is_amendment && !p->files[i].is_let)
            list[n++] = i;
    packs = n;
    for (uint32_t i = 1; i < packs; i++)
        for (uint32_t j = i; j > 0 && comes_before(p, list[j], list[j - 1]); j--) {
            uint32_t t = list[j];
            list[j] = list[j - 1];
            list[j - 1] = t;
        }
    for (uint32_t i = 0; i < p->n_files; i++)
        if (p->files[i].is_amendment)
            list[n++] = i;
    return n;
}

int cr_policy_make_hash(cr_policy *p)
{
    cr_sha256 hash;
    unsigned char digest[32];
    uint32_t *list = cr_arena_get(&p->arena, (size_t)p->n_files + 1, sizeof *list);
    if (!list)
        return 2;
    cr_sha256_init(&hash);
    uint32_t n = hashed_files(p, list);
    for (uint32_t i = 0; i < n; i++) {
        /* where a file begins, and what it is: no token contains a line feed */
        cr_sha256_put(&hash, p->files[list[i]].is_amendment ? "\nA" : "\nP", 2);
        for (uint32_t k = 0; k < p->ast.tokens.n; k++)
            if (p->ast.tokens.at[k].file == list[i])
                cr_format_hash(&hash, &p->ast.tokens.at[k]);
    }
    cr_sha256_end(&hash, digest);
    cr_sha256_hex(digest, p->sha256);
    return 0;
}
