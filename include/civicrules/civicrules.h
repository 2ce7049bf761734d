/* SPDX-License-Identifier: Apache-2.0 */
/** @file civicrules.h
 *  civicrules: who is entitled to what in civil affairs (民政), how much, and why.
 *
 *  The way through the library:
 *
 *    engine  → policy (packs, amendments, overrides) → calculator (outputs wanted) → workspace (one
 * per thread) policy  → case (the facts of one household) workspace + case + date → result: values,
 * the five kinds of answer, causes, explanation
 *
 *  Rules that hold for every function:
 *   - Out parameters come first. A `T **out` is the caller's to release; on failure it is set to
 * NULL. A returned `const T *` or civ_text is borrowed; its comment names the lender.
 *   - The last parameter of what can fail is a caller-owned civ_error (NULL allowed), filled on
 * failure only.
 *   - Release functions accept NULL.
 *   - The library opens no file, reads no clock, environment or locale, prints nothing, starts no
 * thread, never aborts.
 *   - A civ_policy and a civ_calculator are immutable and may be shared between threads; everything
 * else belongs to one thread at a time.
 *   - Money is in fen (int64). Dates are days since 1970-01-01 (int32). Months are year * 12 +
 * month - 1 (int32).
 */
#ifndef CIVICRULES_CIVICRULES_H
#define CIVICRULES_CIVICRULES_H

#include <stddef.h>
#include <stdint.h>

#define CIV_VERSION_MAJOR 0
#define CIV_VERSION_MINOR 1
#define CIV_VERSION_PATCH 0
#define CIV_VERSION_TEXT "0.1.0"

#if defined(_WIN32)
#define CIV_API
#elif defined(__GNUC__) || defined(__clang__)
#define CIV_API __attribute__((visibility("default")))
#else
#define CIV_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** Text as pointer and length: UTF-8, not NUL-terminated by promise. */
typedef struct civ_text {
    const char *data;
    size_t length;
} civ_text;

/** Status codes: pinned, grouped by ten, never reused, below 100. */
typedef int32_t civ_status;
enum {
    CIV_OK = 0,
    CIV_ERROR_ARGUMENT = 1,    /**< a NULL or impossible argument */
    CIV_ERROR_STRUCT_SIZE = 2, /**< struct_size is 0 or too small */
    CIV_ERROR_MEMORY = 3,      /**< the allocator returned NULL */
    CIV_ERROR_LIMIT = 4,       /**< an engine limit was reached */
    CIV_ERROR_STATE = 5,       /**< the call does not fit the object's state, or its policy */
    CIV_ERROR_POLICY = 10,     /**< the policy text has errors: see the diagnostics */
    CIV_ERROR_UNKNOWN_MODULE = 11,
    CIV_ERROR_UNKNOWN_OUTPUT = 12,
    CIV_ERROR_UNKNOWN_FIELD = 20,
    CIV_ERROR_UNKNOWN_LIST = 21,
    CIV_ERROR_UNKNOWN_ENTITY = 22,
    CIV_ERROR_UNKNOWN_VALUE = 23, /**< not a value of the field's enum */
    CIV_ERROR_TYPE = 24,          /**< the value is of another type than the field */
    CIV_ERROR_FORMAT = 25,        /**< the text is not a number, date, … of the wanted form */
    CIV_ERROR_PRECISION = 26,     /**< more decimals than the field has (money: whole fen) */
    CIV_ERROR_ROOTS = 30,         /**< the outputs wanted hang on different roots */
    CIV_ERROR_DATE = 31,          /**< the date lies outside 1900-01-01 … 2200-12-31 */
    CIV_ERROR_PLAN = 32,          /**< the outputs cannot be compiled: see the error text */
    CIV_ERROR_SCHEMA = 40,   /**< columns are missing, mistyped or unused: civ_batch_mismatch */
    CIV_ERROR_ARRAY = 41,    /**< an Arrow array does not fit its schema */
    CIV_ERROR_CANCELLED = 42 /**< the caller's progress function said so */
};

/** Filled on failure. `message` is one line in English, NUL-terminated, cut at the end if need be.
 */
typedef struct civ_error {
    uint32_t struct_size; /**< sizeof(civ_error), set by the caller */
    civ_status status;
    char message[360];
    char nearest[64]; /**< the nearest valid name, or empty */
    char where[128];  /**< the name or path concerned, or empty */
} civ_error;
#define CIV_ERROR_INIT                                                                             \
    {                                                                                              \
        sizeof(civ_error), 0, "", "", ""                                                           \
    }

/** The fixed English sentence of a status code; static. */
CIV_API const char *civ_status_text(civ_status status);
CIV_API const char *civ_version(void);

/* ---- engine ---- */

/** realloc-style: size 0 frees; NULL = failure. `old_size` is what was asked for before. */
typedef void *(*civ_alloc_function)(void *user, void *pointer, size_t old_size, size_t new_size);

typedef struct civ_engine civ_engine;
typedef struct civ_engine_options {
    uint32_t struct_size;
    uint32_t max_policy_bytes; /**< memory of one policy; 0 = 256 MiB */
    civ_alloc_function alloc;  /**< NULL = libc */
    void *alloc_user;
    uint32_t min_lane_bits; /**< 0 = narrowest; 16, 32, 64 or 128 forces wider lanes: for tests,
                               results are equal */
    uint32_t max_cpu_level; /**< 0 = the best that the machine has; 1 plain code, 2, 3, 4 at most
                               x86-64-v2, v3, v4: for tests, results are equal */
} civ_engine_options;
#define CIV_ENGINE_OPTIONS_INIT                                                                    \
    {                                                                                              \
        sizeof(civ_engine_options), 0, NULL, NULL, 0, 0                                            \
    }

/** `options` may be NULL. Everything made from an engine must be released before it. */
CIV_API civ_status civ_engine_create(civ_engine **out, const civ_engine_options *options,
                                     civ_error *error);
CIV_API void civ_engine_release(civ_engine *engine);

/* ---- policy ---- */

typedef struct civ_policy civ_policy;
typedef struct civ_policy_builder civ_policy_builder;
typedef enum civ_file_kind {
    CIV_FILE_PACK = 0,
    CIV_FILE_AMENDMENT = 1,
    CIV_FILE_EXAMPLES = 2
} civ_file_kind;

CIV_API civ_status civ_policy_builder_create(civ_policy_builder **out, civ_engine *engine,
                                             civ_error *error);
/** Adds the packs that the library carries. */
CIV_API civ_status civ_policy_builder_add_embedded(civ_policy_builder *builder, civ_error *error);
/** Adds one text; name and text are copied. Amendments apply in the order added. */
CIV_API civ_status civ_policy_builder_add(civ_policy_builder *builder, civ_text name, civ_text text,
                                          civ_file_kind kind, civ_error *error);
/** An override for this policy object: `dibao.rounding=yuan_ceil`,
 * `dibao.standard[610902,urban]=700 yuan per month`. */
CIV_API civ_status civ_policy_builder_let(civ_policy_builder *builder, civ_text let,
                                          civ_error *error);
/** Leaves out rows of parameters that say `recorded` on a later day (days since 1970): what was
 * known on that day. */
CIV_API civ_status civ_policy_builder_known(civ_policy_builder *builder, int32_t day,
                                            civ_error *error);
/** Builds; with CIV_ERROR_POLICY the findings are in the builder. The builder may be released
 * afterwards. */
CIV_API civ_status civ_policy_build(civ_policy **out, civ_policy_builder *builder,
                                    civ_error *error);
CIV_API void civ_policy_builder_release(civ_policy_builder *builder);

/** A finding about policy text; texts are the builder's. */
typedef struct civ_diagnostic {
    uint32_t struct_size;
    int32_t number; /**< 107 is shown as CR0107 */
    int32_t is_warning;
    uint32_t line, column, length;
    civ_text file;
    civ_text message_zh, message_en; /**< one line each */
    civ_text nearest;                /**< nearest valid name, or empty */
    civ_text rendered; /**< file:line:column, sentence, source line and caret, in English */
    civ_text rendered_zh;
} civ_diagnostic;
CIV_API size_t civ_policy_builder_diagnostic_count(const civ_policy_builder *builder);
CIV_API civ_status civ_policy_builder_diagnostic(civ_diagnostic *out,
                                                 const civ_policy_builder *builder, size_t index);

CIV_API void civ_policy_retain(civ_policy *policy);
CIV_API void civ_policy_release(civ_policy *policy);
CIV_API civ_text civ_policy_name(const civ_policy *policy);    /**< the policy's */
CIV_API civ_text civ_policy_version(const civ_policy *policy); /**< the policy's */
CIV_API civ_text civ_policy_sha256(const civ_policy *policy);  /**< 64 hex digits; the policy's */

/* ---- what a policy holds ---- */

typedef enum civ_kind {
    CIV_KIND_BOOL = 1, /**< 0, 1 */
    CIV_KIND_INTEGER = 2,
    CIV_KIND_NUMBER = 3, /**< decimal with `decimals` places */
    CIV_KIND_MONEY = 4,  /**< fen */
    CIV_KIND_EXACT = 5,  /**< rational: numerator and denominator; money among them in yuan */
    CIV_KIND_DATE = 6,
    CIV_KIND_MONTH = 7,
    CIV_KIND_ENUM = 8,
    CIV_KIND_REGION = 9,
    CIV_KIND_TEXT = 10,
    CIV_KIND_ROWS = 11,    /**< input: a list of entities; output: a list of rows of it */
    CIV_KIND_REASON = 12,  /**< a reason code */
    CIV_KIND_SET = 13,     /**< words of an enum: bit i is value i; text: words with commas */
    CIV_KIND_DATETIME = 14 /**< date and time of day: minutes since 1970-01-01T00:00 */
} civ_kind;

/** One input field, or output. Texts are the policy's. */
typedef struct civ_item {
    uint32_t struct_size;
    int32_t index;            /**< for the calls below */
    int32_t kind;             /**< civ_kind */
    int32_t decimals;         /**< CIV_KIND_NUMBER; 2 for money */
    int32_t is_event;         /**< input: may not have happened */
    int32_t is_internal;      /**< output: a helper, not given unless asked for by name */
    int32_t has_default;      /**< input: 1 assumed when absent, 2 presumed on request */
    int32_t value_count;      /**< CIV_KIND_ENUM: number of values */
    int64_t minimum, maximum; /**< input: inclusive, in fen or units of the last decimal; lists:
                                 number of rows */
    civ_text name;            /**< field: `birth_date`; output: `dibao.amount` */
    civ_text entity;          /**< that it belongs to */
    civ_text module;
    civ_text child; /**< CIV_KIND_ROWS: entity of the rows */
    civ_text unit_en, unit_zh;
    civ_text label_en, label_zh;
} civ_item;

CIV_API size_t civ_policy_module_count(const civ_policy *policy);
/** Name, labels and item of a module; any out may be NULL. */
CIV_API civ_status civ_policy_module(const civ_policy *policy, size_t index, civ_text *name,
                                     civ_text *label_zh, civ_text *label_en, int32_t *item);
CIV_API size_t civ_policy_entity_count(const civ_policy *policy);
/** parent: name of the parent entity, empty for a root; list: the parent's field that holds the
 * rows. */
CIV_API civ_status civ_policy_entity(const civ_policy *policy, size_t index, civ_text *name,
                                     civ_text *parent, civ_text *list);
CIV_API size_t civ_policy_field_count(const civ_policy *policy);
CIV_API civ_status civ_policy_field(civ_item *out, const civ_policy *policy, size_t index);
CIV_API civ_status civ_policy_field_value(const civ_policy *policy, size_t field, size_t value,
                                          civ_text *name, civ_text *label_zh, civ_text *label_en);
CIV_API size_t civ_policy_output_count(const civ_policy *policy);
CIV_API civ_status civ_policy_output(civ_item *out, const civ_policy *policy, size_t index);

/** A document that rules and rows cite. Texts are the policy's; what is not known is empty. */
typedef struct civ_source {
    uint32_t struct_size;
    int32_t confidence; /**< 1 official, 2 secondary (full text), 3 secondary, 4 doubtful, 5
                           recalled, 6 recalled and doubtful */
    int32_t from, to;   /**< in force, days; the bounds of the calendar where it is not said */
    civ_text name;      /**< the pack's word for it */
    civ_text label_en, label_zh;
    civ_text number, issuer, address;
} civ_source;
CIV_API size_t civ_policy_source_count(const civ_policy *policy);
CIV_API civ_status civ_policy_source(civ_source *out, const civ_policy *policy, size_t index);
/** 1 if a rule or a parameter row of the module cites the source, else 0. */
CIV_API int32_t civ_policy_cites(const civ_policy *policy, civ_text module, size_t source);

/* ---- calculator ---- */

typedef struct civ_calculator civ_calculator;
typedef struct civ_calculator_options {
    uint32_t struct_size;
    int32_t explain; /**< keep every named definition, for explanations; results are equal */
    int32_t strict;  /**< rows used after the date to which they are confirmed are no data */
    int32_t presume; /**< apply the presumptions that the packs declare */
    civ_text
        root; /**< entity: outputs of other roots are left out; empty = outputs have one root */
} civ_calculator_options;
#define CIV_CALCULATOR_OPTIONS_INIT                                                                \
    {                                                                                              \
        sizeof(civ_calculator_options), 0, 0, 0,                                                   \
        {                                                                                          \
            0, 0                                                                                   \
        }                                                                                          \
    }

/** Compiles the wanted outputs: names of outputs (`dibao.amount`) or of modules (all their
 * outputs), all on one root. A module with several roots needs `options.root`: what stands on
 * others is left out. CIV_ERROR_ROOTS: on several roots, or none of it on that root. */
CIV_API civ_status civ_calculator_create(civ_calculator **out, civ_policy *policy,
                                         const civ_text *wanted, size_t n_wanted,
                                         const civ_calculator_options *options, civ_error *error);
CIV_API void civ_calculator_release(civ_calculator *calculator);
/** What was compiled, in order; indices of these calls are those of the results below. */
CIV_API size_t civ_calculator_output_count(const civ_calculator *calculator);
CIV_API civ_status civ_calculator_output(civ_item *out, const civ_calculator *calculator,
                                         size_t index);
CIV_API civ_text civ_calculator_root(const civ_calculator *calculator); /**< entity; the policy's */
/** 1 if the outputs read this field (index of civ_policy_field) on any date. */
CIV_API int32_t civ_calculator_reads(const civ_calculator *calculator, size_t field);
CIV_API size_t
civ_calculator_operation_count(const civ_calculator *calculator); /**< of the largest plan */

/* ---- case: the facts of one root row ---- */

typedef struct civ_case civ_case;
CIV_API civ_status civ_case_create(civ_case **out, civ_policy *policy, civ_text root,
                                   civ_error *error);
CIV_API void civ_case_release(civ_case *a_case);
/** Forgets all facts, keeps the memory. */
CIV_API void civ_case_clear(civ_case *a_case);
/** Adds a row to a list of a row (row 0 of the root: parent 0). *row counts the rows of that entity
 * from 0. Setting any list makes it known; civ_case_set_empty makes it known and empty. */
CIV_API civ_status civ_case_add(civ_case *a_case, uint32_t *row, civ_text list, uint32_t parent,
                                civ_error *error);
CIV_API civ_status civ_case_set_empty(civ_case *a_case, civ_text entity, uint32_t row,
                                      civ_text list, civ_error *error);
/** What the caller calls a row, for explanations (`p1`); never interpreted. Rows without an id are
 * called by their number, from 1. */
CIV_API civ_status civ_case_set_id(civ_case *a_case, civ_text entity, uint32_t row, civ_text id,
                                   civ_error *error);
/** Typed setters, by field index of civ_policy_field. A value outside the field's range makes the
 * field *invalid*, it does not fail. Kinds: integers, fen, scaled decimals, days, months, enum
 * indices, 0/1. */
CIV_API civ_status civ_case_set_int(civ_case *a_case, size_t field, uint32_t row, int64_t value,
                                    civ_error *error);
CIV_API civ_status civ_case_set_text(civ_case *a_case, size_t field, uint32_t row, civ_text value,
                                     civ_error *error);
/** Says that the value is not known: `null`. */
CIV_API civ_status civ_case_set_unknown(civ_case *a_case, size_t field, uint32_t row,
                                        civ_error *error);
/** Reads text as the field's type: `645.00`, `2021-03-01`, `urban`, a code of the enum,
 * `true`/`yes`. Money in yuan. */
CIV_API civ_status civ_case_set_parsed(civ_case *a_case, size_t field, uint32_t row, civ_text value,
                                       civ_error *error);
/** Values stated from now on hold from this day on (a history); CIV_ALWAYS: as facts without a
 * time. What a row has a history of is not stated before its first day. */
#define CIV_ALWAYS INT32_MIN
CIV_API civ_status civ_case_since(civ_case *a_case, int32_t day, civ_error *error);
/** Index of a field by entity and name; -1 and the nearest name in `error` if there is none. */
CIV_API int64_t civ_case_field(const civ_case *a_case, civ_text entity, civ_text name,
                               civ_error *error);
CIV_API uint32_t civ_case_rows(const civ_case *a_case, civ_text entity);
/** Where a row stands: the row above it (of the entity that holds the list), and its place in that
 * list, from 0. CIV_ERROR_ARGUMENT for the root, and for rows that are not there. */
CIV_API civ_status civ_case_place(uint32_t *parent, uint32_t *position, const civ_case *a_case,
                                  civ_text entity, uint32_t row);

/* ---- evaluation ---- */

/** Kinds of answer; the worst of the operands is the result's. */
typedef enum civ_answer {
    CIV_KNOWN = 0,
    CIV_UNDETERMINED = 1, /**< inputs are missing */
    CIV_NO_DATA = 2,      /**< a parameter has no row for region, keys and date */
    CIV_NOT_IN_FORCE = 3, /**< no rule for the date */
    CIV_INVALID = 4       /**< an input contradicts its declared range or a requirement */
} civ_answer;

typedef struct civ_value {
    uint32_t struct_size;
    int32_t answer;  /**< civ_answer; all below is 0 unless CIV_KNOWN */
    int32_t kind;    /**< civ_kind */
    int32_t is_none; /**< an event that has not happened, a code of nothing */
    int64_t number;  /**< bool, integer, scaled decimal, fen, days, month, enum index; numerator */
    int64_t denominator; /**< CIV_KIND_EXACT: lowest terms, > 0; 0 where it needs more than 64 bits:
                            use `text` */
    civ_text text; /**< the value as JSON would hold it: `1422.00`, `2023-05`, `v2`, `1250/3`; the
                      workspace's */
    civ_text label_en, label_zh; /**< of an enum value, a reason, a region, the words of a set (the
                                    workspace's); else empty */
} civ_value;
#define CIV_VALUE_INIT                                                                             \
    {                                                                                              \
        sizeof(civ_value), 0, 0, 0, 0, 0, {NULL, 0}, {NULL, 0},                                    \
        {                                                                                          \
            NULL, 0                                                                                \
        }                                                                                          \
    }

typedef struct civ_workspace civ_workspace;
CIV_API civ_status civ_workspace_create(civ_workspace **out, civ_calculator *calculator,
                                        civ_error *error);
CIV_API void civ_workspace_release(civ_workspace *workspace);

/** Decides the case for a date (days since 1970). Results live in the workspace until the next
 * call. */
CIV_API civ_status civ_evaluate(civ_workspace *workspace, const civ_case *a_case, int32_t on,
                                civ_error *error);
/** One month of a timeline, decided for its last day; `first` nonzero begins a timeline: carried
 * values start anew. Other months pass on what the month evaluated before left. Results as of
 * civ_evaluate. Months count from year 0: year × 12 + month − 1. */
CIV_API civ_status civ_evaluate_month(civ_workspace *workspace, const civ_case *a_case,
                                      int32_t month, int32_t first, civ_error *error);

/** Value of an output (index of civ_calculator_output) for a row of its entity (0 for the root). */
CIV_API civ_status civ_result_value(civ_value *out, civ_workspace *workspace, size_t output,
                                    uint32_t row);
/** CIV_KIND_ROWS: the rows, ascending; *rows is the workspace's. */
CIV_API civ_status civ_result_rows(const uint32_t **rows, size_t *count, civ_workspace *workspace,
                                   size_t output, uint32_t row);

/** What an answer hangs on. */
typedef enum civ_cause_kind {
    CIV_CAUSE_INPUT = 1, /**< name = path of the field (`members.birth_date`), unknown or invalid */
    CIV_CAUSE_PARAMETER = 2, /**< name = parameter; detail = keys; chain; date */
    CIV_CAUSE_RULE = 3,      /**< name = definition that is not in force */
    CIV_CAUSE_CALENDAR = 4   /**< name = `calendar`, detail = the year without a notice */
} civ_cause_kind;
typedef struct civ_cause {
    uint32_t struct_size;
    int32_t kind;
    int32_t answer; /**< what it makes of the result */
    int32_t on;     /**< parameter: the date looked up */
    civ_text name;
    civ_text detail;             /**< parameter: `[610902,urban]`; else empty */
    civ_text chain;              /**< parameter: regions tried, `610902 610900 610000 000000` */
    civ_text label_en, label_zh; /**< of what it names; empty for a calendar */
} civ_cause;
/** Finds the causes of an answer; their texts are the workspace's until the next civ_result_causes
 * or civ_evaluate. */
CIV_API civ_status civ_result_causes(size_t *count, civ_workspace *workspace, size_t output,
                                     uint32_t row);
CIV_API civ_status civ_result_cause(civ_cause *out, const civ_workspace *workspace, size_t index);

/** The lowest confidence of the documents behind an answer, as civ_source counts it: 1 official … 6
 * recalled and doubtful; 0 where all is a decision of the pack itself. The calculator was made with
 * `explain`: CIV_ERROR_STATE. */
CIV_API civ_status civ_result_confidence(int32_t *confidence, civ_workspace *workspace,
                                         size_t output, uint32_t row);

/** What was used without being stated or confirmed, over all outputs of the last evaluation. */
typedef enum civ_note_kind {
    CIV_NOTE_ASSUMED = 1, /**< name = input path, detail = the value as the pack writes it */
    CIV_NOTE_PRESUMED = 2,
    CIV_NOTE_UNCONFIRMED =
        3,                /**< name = parameter, detail = keys of the row, date = confirmed to */
    CIV_NOTE_OVERRIDE = 4 /**< name = `NAME[KEYS]=VALUE` */
} civ_note_kind;
typedef struct civ_note {
    uint32_t struct_size;
    int32_t kind;
    int32_t date;
    int32_t reserved;
    civ_text name;
    civ_text detail;
    civ_text label_en, label_zh; /**< of what it names; empty for an override */
} civ_note;
CIV_API civ_status civ_result_notes(size_t *count, civ_workspace *workspace);
CIV_API civ_status civ_result_note(civ_note *out, const civ_workspace *workspace, size_t index);

/* ---- timelines: month after month, what changes and why, totals, arrears ---- */

typedef struct civ_timeline civ_timeline;
/** Decides the case for every month from `first` to `last` (both in; year × 12 + month − 1) and
 * keeps the answers: of every output of the calculator but lists of rows, in every row. The case
 * and the workspace are free afterwards. Reasons of changes are complete where the calculator was
 * made with `explain`; else a parameter that is the same for the whole nation may be missing among
 * them. CIV_ERROR_DATE: a month outside 1900-01 … 2200-12, or last < first. */
CIV_API civ_status civ_timeline_create(civ_timeline **out, civ_workspace *workspace,
                                       const civ_case *a_case, int32_t first, int32_t last,
                                       civ_error *error);
CIV_API void civ_timeline_release(civ_timeline *timeline);

/** One output in one row through all months. Amounts in fen; sums are over the months that have a
 * value. */
typedef struct civ_series {
    uint32_t struct_size;
    uint32_t output; /**< index of civ_calculator_output */
    uint32_t row;    /**< of the output's entity */
    uint32_t months;
    int32_t is_amount;      /**< CIV_KIND_MONEY; only then the sums below mean anything */
    uint32_t without_value; /**< months whose answer is not CIV_KNOWN */
    int64_t total;
    int32_t has_payments; /**< civ_timeline_pay was called for it */
    int32_t reserved;
    int64_t paid, due; /**< over the months that payments were given for: 0 counts as given */
    int64_t arrears;   /**< sum of due − paid over months where more was due */
    int64_t overpaid;  /**< sum of paid − due over months where more was paid */
} civ_series;
CIV_API size_t civ_timeline_series_count(const civ_timeline *timeline);
CIV_API civ_status civ_timeline_series(civ_series *out, const civ_timeline *timeline,
                                       size_t series);
/** The answer in a month (0 = first); texts are the timeline's. */
CIV_API civ_status civ_timeline_value(civ_value *out, const civ_timeline *timeline, size_t series,
                                      uint32_t month);
/** Says what was paid for a month already, in fen; only for amounts (CIV_ERROR_TYPE). Months do not
 * make up for one another: arrears and overpayment stand side by side. A second call for a month
 * takes the place of the first. */
CIV_API civ_status civ_timeline_pay(civ_timeline *timeline, size_t series, uint32_t month,
                                    int64_t fen);

/** What an answer rests on. */
typedef enum civ_ground_kind {
    CIV_GROUND_PARAMETER = 1, /**< a row of a parameter: name, keys, its first day, its document */
    CIV_GROUND_RULE = 2,      /**< a rule, and the day since which it reads as it does */
    CIV_GROUND_FACT = 3       /**< a fact with a history: `from` is 0, the row is said */
} civ_ground_kind;
typedef struct civ_ground {
    uint32_t struct_size;
    int32_t kind; /**< civ_ground_kind */
    int32_t from; /**< days since 1970; INT32_MIN = always */
    uint32_t row; /**< fact: of its entity */
    civ_text name;
    civ_text detail; /**< parameter: `[610900,urban]`; fact: its value now, empty = not stated */
    civ_text label_en, label_zh;
    civ_text citation_en, citation_zh;
} civ_ground;
/** The rule that the output itself followed in the month: its version. */
CIV_API civ_status civ_timeline_rule(civ_ground *out, const civ_timeline *timeline, size_t series,
                                     uint32_t month);

/** An answer that differs from the month before. */
typedef struct civ_change {
    uint32_t struct_size;
    uint32_t series, month; /**< the first month with the new answer */
    uint32_t ground_count;  /**< what is new behind it; 0 = only time has passed */
    civ_text reason;        /**< code of the reason that the programme gives now; empty = none */
    civ_text reason_en, reason_zh;
} civ_change;
CIV_API size_t civ_timeline_change_count(const civ_timeline *timeline);
CIV_API civ_status civ_timeline_change(civ_change *out, const civ_timeline *timeline, size_t index);
CIV_API civ_status civ_timeline_ground(civ_ground *out, const civ_timeline *timeline, size_t change,
                                       uint32_t ground);

/* ---- explanation: a flat pre-order list ---- */

typedef enum civ_node_kind {
    CIV_NODE_OUTPUT = 1,    /**< a definition with its value */
    CIV_NODE_CONDITION = 2, /**< passed or failed */
    CIV_NODE_INPUT = 3,
    CIV_NODE_PARAMETER = 4, /**< with the row used, its date and document */
    CIV_NODE_ROUNDING = 5,
    CIV_NODE_CASE = 6 /**< the `when` line that applied */
} civ_node_kind;
typedef struct civ_node {
    uint32_t struct_size;
    int32_t kind;
    int32_t depth;  /**< 0 for what was asked for */
    int32_t passed; /**< conditions: 1 passed, 0 failed, -1 not known */
    int32_t answer; /**< civ_answer */
    uint32_t line;  /**< in `file` */
    civ_text name;
    civ_text label;    /**< in the language asked for */
    civ_text value;    /**< with its unit, in the language asked for */
    civ_text formula;  /**< the arithmetic with the names, then with the numbers; may be empty */
    civ_text citation; /**< document and articles, in the language asked for; may be empty */
    civ_text file;
    civ_text row_id; /**< of the child row that it is about (civ_case_set_id, else its number);
                        empty for the root */
} civ_node;
/** What to explain: an output (index of civ_calculator_output) for a row of its entity. */
typedef struct civ_wanted {
    uint32_t output;
    uint32_t row;
} civ_wanted;
/** Explains outputs one after another, of a workspace whose calculator was made with `explain`;
 * what an earlier one explained is not repeated. lang 0 = English, 1 = Chinese. Texts are the
 * workspace's until the next call. */
CIV_API civ_status civ_explain(size_t *count, civ_workspace *workspace, const civ_wanted *wanted,
                               size_t n, int32_t lang, civ_error *error);
CIV_API civ_status civ_explain_node(civ_node *out, const civ_workspace *workspace, size_t index);

typedef enum civ_format {
    CIV_FORMAT_TEXT = 0,
    CIV_FORMAT_MARKDOWN = 1,
    CIV_FORMAT_JSON = 2
} civ_format;
/** The explanation written out; *text is the workspace's until the next call. */
CIV_API civ_status civ_explain_text(civ_text *text, civ_workspace *workspace,
                                    const civ_wanted *wanted, size_t n, int32_t lang,
                                    civ_format format, civ_error *error);

/* ---- tools on policy text ---- */

/** Canonical layout of one file. Findings (if it does not lex) are in the builder. *text is the
 * builder's. */
CIV_API civ_status civ_format_policy(civ_text *text, civ_policy_builder *builder, civ_text name,
                                     civ_text source, civ_error *error);
/** The rules of a module as numbered sentences; *text is the policy's. */
CIV_API civ_status civ_render_module(civ_text *text, civ_policy *policy, civ_text module,
                                     int32_t lang, civ_error *error);

/** Runs the `example` blocks of the policy's examples files. */
typedef struct civ_test_report {
    uint32_t struct_size;
    uint32_t examples, failed, checks;
    civ_text text; /**< one line per failure, and what no example reaches; the builder's caller
                      releases with the policy */
} civ_test_report;
CIV_API civ_status civ_policy_test(civ_test_report *out, civ_policy *policy, int32_t lang,
                                   civ_error *error);

#ifdef __cplusplus
}
#endif
#endif
