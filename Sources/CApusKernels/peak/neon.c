#if defined(__aarch64__)
#include <arm_neon.h>

#include "peak.h"
#pragma clang attribute push(__attribute__((target("neon"))), apply_to = function)

#define PEAK_SUMS 24
#define PEAK_SUFFIX neon
#define PEAK_PRODUCT f32
#define PEAK_TYPE float32x4_t
#define PEAK_SUM float32x4_t
#define PEAK_ADD(sum, x, w) vfmaq_f32(sum, x, w)
#define PEAK_MACS 4
#include "peak.inc"
#define PEAK_PRODUCT u8s8
#define PEAK_TYPE int16x8_t
#define PEAK_SUM int32x4_t
#define PEAK_ADD(sum, x, w) vmlal_high_s16(sum, x, w)
#define PEAK_MACS 4
#include "peak.inc"
#pragma clang attribute pop

const apus_peak_kernel apus_peak_neon[] = {
    PEAK_ROW(APUS_ISA_NEON, APUS_PRODUCT_F32, f32, neon),
    // bfloat16 is multiplied as float here.
    {APUS_ISA_NEON, APUS_PRODUCT_BF16, "apus_peak_bf16__neon", apus_peak_f32__neon},
    PEAK_ROW(APUS_ISA_NEON, APUS_PRODUCT_U8S8, u8s8, neon),
    {0},
};
#endif
