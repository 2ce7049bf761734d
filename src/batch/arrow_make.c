/* SPDX-License-Identifier: Apache-2.0 */
/* Arrow schemas and arrays that own their memory. */
#include <string.h>

#include "batch/arrow_make.h"

enum {
    MOST_BUFFERS = 3,
    ALIGN = 64 /* as Arrow recommends: stores of a vector stay in one line */
};

/* ---- arrays ---- */

typedef struct cr_array_node {
    cr_alloc alloc;
    void *buffers[MOST_BUFFERS];
    void *memory[MOST_BUFFERS]; /* that they are aligned in */
    size_t sizes[MOST_BUFFERS];
} cr_array_node;

void cr_array_release(struct ArrowArray *a)
{
    if (a && a->release)
        a->release(a);
}

static void release_array(struct ArrowArray *a)
{
    cr_array_node *node = a->private_data;
    cr_alloc alloc = node->alloc;
    for (int64_t i = 0; i < a->n_children; i++) {
        cr_array_release(a->children[i]);
        cr_mem_free(&alloc, a->children[i], sizeof **a->children);
    }
    cr_mem_free(&alloc, a->children, (size_t)a->n_children * sizeof *a->children);
    cr_array_release(a->dictionary);
    cr_mem_free(&alloc, a->dictionary, sizeof *a->dictionary);
    for (int i = 0; i < MOST_BUFFERS; i++)
        cr_mem_free(&alloc, node->memory[i], node->sizes[i]);
    cr_mem_free(&alloc, node, sizeof *node);
    a->release = NULL;
}

int cr_array_make(struct ArrowArray *out, cr_alloc alloc, int64_t length, int n_buffers,
                  int64_t n_children)
{
    memset(out, 0, sizeof *out);
    cr_array_node *node = cr_mem_get(&alloc, 1, sizeof *node);
    if (!node)
        return 2;
    node->alloc = alloc;
    out->private_data = node;
    out->release = release_array;
    out->length = length;
    out->n_buffers = n_buffers;
    out->buffers = (const void **)(void *)node->buffers;
    if (n_children == 0)
        return 0;
    out->children = cr_mem_get(&alloc, (size_t)n_children, sizeof *out->children);
    out->n_children = out->children ? n_children : 0;
    for (int64_t i = 0; i < out->n_children; i++) {
        out->children[i] = cr_mem_get(&alloc, 1, sizeof **out->children);
        if (!out->children[i])
            break;
    }
    if (out->children && out->children[n_children - 1])
        return 0;
    release_array(out); /* knows children that were not made */
    return 2;
}

void *cr_array_buffer(struct ArrowArray *a, int at, size_t bytes, int zeroed)
{
    cr_array_node *node = a->private_data;
    size_t size = bytes + ALIGN; /* never nothing: readers want an address */
    if (size < bytes)
        return NULL;
    char *memory = zeroed ? cr_mem_get(&node->alloc, size, 1)
                          : node->alloc.fn(node->alloc.user, NULL, 0, size);
    if (!memory)
        return NULL;
    node->memory[at] = memory;
    node->sizes[at] = size;
    node->buffers[at] = memory + (ALIGN - (uintptr_t)memory % ALIGN) % ALIGN;
    return node->buffers[at];
}

int cr_array_dictionary(struct ArrowArray *a, cr_alloc alloc)
{
    a->dictionary = cr_mem_get(&alloc, 1, sizeof *a->dictionary);
    return a->dictionary ? 0 : 2;
}

/* ---- schemas ---- */

typedef struct cr_schema_node {
    cr_alloc alloc;
    char *text; /* name, and metadata */
    size_t size;
} cr_schema_node;

void cr_schema_release(struct ArrowSchema *s)
{
    if (s && s->release)
        s->release(s);
}

static void release_schema(struct ArrowSchema *s)
{
    cr_schema_node *node = s->private_data;
    cr_alloc alloc = node->alloc;
    for (int64_t i = 0; i < s->n_children; i++) {
        cr_schema_release(s->children[i]);
        cr_mem_free(&alloc, s->children[i], sizeof **s->children);
    }
    cr_mem_free(&alloc, s->children, (size_t)s->n_children * sizeof *s->children);
    cr_schema_release(s->dictionary);
    cr_mem_free(&alloc, s->dictionary, sizeof *s->dictionary);
    cr_mem_free(&alloc, node->text, node->size);
    cr_mem_free(&alloc, node, sizeof *node);
    s->release = NULL;
}

/* One pair: its number, then lengths and bytes. */
static void put_metadata(char *to, const char *const metadata[2])
{
    int32_t n = 1;
    memcpy(to, &n, sizeof n);
    to += sizeof n;
    for (int i = 0; i < 2; i++) {
        n = (int32_t)strlen(metadata[i]);
        memcpy(to, &n, sizeof n);
        memcpy(to + sizeof n, metadata[i], (size_t)n);
        to += sizeof n + (size_t)n;
    }
}

static int make_children(struct ArrowSchema *out, cr_alloc alloc, int64_t n)
{
    if (n == 0)
        return 0;
    out->children = cr_mem_get(&alloc, (size_t)n, sizeof *out->children);
    out->n_children = out->children ? n : 0;
    for (int64_t i = 0; i < out->n_children; i++) {
        out->children[i] = cr_mem_get(&alloc, 1, sizeof **out->children);
        if (!out->children[i])
            return 2;
    }
    return out->children ? 0 : 2;
}

int cr_schema_make(struct ArrowSchema *out, cr_alloc alloc, const char *format, cr_str name,
                   int64_t n_children, const char *const metadata[2])
{
    memset(out, 0, sizeof *out);
    size_t more = metadata ? 12 + strlen(metadata[0]) + strlen(metadata[1]) : 0;
    cr_schema_node *node = cr_mem_get(&alloc, 1, sizeof *node);
    if (!node)
        return 2;
    node->alloc = alloc;
    out->private_data = node;
    out->release = release_schema;
    out->format = format;
    out->flags = ARROW_FLAG_NULLABLE;
    node->text = cr_mem_get(&alloc, name.n + 1 + more, 1);
    if (!node->text || make_children(out, alloc, n_children)) {
        node->size = node->text ? name.n + 1 + more : 0;
        release_schema(out);
        return 2;
    }
    node->size = name.n + 1 + more;
    if (name.n > 0)
        memcpy(node->text, name.p, name.n);
    out->name = node->text;
    if (metadata) {
        put_metadata(node->text + name.n + 1, metadata);
        out->metadata = node->text + name.n + 1;
    }
    return 0;
}

int cr_schema_dictionary(struct ArrowSchema *s, cr_alloc alloc)
{
    s->dictionary = cr_mem_get(&alloc, 1, sizeof *s->dictionary);
    return s->dictionary ? 0 : 2;
}

static size_t metadata_size(const char *p)
{
    const char *from = p;
    int32_t pairs = 0, n;
    if (!p)
        return 0;
    memcpy(&pairs, p, sizeof pairs);
    p += sizeof pairs;
    for (int32_t i = 0; i < 2 * pairs; i++) {
        memcpy(&n, p, sizeof n);
        p += sizeof n + (size_t)n;
    }
    return (size_t)(p - from);
}

/* Format, name and metadata in one text, in that order. */
static int copy_texts(struct ArrowSchema *out, const struct ArrowSchema *s)
{
    cr_schema_node *node = out->private_data;
    size_t format = strlen(s->format) + 1, name = strlen(s->name ? s->name : "") + 1;
    size_t more = metadata_size(s->metadata);
    char *text = cr_mem_get(&node->alloc, format + name + more, 1);
    if (!text)
        return 2;
    memcpy(text, s->format, format);
    if (s->name)
        memcpy(text + format, s->name, name);
    if (more > 0)
        memcpy(text + format + name, s->metadata, more);
    cr_mem_free(&node->alloc, node->text, node->size);
    node->text = text;
    node->size = format + name + more;
    out->format = text;
    out->name = text + format;
    out->metadata = more ? text + format + name : NULL;
    return 0;
}

int cr_schema_copy(struct ArrowSchema *out, cr_alloc alloc, const struct ArrowSchema *s)
{
    int bad = cr_schema_make(out, alloc, "", CR_STR(""), s->n_children, NULL);
    if (bad)
        return bad;
    out->flags = s->flags;
    bad = copy_texts(out, s);
    for (int64_t i = 0; i < s->n_children && !bad; i++)
        bad = cr_schema_copy(out->children[i], alloc, s->children[i]);
    if (!bad && s->dictionary)
        bad = cr_schema_dictionary(out, alloc) ||
              cr_schema_copy(out->dictionary, alloc, s->dictionary);
    return bad ? 2 : 0;
}
