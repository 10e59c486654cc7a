#if defined(__x86_64__)
#include <immintrin.h>

#include "peak.h"
#pragma clang attribute push(__attribute__((target("avx512f,avx512bf16"))), apply_to = function)

#define PEAK_SUMS 24
#define PEAK_SUFFIX avx512bf16
#define PEAK_PRODUCT bf16
#define PEAK_TYPE __m512i
#define PEAK_SUM __m512
#define PEAK_ADD(sum, x, w) _mm512_dpbf16_ps(sum, (__m512bh)x, (__m512bh)w)
#define PEAK_MACS 32
#include "peak.inc"
#pragma clang attribute pop

const apus_peak_kernel apus_peak_avx512bf16[] = {
    PEAK_ROW(APUS_ISA_AVX512BF16, APUS_PRODUCT_BF16, bf16, avx512bf16),
    {0},
};
#endif
