/* SPDX-License-Identifier: Apache-2.0 */
/* Files as UTF-8: the encoding is recognised by a mark, by being UTF-8 throughout, or else taken
   for GB18030, which holds GBK and GB 2312. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#ifdef CIVICRULES_HAVE_ICONV
#include <iconv.h>
#endif
#include <stdlib.h>
#include <string.h>

#include "batch.h"

enum { RAW = 1 << 16 };

/* ---- UTF-8 ---- */

typedef struct utf8_state {
    unsigned left; /* bytes of the character to come */
    uint32_t value, least;
    int bad;
} utf8_state;

static void utf8_byte(utf8_state *s, unsigned char c)
{
    if (s->left > 0) {
        s->bad |= (c & 0xC0) != 0x80;
        s->value = s->value << 6 | (c & 0x3F);
        if (--s->left == 0)
            s->bad |= s->value < s->least || s->value > 0x10FFFF ||
                      (s->value >= 0xD800 && s->value < 0xE000);
        return;
    }
    s->left = c < 0x80 ? 0 : c < 0xC0 ? 9 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : c < 0xF8 ? 3 : 9;
    s->bad |= s->left == 9;
    s->value = s->left == 1 ? c & 0x1F : s->left == 2 ? c & 0x0F : c & 0x07;
    s->least = s->left == 1 ? 0x80 : s->left == 2 ? 0x800 : 0x10000;
}

static int is_utf8(FILE *in)
{
    char block[RAW];
    utf8_state s = {0, 0, 0, 0};
    size_t n;
    while (!s.bad && (n = fread(block, 1, sizeof block, in)) > 0)
        for (size_t i = 0; i < n && !s.bad; i++)
            utf8_byte(&s, (unsigned char)block[i]);
    return !s.bad && s.left == 0;
}

/* ---- recognising ---- */

/* Every second byte of the first ones is zero in UTF-16 of commas and digits. */
static const char *without_mark(const unsigned char *p, size_t n)
{
    size_t even = 0, odd = 0;
    for (size_t i = 0; i < n; i++) {
        even += i % 2 == 0 && p[i] == 0;
        odd += i % 2 == 1 && p[i] == 0;
    }
    return odd > n / 8 ? "UTF-16LE" : even > n / 8 ? "UTF-16BE" : NULL;
}

static void recognise(cli_bytes *b)
{
    unsigned char head[256];
    size_t n = fread(head, 1, sizeof head, b->in);
    b->is_marked = 1;
    if (n >= 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0)
        b->encoding = "UTF-8";
    else if (n >= 2 && memcmp(head, "\xFF\xFE", 2) == 0)
        b->encoding = "UTF-16LE";
    else if (n >= 2 && memcmp(head, "\xFE\xFF", 2) == 0)
        b->encoding = "UTF-16BE";
    else if (n >= 4 && memcmp(head, "\x84\x31\x95\x33", 4) == 0)
        b->encoding = "GB18030";
    else
        b->is_marked = 0;
    if (b->encoding)
        return;
    b->encoding = without_mark(head, n);
    rewind(b->in);
    if (!b->encoding)
        b->encoding = is_utf8(b->in) ? "UTF-8" : "GB18030";
}

/* A workbook is no text: ZIP holds xlsx and ods, a compound file xls and et. */
static const char *workbook(FILE *in)
{
    static const unsigned char compound[] = {0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1};
    unsigned char head[sizeof compound];
    size_t n = fread(head, 1, sizeof head, in);
    rewind(in);
    if (n == sizeof head && memcmp(head, compound, sizeof compound) == 0)
        return "xls, et";
    return n >= 4 && memcmp(head, "PK\x03\x04", 4) == 0 ? "xlsx, ods, et" : NULL;
}

static int is_workbook(const char *path, const char *kind, int zh)
{
    fprintf(stderr,
            zh ? "civicrules: “%s”是工作簿文件（%s），应为 CSV 或 JSON Lines；请另存为“CSV UTF-8”\n"
               : "civicrules: '%s' is a workbook (%s), expected CSV or JSON Lines: save it as 'CSV "
                 "UTF-8'\n",
            path, kind);
    return EXIT_USAGE;
}

/* A pipe can be read once only. */
static FILE *kept(FILE *in)
{
    char block[RAW];
    FILE *out = tmpfile();
    size_t n;
    while (out && (n = fread(block, 1, sizeof block, in)) > 0)
        if (fwrite(block, 1, n, out) != n) {
            fclose(out);
            out = NULL;
        }
    if (out && ferror(in)) {
        fclose(out);
        out = NULL;
    }
    return out;
}

static int cannot_read(const char *path, int zh)
{
    fprintf(stderr, zh ? "civicrules: 无法读取“%s”：%s\n" : "civicrules: cannot read '%s': %s\n",
            path, strerror(errno));
    return EXIT_USAGE;
}

/* UTF-8 that is not UTF-8 throughout goes through the converter too, which finds what is not. */
static int open_converter(cli_bytes *b, int zh)
{
    if (strcmp(b->encoding, "UTF-8") == 0) {
        rewind(b->in);
        if (is_utf8(b->in))
            return 0;
    }
#ifdef CIVICRULES_HAVE_ICONV
    iconv_t cd = iconv_open("UTF-8", b->encoding);
    b->raw = malloc(RAW);
    if (!b->raw)
        return EXIT_OTHER;
    if (cd != (iconv_t)-1) {
        b->converter = cd;
        return 0;
    }
#endif
    fprintf(stderr,
            zh ? "civicrules: “%s”是 %s 编码，此程序不能转换\n"
               : "civicrules: '%s' is %s, which this program cannot convert\n",
            b->path, b->encoding);
    return EXIT_USAGE;
}

int cli_bytes_open(cli_bytes *b, const char *path, const char *encoding, int zh)
{
    int std = strcmp(path, "-") == 0;
    memset(b, 0, sizeof *b);
    b->zh = zh;
    b->path = std ? (zh ? "标准输入" : "standard input") : path;
    FILE *in = std ? stdin : fopen(path, "rb");
    b->in = in;
    if (in && fseek(in, 0, SEEK_END)) {
        b->in = kept(in);
        if (!std)
            fclose(in);
    }
    if (!b->in || fseek(b->in, 0, SEEK_END))
        return cannot_read(b->path, zh);
    b->size = ftell(b->in);
    rewind(b->in);
    const char *kind = workbook(b->in);
    if (kind)
        return is_workbook(b->path, kind, zh);
    recognise(b);
    if (encoding) {
        b->is_marked &= strcmp(encoding, b->encoding) == 0;
        b->encoding = encoding;
    }
    if (ferror(b->in))
        return cannot_read(b->path, zh);
    int bad = open_converter(b, zh);
    return bad ? bad : cli_bytes_rewind(b);
}

int cli_bytes_rewind(cli_bytes *b)
{
    int utf16 = strncmp(b->encoding, "UTF-16", 6) == 0;
    long mark = !b->is_marked ? 0 : utf16 ? 2 : strcmp(b->encoding, "UTF-8") == 0 ? 3 : 4;
    b->n_raw = 0;
    b->ended = 0;
    b->done = mark;
#ifdef CIVICRULES_HAVE_ICONV
    if (b->converter)
        iconv(b->converter, NULL, NULL, NULL, NULL);
#endif
    clearerr(b->in);
    return fseek(b->in, mark, SEEK_SET) ? EXIT_USAGE : 0;
}

/* ---- reading ---- */

static size_t read_raw(cli_bytes *b, char *out, size_t cap)
{
    size_t n = fread(out, 1, cap, b->in);
    if (n == 0 && ferror(b->in)) {
        b->failed = 1;
        cannot_read(b->path, b->zh);
    }
    b->done += (int64_t)n;
    return n;
}

#ifdef CIVICRULES_HAVE_ICONV
static void put_replacement(char **to, size_t *room)
{
    memcpy(*to, "\xEF\xBF\xBD", 3);
    *to += 3;
    *room -= 3;
}

static size_t convert(cli_bytes *b, char *out, size_t cap)
{
    char *to = out;
    size_t room = cap;
    while (to == out) {
        if (!b->ended && b->n_raw < RAW / 2) {
            size_t n = read_raw(b, b->raw + b->n_raw, RAW - b->n_raw);
            b->ended = n == 0;
            b->n_raw += n;
        }
        if (b->n_raw == 0)
            break;
        char *from = b->raw;
        size_t left = b->n_raw;
        size_t r = iconv(b->converter, &from, &left, &to, &room);
        int is_broken = r == (size_t)-1 && (errno == EILSEQ || (errno == EINVAL && b->ended));
        if (is_broken && room >= 3) {
            put_replacement(&to, &room);
            from++;
            left--;
        }
        memmove(b->raw, from, left);
        b->n_raw = left;
    }
    return (size_t)(to - out);
}
#endif

size_t cli_bytes_read(cli_bytes *b, char *out, size_t cap)
{
#ifdef CIVICRULES_HAVE_ICONV
    if (b->converter)
        return convert(b, out, cap);
#endif
    return read_raw(b, out, cap);
}

int cli_bytes_first(cli_bytes *b)
{
    char block[256];
    int first = 0;
    size_t n = cli_bytes_read(b, block, sizeof block);
    for (size_t i = 0; i < n && !first; i++)
        first = strchr(" \t\r\n", block[i]) ? 0 : (unsigned char)block[i];
    cli_bytes_rewind(b);
    return first;
}

void cli_bytes_close(cli_bytes *b)
{
    if (b->in && b->in != stdin)
        fclose(b->in);
#ifdef CIVICRULES_HAVE_ICONV
    if (b->converter)
        iconv_close(b->converter);
#endif
    free(b->raw);
    memset(b, 0, sizeof *b);
}
