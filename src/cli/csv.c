/* SPDX-License-Identifier: Apache-2.0 */
/* Records of CSV files through libcsv: cells stay the text that they are. */
#include <stdlib.h>
#include <string.h>
#ifdef CIVICRULES_HAVE_LIBCSV
#include <csv.h>
#endif

#include "batch.h"

void cli_put(cli_buf *b, const char *bytes, size_t n)
{
    if (b->oom || n == 0)
        return;
    if (b->n + n > b->cap) {
        size_t cap = b->cap ? b->cap : 256;
        while (cap < b->n + n)
            cap *= 2;
        char *p = realloc(b->p, cap);
        if (!p) {
            b->oom = 1;
            return;
        }
        b->p = p;
        b->cap = cap;
    }
    memcpy(b->p + b->n, bytes, n);
    b->n += n;
}

void cli_puts(cli_buf *b, const char *text)
{
    cli_put(b, text, strlen(text));
}

void cli_csv_cell(cli_buf *line, const char *bytes, size_t n)
{
    cli_csv_put(line, bytes, n);
    cli_puts(line, ",");
}

int cli_csv_end(cli_buf *line, FILE *to)
{
    line->n -= line->n > 0; /* the last comma */
    cli_puts(line, "\r\n");
    int bad = line->oom || fwrite(line->p, 1, line->n, to) != line->n;
    line->n = 0;
    return bad ? EXIT_OTHER : 0;
}

#ifdef CIVICRULES_HAVE_LIBCSV

enum { BLOCK = 1 << 16 };

typedef struct csv_queued {
    uint64_t number;
    size_t first, n; /* cells */
    int open_quote;
} csv_queued;

struct cli_csv {
    cli_bytes bytes;
    struct csv_parser parser;
    char block[BLOCK];
    cli_buf text;  /* of the cells that wait */
    cli_buf ends;  /* size_t: where each ends in `text` */
    cli_buf queue; /* csv_queued */
    cli_buf cells; /* civ_text of the record given last */
    size_t next, first;
    uint64_t number;
    int last_end; /* the character that ended the last record */
    int ended, tabs;
    int open_quote; /* of the record being read */
};

static void on_cell(void *cell, size_t n, void *user)
{
    cli_csv *c = user;
    cli_put(&c->text, cell, n);
    cli_put(&c->ends, (const char *)&c->text.n, sizeof c->text.n);
}

/* A quotation mark that does not close swallows the lines below it. None of them is lost: each
   becomes a record of its own, and all of them are said to be doubtful. */
static void split_record(cli_csv *c, size_t n)
{
    cli_buf text = {0};
    size_t *old = (size_t *)(void *)c->ends.p;
    size_t from = c->first ? old[c->first - 1] : 0, start = from;
    char delimiter = c->tabs ? '\t' : ',';
    c->open_quote = 0;
    for (size_t i = c->first; i < n; i++) {
        cli_put(&text, c->text.p + from, old[i] - from);
        from = old[i];
        cli_put(&text, i + 1 < n ? "\0" : "\n", 1); /* 0: a cell that ended by itself */
    }
    c->text.n = start;
    c->ends.n = c->first * sizeof *old;
    for (size_t i = 0, cells = 0; i < text.n && !text.oom; i++) {
        int is_end = text.p[i] == '\n' || (text.p[i] == '\r' && text.p[i + 1] != '\n'),
            is_cell = text.p[i] == 0 || text.p[i] == delimiter;
        if (!is_end && !is_cell) {
            cli_put(&c->text, text.p + i, text.p[i] != '\r');
            continue;
        }
        on_cell(NULL, 0, c);
        cells++;
        if (is_end && cells == 1 && c->text.n == start) { /* an empty line */
            c->ends.n -= sizeof(size_t);
            c->number++;
            cells = 0;
        } else if (is_end) {
            csv_queued q = {++c->number, c->first, cells, 1};
            cli_put(&c->queue, (const char *)&q, sizeof q);
            c->first += cells;
            cells = 0;
            start = c->text.n;
        }
    }
    c->text.oom |= text.oom;
    free(text.p);
}

/* Every line end is reported, so that empty lines count as a spreadsheet counts them. */
static void on_end(int end, void *user)
{
    cli_csv *c = user;
    size_t n = c->ends.n / sizeof(size_t);
    if (n == c->first) {
        int tail = end == '\n' && c->last_end == '\r';
        c->number += end > 0 && !tail;
        c->last_end = tail ? 0 : end;
        return;
    }
    c->last_end = end;
    if (c->open_quote) {
        split_record(c, n);
        return;
    }
    csv_queued q = {++c->number, c->first, n - c->first, 0};
    cli_put(&c->queue, (const char *)&q, sizeof q);
    c->first = n;
}

static int no_blank(unsigned char c)
{
    (void)c;
    return 0;
}

static int start(cli_csv *c)
{
    if (csv_init(&c->parser, CSV_REPALL_NL))
        return EXIT_OTHER;
    csv_set_space_func(&c->parser, no_blank);
    csv_set_delim(&c->parser, c->tabs ? CSV_TAB : CSV_COMMA);
    c->text.n = c->ends.n = c->queue.n = 0;
    c->next = c->first = 0;
    c->number = 0;
    c->last_end = c->ended = c->open_quote = 0;
    return 0;
}

/* The first line tells whether tabs or commas stand between the cells. */
static void see_delimiter(cli_csv *c)
{
    size_t n = cli_bytes_read(&c->bytes, c->block, BLOCK), line = 0;
    while (line < n && c->block[line] != '\n')
        line++;
    c->tabs = memchr(c->block, '\t', line) && !memchr(c->block, ',', line);
    cli_bytes_rewind(&c->bytes);
}

int cli_csv_open(cli_csv **out, cli_bytes *opened, const char *path, const char *encoding, int zh)
{
    cli_csv *c = calloc(1, sizeof *c);
    *out = NULL;
    if (!c)
        return EXIT_OTHER;
    int bad = 0;
    if (opened && opened->in) {
        c->bytes = *opened;
        memset(opened, 0, sizeof *opened);
    } else {
        bad = cli_bytes_open(&c->bytes, path, encoding, zh);
    }
    if (!bad) {
        see_delimiter(c);
        bad = start(c);
    }
    if (bad) {
        cli_bytes_close(&c->bytes);
        free(c);
        return bad;
    }
    *out = c;
    return 0;
}

int cli_csv_rewind(cli_csv *c)
{
    csv_free(&c->parser);
    int bad = start(c);
    return bad ? bad : cli_bytes_rewind(&c->bytes);
}

static int is_inside_quotes(const struct csv_parser *p)
{
    enum { MIGHT_HAVE_ENDED = 3 }; /* after a quote that may close or double */
    return p->quoted && p->pstate != MIGHT_HAVE_ENDED;
}

/* Cells of a record that has begun but not ended stay for the next block. */
static void keep_rest(cli_csv *c)
{
    size_t n = c->ends.n / sizeof(size_t), rest = n - c->first;
    size_t *ends = (size_t *)(void *)c->ends.p;
    size_t from = c->first ? ends[c->first - 1] : 0, bytes = c->text.n - from;
    if (bytes > 0)
        memmove(c->text.p, c->text.p + from, bytes);
    for (size_t i = 0; i < rest; i++)
        ends[i] = ends[c->first + i] - from;
    c->text.n = bytes;
    c->ends.n = rest * sizeof *ends;
    c->queue.n = 0;
    c->next = c->first = 0;
}

/* A mark that closes is followed by the end of the cell. Where it is not, the parser would go on to
   the next mark, through any number of lines: the cell goes on without quotes instead, as
   spreadsheets have it, and the record is doubtful. */
static int parse(cli_csv *c, size_t n)
{
    enum { BEGUN = 2, MIGHT_HAVE_ENDED = 3 };
    const char *block = c->block;
    for (size_t at = 0, to; at < n; at = to) {
        struct csv_parser *p = &c->parser;
        char delimiter = c->tabs ? '\t' : ',';
        if (p->quoted && p->pstate == MIGHT_HAVE_ENDED && block[at] != '"' &&
            block[at] != delimiter && block[at] != '\n' && block[at] != '\r') {
            p->quoted = 0;
            p->pstate = BEGUN;
            c->open_quote = 1;
        }
        const char *quote = memchr(block + at, '"', n - at);
        to = quote ? (size_t)(quote - block) + 1 : n;
        if (csv_parse(p, block + at, to - at, on_cell, on_end, c) != to - at)
            return 1;
    }
    return 0;
}

static int fill(cli_csv *c)
{
    keep_rest(c);
    while (c->queue.n == 0 && !c->ended) {
        size_t n = cli_bytes_read(&c->bytes, c->block, BLOCK);
        c->ended = n == 0;
        c->open_quote |= c->ended && is_inside_quotes(&c->parser);
        if (c->bytes.failed ||
            (n > 0 ? parse(c, n) : csv_fini(&c->parser, on_cell, on_end, c) != 0))
            return 1;
    }
    return c->text.oom || c->ends.oom || c->queue.oom;
}

int cli_csv_next(cli_csv *c, cli_record *out)
{
    if (c->next * sizeof(csv_queued) >= c->queue.n && !c->ended && fill(c))
        return -1;
    if (c->next * sizeof(csv_queued) >= c->queue.n)
        return 0;
    const csv_queued *q = (const csv_queued *)(const void *)c->queue.p + c->next++;
    const size_t *ends = (const size_t *)(const void *)c->ends.p;
    size_t from = q->first ? ends[q->first - 1] : 0;
    c->cells.n = 0;
    for (size_t i = q->first; i < q->first + q->n; i++) {
        civ_text cell = {c->text.p ? c->text.p + from : "", ends[i] - from};
        cli_put(&c->cells, (const char *)&cell, sizeof cell);
        from = ends[i];
    }
    out->number = q->number;
    out->n = q->n;
    out->cells = (const civ_text *)(const void *)c->cells.p;
    out->open_quote = q->open_quote;
    return c->cells.oom ? -1 : 1;
}

const cli_bytes *cli_csv_bytes(const cli_csv *c)
{
    return &c->bytes;
}

void cli_csv_close(cli_csv *c)
{
    if (!c)
        return;
    csv_free(&c->parser);
    cli_bytes_close(&c->bytes);
    free(c->text.p);
    free(c->ends.p);
    free(c->queue.p);
    free(c->cells.p);
    free(c);
}

void cli_csv_put(cli_buf *out, const char *bytes, size_t n)
{
    int quoted = 0;
    for (size_t i = 0; i < n && !quoted; i++)
        quoted = memchr(",\"\r\n\t ", bytes[i], 6) != NULL;
    if (!quoted) {
        cli_put(out, bytes, n);
        return;
    }
    size_t need = csv_write(NULL, 0, bytes, n);
    char *cell = malloc(need + 1);
    if (!cell) {
        out->oom = 1;
        return;
    }
    csv_write(cell, need, bytes, n);
    cli_put(out, cell, need);
    free(cell);
}

int cli_csv_is_built(void)
{
    return 1;
}

#else /* the command says what is missing before it comes here */

int cli_csv_open(cli_csv **out, cli_bytes *opened, const char *path, const char *encoding, int zh)
{
    (void)opened, (void)path, (void)encoding, (void)zh;
    *out = NULL;
    return EXIT_OTHER;
}

int cli_csv_next(cli_csv *c, cli_record *out)
{
    (void)c, (void)out;
    return 0;
}

int cli_csv_rewind(cli_csv *c)
{
    (void)c;
    return EXIT_OTHER;
}

const cli_bytes *cli_csv_bytes(const cli_csv *c)
{
    (void)c;
    return NULL;
}

void cli_csv_close(cli_csv *c)
{
    (void)c;
}

void cli_csv_put(cli_buf *out, const char *bytes, size_t n)
{
    cli_put(out, bytes, n);
}

int cli_csv_is_built(void)
{
    return 0;
}

#endif
