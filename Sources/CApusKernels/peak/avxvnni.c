#if defined(__x86_64__)
#include <immintrin.h>

#include "peak.h"
#pragma clang attribute push(__attribute__((target("avx2,avxvnni"))), apply_to = function)

#define PEAK_SUMS 12
#define PEAK_SUFFIX avxvnni
#define PEAK_PRODUCT u8s8
#define PEAK_TYPE __m256i
#define PEAK_SUM __m256i
#define PEAK_ADD(sum, x, w) _mm256_dpbusd_avx_epi32(sum, x, w)
#define PEAK_MACS 32
#include "peak.inc"
#define PEAK_PRODUCT s16
#define PEAK_TYPE __m256i
#define PEAK_SUM __m256i
#define PEAK_ADD(sum, x, w) _mm256_dpwssd_avx_epi32(sum, x, w)
#define PEAK_MACS 16
#include "peak.inc"
#pragma clang attribute pop

const apus_peak_kernel apus_peak_avxvnni[] = {
    PEAK_ROW(APUS_ISA_AVXVNNI, APUS_PRODUCT_U8S8, u8s8, avxvnni),
    PEAK_ROW(APUS_ISA_AVXVNNI, APUS_PRODUCT_S16, s16, avxvnni),
    {0},
};
#endif
