#if defined(__aarch64__)
#include <arm_neon.h>

#include "peak.h"
#pragma clang attribute push(__attribute__((target("i8mm"))), apply_to = function)

#define PEAK_SUMS 24
#define PEAK_SUFFIX i8mm
#define PEAK_PRODUCT u8s8
#define PEAK_TYPE int8x16_t
#define PEAK_SUM int32x4_t
#define PEAK_ADD(sum, x, w) vusmmlaq_s32(sum, vreinterpretq_u8_s8(x), w)
#define PEAK_MACS 32
#include "peak.inc"
#pragma clang attribute pop

const apus_peak_kernel apus_peak_i8mm[] = {
    PEAK_ROW(APUS_ISA_I8MM, APUS_PRODUCT_U8S8, u8s8, i8mm),
    {0},
};
#endif
