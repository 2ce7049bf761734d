/* SPDX-License-Identifier: Apache-2.0 */
/* Formats and metadata of Arrow schemas. */
#include <string.h>

#include "batch/batch.h"

typedef struct cr_format {
    const char *text;
    cr_form form;
} cr_format;

static const cr_format FORMATS[] = {
    {"n", CR_F_NULL},    {"b", CR_F_BOOL},    {"c", CR_F_I8},         {"C", CR_F_U8},
    {"s", CR_F_I16},     {"S", CR_F_U16},     {"i", CR_F_I32},        {"I", CR_F_U32},
    {"l", CR_F_I64},     {"L", CR_F_U64},     {"tdD", CR_F_DATE32},   {"tdm", CR_F_DATE64},
    {"u", CR_F_TEXT32},  {"U", CR_F_TEXT64},  {"vu", CR_F_TEXT_VIEW}, {"+l", CR_F_LIST32},
    {"+L", CR_F_LIST64}, {"+s", CR_F_STRUCT},
};

/* A decimal number of up to nine digits; -1 = none. Moves on. */
static int32_t digits(const char **p)
{
    int32_t n = 0;
    int any = 0;
    for (; **p >= '0' && **p <= '9' && n < 100000000; ++*p, any = 1)
        n = n * 10 + (**p - '0');
    return any ? n : -1;
}

/* `d:PRECISION,SCALE[,BITS]` */
static void decimal_layout(const char *p, cr_layout *out)
{
    int32_t bits = 128;
    int32_t precision = digits(&p);
    if (precision < 0 || *p++ != ',')
        return;
    out->decimals = digits(&p);
    if (*p == ',') {
        p++;
        bits = digits(&p);
    }
    if (*p || out->decimals < 0 || out->decimals > 38)
        return;
    out->form = bits == 32    ? CR_F_D32
                : bits == 64  ? CR_F_D64
                : bits == 128 ? CR_F_D128
                              : CR_F_OTHER;
}

static void plain_layout(const char *format, cr_layout *out)
{
    out->form = CR_F_OTHER;
    for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++)
        if (strcmp(FORMATS[i].text, format) == 0)
            out->form = (uint8_t)FORMATS[i].form;
    if (strncmp(format, "d:", 2) == 0)
        decimal_layout(format + 2, out);
    for (int32_t i = 0; i < 4; i++) {
        static const char *const stamps[] = {"tss:", "tsm:", "tsu:", "tsn:"};
        if (strcmp(format, stamps[i]) == 0) {
            out->form = CR_F_STAMP;
            out->decimals = 3 * i;
        }
    }
    if (strncmp(format, "+w:", 3) == 0) {
        const char *p = format + 3;
        out->width = digits(&p);
        if (!*p && out->width >= 0)
            out->form = CR_F_LIST_FIXED;
    }
}

cr_layout cr_layout_of(const struct ArrowSchema *schema)
{
    cr_layout out = {CR_F_OTHER, CR_F_NONE, 0, 0};
    if (!schema->dictionary) {
        plain_layout(schema->format, &out);
        return out;
    }
    cr_layout index = out;
    plain_layout(schema->format, &index);
    if (index.form < CR_F_I8 || index.form > CR_F_U64 || schema->dictionary->dictionary)
        return out;
    plain_layout(schema->dictionary->format, &out);
    out.index = index.form;
    return out;
}

/* Pairs of lengths and bytes in the order of the machine, without alignment. */
cr_str cr_metadata(const struct ArrowSchema *schema, const char *key)
{
    cr_str none = {NULL, 0};
    const char *p = schema->metadata;
    int32_t pairs = 0;
    if (!p)
        return none;
    memcpy(&pairs, p, sizeof pairs);
    p += sizeof pairs;
    for (int32_t i = 0; i < pairs; i++) {
        cr_str part[2];
        for (int k = 0; k < 2; k++) {
            int32_t n;
            memcpy(&n, p, sizeof n);
            if (n < 0)
                return none;
            part[k].p = p + sizeof n;
            part[k].n = (size_t)n;
            p += sizeof n + (size_t)n;
        }
        if (cr_str_eq(part[0], cr_str_of(key)))
            return part[1];
    }
    return none;
}
