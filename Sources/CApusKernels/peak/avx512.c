#if defined(__x86_64__)
#include <immintrin.h>

#include "peak.h"
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw"))), apply_to = function)

#define PEAK_SUMS 24
#define PEAK_SUFFIX avx512
#define PEAK_PRODUCT f32
#define PEAK_TYPE __m512
#define PEAK_SUM __m512
#define PEAK_ADD(sum, x, w) _mm512_fmadd_ps(x, w, sum)
#define PEAK_MACS 16
#include "peak.inc"
#define PEAK_PRODUCT u8s8
#define PEAK_TYPE __m512i
#define PEAK_SUM __m512i
#define PEAK_ADD(sum, x, w) _mm512_add_epi32(sum, _mm512_madd_epi16(x, w))
#define PEAK_MACS 32
#include "peak.inc"
#pragma clang attribute pop

const apus_peak_kernel apus_peak_avx512[] = {
    PEAK_ROW(APUS_ISA_AVX512, APUS_PRODUCT_F32, f32, avx512),
    // bfloat16 is multiplied as float here.
    {APUS_ISA_AVX512, APUS_PRODUCT_BF16, "apus_peak_bf16__avx512", apus_peak_f32__avx512},
    PEAK_ROW(APUS_ISA_AVX512, APUS_PRODUCT_U8S8, u8s8, avx512),
    // Bytes are widened and multiplied as these.
    {APUS_ISA_AVX512, APUS_PRODUCT_S16, "apus_peak_s16__avx512", apus_peak_u8s8__avx512},
    {0},
};
#endif
