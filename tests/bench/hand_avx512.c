/* SPDX-License-Identifier: Apache-2.0 */
/* The yardstick written by hand for AVX-512: what the machine can do if a programmer spends days on
   one rule. Income and percentages share a lane (48 and 16 bits); one running sum per block of
   households, a household is the difference at its offsets. Divisions go through doubles, exact for
   the numbers that occur here; nothing is checked. */
#include "yardstick.h"

#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512BW__) && defined(__AVX512VL__)
#include <immintrin.h>

enum { BLOCK = 128, MOST_PERSONS = 16 * BLOCK };

typedef struct scratch {
    int64_t sums[MOST_PERSONS + 32]; /* sums[8 + i]: up to person i; sums[7] = 0 */
    uint8_t percent[MOST_PERSONS + 64];
    int64_t living[BLOCK + 8];
} scratch;

int yard_avx512_present(void)
{
    return __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl");
}

static inline __mmask8 first(int64_t n)
{
    return n >= 8 ? 0xff : (__mmask8)((1u << n) - 1);
}

static inline __m512i wide(__mmask8 k, const uint8_t *p)
{
    return _mm512_cvtepu8_epi64(_mm_maskz_loadu_epi8(k, p));
}

static inline __m512i divide(__m512i x, __m512d by)
{
    return _mm512_cvttpd_epi64(_mm512_div_pd(_mm512_cvtepi64_pd(x), by));
}

static void percents(scratch *s, const yard_columns *c, int64_t from, int64_t n)
{
    for (int64_t i = 0; i < n; i += 64) {
        __mmask64 k = n - i >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << (n - i)) - 1;
        __m512i age = _mm512_maskz_loadu_epi8(k, c->age + from + i),
                grade = _mm512_maskz_loadu_epi8(k, c->grade + from + i),
                ill = _mm512_maskz_loadu_epi8(k, c->illness + from + i), r;
        r = _mm512_maskz_set1_epi8(_mm512_cmplt_epu8_mask(age, _mm512_set1_epi8(16)), 10);
        r = _mm512_mask_mov_epi8(r, _mm512_cmpge_epu8_mask(age, _mm512_set1_epi8(70)),
                                 _mm512_set1_epi8(20));
        r = _mm512_mask_mov_epi8(r, _mm512_test_epi8_mask(ill, ill), _mm512_set1_epi8(25));
        grade = _mm512_sub_epi8(grade, _mm512_set1_epi8(1));
        r = _mm512_mask_mov_epi8(r, _mm512_cmplt_epu8_mask(grade, _mm512_set1_epi8(2)),
                                 _mm512_set1_epi8(30));
        _mm512_storeu_si512(s->percent + i, r);
    }
}

/* Counted income and percentage of each person, summed up from the first of the block. */
static void persons(scratch *s, const yard_columns *c, yard_answers *out, int64_t from, int64_t n)
{
    const __m512i zero = _mm512_setzero_si512(), last = _mm512_set1_epi64(7),
                  care = _mm512_setr_epi64(0, 12000, 10000, 8000, 0, 0, 0, 0);
    __m512i run = zero;
    _mm512_storeu_si512(s->sums, zero);
    for (int64_t i = 0; i < n; i += 8) {
        __mmask8 k = first(n - i);
        int64_t p = from + i;
        __m512i x = _mm512_maskz_loadu_epi64(k, c->wage + p), employed = wide(k, c->employed + p);
        x = _mm512_mask_sub_epi64(x, _mm512_test_epi64_mask(employed, employed), x,
                                  divide(x, _mm512_set1_pd(5.0)));
        x = _mm512_add_epi64(x, _mm512_maskz_loadu_epi64(k, c->pension + p));
        x = _mm512_add_epi64(x, _mm512_maskz_loadu_epi64(k, c->other + p));
        x = _mm512_add_epi64(x, _mm512_slli_epi64(wide(k, s->percent + i), 48));
        x = _mm512_add_epi64(x, _mm512_alignr_epi64(x, zero, 7));
        x = _mm512_add_epi64(x, _mm512_alignr_epi64(x, zero, 6));
        x = _mm512_add_epi64(x, _mm512_alignr_epi64(x, zero, 4));
        _mm512_storeu_si512(s->sums + 8 + i, _mm512_add_epi64(x, run));
        run = _mm512_add_epi64(run, _mm512_permutexvar_epi64(last, x));
        _mm512_mask_storeu_epi64(out->care + p, k,
                                 _mm512_permutexvar_epi64(wide(k, c->grade + p), care));
    }
}

static void households(scratch *s, const yard_columns *c, yard_answers *out, int64_t a, int64_t b)
{
    const __m512i zero = _mm512_setzero_si512();
    const __m512d hundred = _mm512_set1_pd(100.0);
    const __m256i base = _mm256_set1_epi32(c->offsets[a] - 7);
    for (int64_t h = a; h < b; h += 8) {
        __mmask8 k = first(b - h), e;
        __m256i from = _mm256_maskz_loadu_epi32(k, c->offsets + h),
                to = _mm256_maskz_loadu_epi32(k, c->offsets + h + 1);
        __m512i n = _mm512_mask_mov_epi64(_mm512_set1_epi64(1), k,
                                          _mm512_cvtepi32_epi64(_mm256_sub_epi32(to, from)));
        __m512i sum = _mm512_sub_epi64(
            _mm512_mask_i32gather_epi64(zero, k, _mm256_sub_epi32(to, base), s->sums, 8),
            _mm512_mask_i32gather_epi64(zero, k, _mm256_sub_epi32(from, base), s->sums, 8));
        __m512i income = _mm512_and_si512(sum, _mm512_set1_epi64((INT64_C(1) << 48) - 1));
        __m512i rigid = _mm512_add_epi64(_mm512_maskz_loadu_epi64(k, c->medical + h),
                                         _mm512_maskz_loadu_epi64(k, c->education + h));
        rigid = _mm512_max_epi64(zero, _mm512_sub_epi64(rigid, _mm512_set1_epi64(YARD_THRESHOLD)));
        __m512i net = _mm512_max_epi64(zero, _mm512_sub_epi64(income, rigid));
        __m512i county = wide(k, c->county + h);
        __m512i at = _mm512_add_epi64(_mm512_add_epi64(county, county), wide(k, c->rural + h));
        __m512i standard = _mm512_i64gather_epi64(at, &YARD_STANDARD[0][0], 8);
        __m512i per_head = divide(_mm512_add_epi64(_mm512_add_epi64(net, net), n),
                                  _mm512_cvtepi64_pd(_mm512_add_epi64(n, n)));
        __m512i limit = _mm512_mullo_epi64(_mm512_mullo_epi64(standard, _mm512_set1_epi64(24)), n);
        e = _mm512_mask_cmplt_epi64_mask(k, _mm512_maskz_loadu_epi64(k, c->deposits + h), limit);
        e = _mm512_mask_cmpeq_epi64_mask(e, wide(k, c->cars + h), zero);
        e = _mm512_mask_cmple_epi64_mask(e, wide(k, c->dwellings + h), _mm512_set1_epi64(2));
        e = _mm512_mask_cmplt_epi64_mask(e, per_head, standard);
        __m512i benefit = _mm512_mullo_epi64(_mm512_sub_epi64(standard, per_head), n);
        __m512i top_up = _mm512_mullo_epi64(_mm512_srli_epi64(sum, 48), standard);
        benefit = _mm512_add_epi64(benefit, divide(top_up, hundred));
        benefit = divide(_mm512_add_epi64(benefit, _mm512_set1_epi64(99)), hundred);
        benefit = _mm512_mullo_epi64(benefit, _mm512_set1_epi64(100));
        _mm512_mask_storeu_epi64(out->per_head + h, k, per_head);
        _mm512_mask_storeu_epi64(out->benefit + h, k, _mm512_maskz_mov_epi64(e, benefit));
        _mm_mask_storeu_epi8(out->eligible + h, k, _mm_maskz_set1_epi8(e, 1));
        _mm512_storeu_si512(s->living + (h - a), _mm512_maskz_set1_epi64(e, 6000));
    }
}

/* One store of eight lanes per household: those past its end are overwritten by the next. */
static void living(const scratch *s, const yard_columns *c, yard_answers *out, int64_t a, int64_t b)
{
    for (int64_t h = a; h < b; h++) {
        int32_t from = c->offsets[h], to = c->offsets[h + 1];
        if (to - from <= 8 && from + 8 <= c->persons) {
            __m128i grade = _mm_loadl_epi64((const __m128i *)(c->grade + from));
            __mmask8 any = (__mmask8)_mm_test_epi8_mask(grade, grade);
            _mm512_storeu_si512(out->living + from, _mm512_maskz_set1_epi64(any, s->living[h - a]));
            continue;
        }
        for (int32_t p = from; p < to; p++)
            out->living[p] = c->grade[p] ? s->living[h - a] : 0;
    }
}

void yard_avx512_run(const yard_columns *c, yard_answers *out, int64_t a, int64_t b)
{
    scratch s;
    for (int64_t h = a; h < b; h += BLOCK) {
        int64_t end = b - h < BLOCK ? b : h + BLOCK, from = c->offsets[h];
        percents(&s, c, from, c->offsets[end] - from);
        persons(&s, c, out, from, c->offsets[end] - from);
        households(&s, c, out, h, end);
        living(&s, c, out, h, end);
    }
}
#else
int yard_avx512_present(void)
{
    return 0;
}

void yard_avx512_run(const yard_columns *c, yard_answers *out, int64_t a, int64_t b)
{
    yard_fused_run(c, out, a, b);
}
#endif
