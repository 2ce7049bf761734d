/* SPDX-License-Identifier: Apache-2.0 */
/* Chinese for what the command line says in English. */
#include <string.h>

#include "cli.h"

/* A text that begins like an entry is translated up to there: what follows holds numbers. */
static const char *const TEXTS[][2] = {
    /* cases */
    {"true or false", "true 或 false"},
    {"a whole number of fen", "以分为单位的整数"},
    {"a whole number", "整数"},
    {"yuan as a decimal string such as \"645.00\", whole fen",
     "以元为单位的十进制字符串，如 \"645.00\"，精确到分"},
    {"a date \"YYYY-MM-DD\"", "日期 \"YYYY-MM-DD\""},
    {"a date-time \"YYYY-MM-DDThh:mm\"", "日期和时间 \"YYYY-MM-DDThh:mm\""},
    {"a month \"YYYY-MM\"", "月份 \"YYYY-MM\""},
    {"one of the values of the field", "该字段的取值之一"},
    {"a list of values of the field", "该字段取值的列表"},
    {"a region code of 6, 9 or 12 digits in quotes", "带引号的 6、9 或 12 位区划代码"},
    {"text in quotes: long numbers lose digits in spreadsheets and JSON readers",
     "带引号的文本：长数字在表格软件和 JSON 读取器中会丢失位数"},
    {"text in quotes: long numbers lose digits", "带引号的文本：长数字会丢失位数"},
    {"text in quotes", "带引号的文本"},
    {"a decimal number", "十进制数"},
    {"a number of at most 18 digits", "不超过 18 位的数"},
    {"at least one {\"from\": DATE, \"value\": V}", "至少一项 {\"from\": 日期, \"value\": 值}"},
    {"{\"from\": DATE, \"value\": V}, perhaps \"recorded\": DATE, and no more",
     "{\"from\": 日期, \"value\": 值}，可另加 \"recorded\": 日期"},
    {"--known wants a date YYYY-MM-DD, found", "--known 应为日期 YYYY-MM-DD，现为"},
    {"{\"from\": DATE, \"value\": V}", "{\"from\": 日期, \"value\": 值}"},
    {"timeline: a module is missing", "timeline：缺少模块"},
    {"timeline: --from and --to want months YYYY-MM, the first not after the last",
     "timeline：--from 与 --to 应为月份 YYYY-MM，且前者不晚于后者"},
    {"an id of its own for each row", "每行各自不同的 id"},
    {"a list [ … ]", "列表 [ … ]"},
    {"an object { … }", "对象 { … }"},
    {"a shorter list", "更短的列表"},
    {"yuan or fen, not both", "元或分，只写一个"},
    {"a tree of at most eight levels", "不超过八层的结构"},
    {"a field of the entity", "该实体的字段"},
    {"a field of person or household", "个人或家庭的字段"},
    {"\"household\" as the root key: \"person\" is a household of one",
     "以 \"household\" 为根：\"person\" 表示一人家庭"},
    {"each key once", "每个键只出现一次"},
    {"text without NUL characters", "不含空字符的文本"},
    {"a name in double quotes", "双引号中的名称"},
    {"no line breaks or control characters in text", "文本中没有换行或控制字符"},
    {"a case file below 1 GiB", "小于 1 GiB 的案例文件"},
    {"the end of the file", "文件到此结束"},
    {"UTF-8, not UTF-16", "UTF-8 编码（这是 UTF-16）"},
    {"UTF-8, not GB18030 or another encoding", "UTF-8 编码（这是 GB18030 或其他编码）"},
    {"quoted object property name expected", "带双引号的字段名"},
    {"unexpected end of data", "完整的内容（文件在此处中断）"},
    {"object property name separator ':' expected", "字段名之后的冒号"},
    {"object value separator ',' expected", "两个字段之间的逗号"},
    {"array value separator ',' expected", "列表两项之间的逗号"},
    {"number expected", "数字"},
    {"boolean expected", "true 或 false"},
    {"null expected", "null"},
    {"unexpected character", "此处可以出现的字符"},
    {"invalid string sequence", "合法的字符串"},
    {"nesting too deep", "不超过 32 层的结构"},
    /* batches */
    {"the number as text: spreadsheets keep 15 digits only",
     "以文本形式填写的号码：表格软件只保留 15 位数字"},
    {"a value within the range of the field", "字段范围以内的值"},
    {"characters of the encoding of the file", "文件编码中的字符"},
    {"the number of the household", "户编号"},
    {"the row of a household or member", "一户或一人的记录"},
    {"as many cells as names in the row of names", "与字段名行相同的列数"},
    {"a quotation mark that closes", "成对的引号"},
    {"a key of its own", "各户不同的编号"},
    {"the key of a household of the first file", "第一个文件中某户的编号"},
    {"batch: at most 16 files", "batch：最多 16 个文件"},
    {"batch: -o OUTPUT is missing", "batch：缺少 -o 输出文件"},
    {"batch: --format is csv or jsonl, found", "batch：--format 应为 csv 或 jsonl，写的是"},
    {"batch: the output would overwrite", "batch：输出会覆盖输入文件"},
    {"batch: several CSV files do not fit into one output; say -o FILE or --format jsonl",
     "batch：多个 CSV 结果不能写入一个输出；请用 -o 文件 或 --format jsonl"},
    {"batch: --threads wants a number from 1 to 256, found",
     "batch：--threads 应为 1 至 256 的数，写的是"},
    {"batch: a module is missing", "batch：缺少模块"},
    {"batch: an input is missing", "batch：缺少输入文件"},
    {"batch: say either --on DATE or --on-column NAME",
     "batch：请在 --on 日期 与 --on-column 列名 中选一个"},
    {"batch: --on wants a date YYYY-MM-DD from 1900 to 2200, found",
     "batch：--on 应为 1900 至 2200 年的日期 YYYY-MM-DD，写的是"},
    {"batch: one file of JSON Lines; not expected", "batch：只接受一个 JSON Lines 文件；多余的是"},
    /* usage */
    {"a command is missing", "缺少命令"},
    {"a value is missing after", "缺少选项的值："},
    {"no such option", "没有此选项"},
    {"no such command", "没有此命令"},
    {"eval: a module is missing", "eval：缺少模块"},
    {"eval: one case at a time; not expected", "eval：每次一个案例；多余的是"},
    {"eval: --on DATE is missing", "eval：缺少 --on 日期"},
    {"eval: --on wants a date YYYY-MM-DD from 1900 to 2200, found",
     "eval：--on 应为 1900 至 2200 年的日期 YYYY-MM-DD，写的是"},
    {"--format is json, text or markdown, found", "--format 应为 json、text 或 markdown，写的是"},
    {"--format is text or json-schema, found", "--format 应为 text 或 json-schema，写的是"},
    {"--lang is zh or en, found", "--lang 应为 zh 或 en，写的是"},
    {"describe: give one module", "describe：请给出一个模块"},
    {"render: give one module", "render：请给出一个模块"},
    {"fmt: a file is missing", "fmt：缺少文件"},
    {"cannot write", "无法写入"},
};

const char *cli_say(const char *text, int zh, char *out, size_t cap)
{
    for (size_t i = 0; zh && i < sizeof TEXTS / sizeof *TEXTS; i++) {
        size_t n = strlen(TEXTS[i][0]);
        if (strncmp(text, TEXTS[i][0], n) == 0) {
            snprintf(out, cap, "%s%s", TEXTS[i][1], text + n);
            return out;
        }
    }
    return text;
}
