#if defined(__x86_64__)
#include <immintrin.h>

#include "peak.h"
#pragma clang attribute push(__attribute__((target("avx512f,avx512vnni"))), apply_to = function)

#define PEAK_SUMS 24
#define PEAK_SUFFIX avx512vnni
#define PEAK_PRODUCT u8s8
#define PEAK_TYPE __m512i
#define PEAK_SUM __m512i
#define PEAK_ADD(sum, x, w) _mm512_dpbusd_epi32(sum, x, w)
#define PEAK_MACS 64
#include "peak.inc"
#define PEAK_PRODUCT s16
#define PEAK_TYPE __m512i
#define PEAK_SUM __m512i
#define PEAK_ADD(sum, x, w) _mm512_dpwssd_epi32(sum, x, w)
#define PEAK_MACS 32
#include "peak.inc"
#pragma clang attribute pop

const apus_peak_kernel apus_peak_avx512vnni[] = {
    PEAK_ROW(APUS_ISA_AVX512VNNI, APUS_PRODUCT_U8S8, u8s8, avx512vnni),
    PEAK_ROW(APUS_ISA_AVX512VNNI, APUS_PRODUCT_S16, s16, avx512vnni),
    {0},
};
#endif
