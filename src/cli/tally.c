/* SPDX-License-Identifier: Apache-2.0 */
/* How far a batch is, and what came out in all. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "batch.h"

const char *const CLI_ANSWERS[5] = {"known", "undetermined", "no_data", "not_in_force", "invalid"};

int64_t cli_milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- sums ---- */

int cli_tally_open(cli_batch *b)
{
    b->n_tallies = civ_calculator_output_count(b->calculator);
    b->tallies = calloc(b->n_tallies + 1, sizeof *b->tallies);
    for (size_t i = 0; b->tallies && i < b->n_tallies; i++) {
        b->tallies[i].item.struct_size = sizeof b->tallies[i].item;
        civ_calculator_output(&b->tallies[i].item, b->calculator, i);
    }
    return b->tallies ? 0 : EXIT_OTHER;
}

void cli_tally_add(cli_tally *t, int answer)
{
    t->answers[answer >= 0 && answer < 5 ? answer : CIV_INVALID]++;
}

void cli_tally_sum(cli_tally *t, int64_t fen)
{
    t->fen += fen % 100;
    t->yuan += fen / 100 + t->fen / 100;
    t->fen %= 100;
}

/* ---- the summary ---- */

static void print_sum(const cli_tally *t)
{
    int64_t yuan = t->yuan, fen = t->fen;
    if (yuan > 0 && fen < 0) {
        yuan--;
        fen += 100;
    } else if (yuan < 0 && fen > 0) {
        yuan++;
        fen -= 100;
    }
    int negative = yuan < 0 || fen < 0;
    fprintf(stderr, "  %s%lld.%02lld%s", negative ? "-" : "", (long long)(negative ? -yuan : yuan),
            (long long)(negative ? -fen : fen), t->is_beyond ? " + …" : "");
}

static void print_outputs(const cli_batch *b)
{
    fprintf(stderr, "%-44s %10s %12s %8s %12s %8s  %s\n", b->o->zh ? "输出" : "output",
            b->o->zh ? "已知" : "known", b->o->zh ? "待定" : "undetermined",
            b->o->zh ? "无数据" : "no data", b->o->zh ? "未生效" : "not in force",
            b->o->zh ? "无效" : "invalid", b->o->zh ? "合计（元）" : "sum (yuan)");
    for (size_t i = 0; i < b->n_tallies; i++) {
        const cli_tally *t = &b->tallies[i];
        fprintf(stderr, "%-44.*s %10llu %12llu %8llu %12llu %8llu", (int)t->item.name.length,
                t->item.name.data, (unsigned long long)t->answers[0],
                (unsigned long long)t->answers[1], (unsigned long long)t->answers[2],
                (unsigned long long)t->answers[3], (unsigned long long)t->answers[4]);
        if (t->item.kind == CIV_KIND_MONEY)
            print_sum(t);
        fputc('\n', stderr);
    }
}

void cli_summary(const cli_batch *b, int64_t milliseconds)
{
    civ_text name = civ_policy_name(b->policy), version = civ_policy_version(b->policy),
             hash = civ_policy_sha256(b->policy);
    uint64_t rows = b->roots + b->children;
    print_outputs(b);
    cli_findings_summary(&b->findings);
    fprintf(stderr,
            b->o->zh ? "%llu 户，%llu 行下级记录，其中 %llu 行有误；用时 %lld.%03lld 秒"
                     : "%llu roots, %llu rows of children, %llu rows with errors; %lld.%03lld s",
            (unsigned long long)b->roots, (unsigned long long)b->children,
            (unsigned long long)b->flagged, (long long)(milliseconds / 1000),
            (long long)(milliseconds % 1000));
    if (milliseconds > 0)
        fprintf(stderr, b->o->zh ? "，每秒 %llu 行" : ", %llu rows per second",
                (unsigned long long)(rows * 1000 / (uint64_t)milliseconds));
    fprintf(stderr,
            b->o->zh ? "\n政策 %.*s %.*s sha256 %.*s\n" : "\npolicy %.*s %.*s sha256 %.*s\n",
            (int)name.length, name.data, (int)version.length, version.data, (int)hash.length,
            hash.data);
}

/* ---- progress ---- */

void cli_progress_begin(cli_progress *p, uint64_t total, int forced)
{
    memset(p, 0, sizeof *p);
    p->on = forced || isatty(STDERR_FILENO);
    p->total = total;
    p->started = cli_milliseconds();
    p->drawn = p->started - 1000;
}

void cli_progress_show(cli_progress *p, uint64_t done, int zh)
{
    enum { WIDTH = 30, EVERY = 200 };
    char bar[WIDTH + 1];
    int64_t now = p->on ? cli_milliseconds() : 0;
    if (!p->on || p->total == 0 || (now - p->drawn < EVERY && done < p->total))
        return;
    p->drawn = now;
    done = done < p->total ? done : p->total;
    size_t full = (size_t)(done * WIDTH / p->total);
    memset(bar, '#', full);
    memset(bar + full, '.', WIDTH - full);
    bar[WIDTH] = 0;
    fprintf(stderr, "\r[%s] %3d %%  %llu/%llu", bar, (int)(done * 100 / p->total),
            (unsigned long long)done, (unsigned long long)p->total);
    if (done > 0) {
        int64_t spent = now - p->started;
        int64_t left = (int64_t)((uint64_t)spent * (p->total - done) / done / 1000);
        fprintf(stderr, zh ? "  还需 %lld 秒 " : "  %lld s left ", (long long)left);
    }
    fflush(stderr);
}

void cli_progress_end(const cli_progress *p)
{
    if (p->on && p->total > 0)
        fputc('\n', stderr);
}
