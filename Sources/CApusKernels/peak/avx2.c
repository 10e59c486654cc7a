#if defined(__x86_64__)
#include <immintrin.h>

#include "peak.h"
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define PEAK_SUMS 12
#define PEAK_SUFFIX avx2
#define PEAK_PRODUCT f32
#define PEAK_TYPE __m256
#define PEAK_SUM __m256
#define PEAK_ADD(sum, x, w) _mm256_fmadd_ps(x, w, sum)
#define PEAK_MACS 8
#include "peak.inc"
#define PEAK_PRODUCT u8s8
#define PEAK_TYPE __m256i
#define PEAK_SUM __m256i
#define PEAK_ADD(sum, x, w) _mm256_add_epi32(sum, _mm256_madd_epi16(x, w))
#define PEAK_MACS 16
#include "peak.inc"
#pragma clang attribute pop

const apus_peak_kernel apus_peak_avx2[] = {
    PEAK_ROW(APUS_ISA_AVX2, APUS_PRODUCT_F32, f32, avx2),
    // bfloat16 is multiplied as float here.
    {APUS_ISA_AVX2, APUS_PRODUCT_BF16, "apus_peak_bf16__avx2", apus_peak_f32__avx2},
    PEAK_ROW(APUS_ISA_AVX2, APUS_PRODUCT_U8S8, u8s8, avx2),
    // Bytes are widened and multiplied as these.
    {APUS_ISA_AVX2, APUS_PRODUCT_S16, "apus_peak_s16__avx2", apus_peak_u8s8__avx2},
    {0},
};
#endif
