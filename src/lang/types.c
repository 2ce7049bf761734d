/* SPDX-License-Identifier: Apache-2.0 */
/* Units and types: comparing, multiplying, writing. */
#include <string.h>

#include "base/date.h"
#include "lang/types.h"

static const struct {
    const char *one, *many, *zh;
} DIMS[CR_DIM_COUNT] = {{"yuan", "yuan", "元"},
                        {"person", "persons", "人"},
                        {"household", "households", "户"},
                        {"m2", "m2", "平方米"},
                        {"hour", "hours", "小时"},
                        {"day", "days", "天"},
                        {"working_day", "working_days", "工作日"},
                        {"month", "months", "月"},
                        {"year", "years", "年"}};

int cr_unit_same(cr_unit a, cr_unit b)
{
    return memcmp(a.e, b.e, sizeof a.e) == 0;
}

int cr_unit_none(cr_unit a)
{
    static const cr_unit none;
    return cr_unit_same(a, none);
}

int cr_unit_mul(cr_unit a, cr_unit b, int sign, cr_unit *out)
{
    for (int i = 0; i < CR_DIM_COUNT; i++) {
        int e = a.e[i] + sign * b.e[i];
        if (e < -20 || e > 20)
            return 1;
        out->e[i] = (int8_t)e;
    }
    return 0;
}

int cr_dim_parse(cr_str word, cr_dim *out)
{
    for (int i = 0; i < CR_DIM_COUNT; i++)
        if (cr_str_eq(word, cr_str_of(DIMS[i].one)) || cr_str_eq(word, cr_str_of(DIMS[i].many))) {
            *out = (cr_dim)i;
            return 0;
        }
    return 1;
}

static void english(cr_buf *out, cr_unit unit)
{
    int any = 0;
    for (int i = 0; i < CR_DIM_COUNT; i++)
        for (int k = 0; k < unit.e[i]; k++) {
            cr_buf_text(out, any++ ? " " : "");
            cr_buf_text(out, i == CR_DIM_WORKING_DAY ? "working days" : DIMS[i].many);
        }
    for (int i = 0; i < CR_DIM_COUNT; i++)
        for (int k = 0; k < -unit.e[i]; k++) {
            cr_buf_text(out, any++ ? " per " : "per ");
            cr_buf_text(out, DIMS[i].one);
        }
}

static void chinese(cr_buf *out, cr_unit unit)
{
    int below = 0;
    for (int i = 0; i < CR_DIM_COUNT; i++)
        for (int k = 0; k < unit.e[i]; k++)
            cr_buf_text(out, i == CR_DIM_MONTH         ? "个月"
                             : i == CR_DIM_WORKING_DAY ? "个工作日"
                                                       : DIMS[i].zh);
    for (int i = 0; i < CR_DIM_COUNT; i++)
        for (int k = 0; k < -unit.e[i]; k++) {
            cr_buf_text(out, below++ ? "·" : "/");
            cr_buf_text(out, DIMS[i].zh);
        }
}

void cr_unit_text(cr_buf *out, cr_unit unit, int lang)
{
    if (lang)
        chinese(out, unit);
    else
        english(out, unit);
}

int cr_type_is_time(const cr_type *type)
{
    return type->kind == CR_T_DATE || type->kind == CR_T_MONTH || type->kind == CR_T_TIME;
}

void cr_time_bounds(const cr_type *type, int32_t *lo, int32_t *hi)
{
    int date = type->kind == CR_T_DATE, month = type->kind == CR_T_MONTH;
    *lo = date ? CR_DATE_MIN : month ? cr_month_of(CR_DATE_MIN) : CR_TIME_MIN;
    *hi = date ? CR_DATE_MAX : month ? cr_month_of(CR_DATE_MAX) : CR_TIME_MAX;
}

void cr_type_text(cr_buf *out, const cr_type *type, int lang)
{
    static const char *const names[][2] = {{"error", "错误"},        {"yes/no", "是否"},
                                           {"number", "数"},         {"date", "日期"},
                                           {"month", "月份"},        {"date-time", "日期和时间"},
                                           {"enumeration", "枚举"},  {"set", "集合"},
                                           {"region", "行政区划"},   {"text", "文字"},
                                           {"list of rows", "列表"}, {"row", "一行"},
                                           {"reason", "原因"},       {"none", "无"}};
    cr_buf_text(out, type->money ? (lang ? "金额" : "money") : names[type->kind][lang != 0]);
    if (type->kind == CR_T_NUMBER && !cr_unit_none(type->unit)) {
        cr_buf_text(out, lang ? "，" : " in ");
        cr_unit_text(out, type->unit, lang);
    }
}
