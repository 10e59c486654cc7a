#if defined(__aarch64__)
#include <arm_neon.h>

#include "peak.h"
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

#define PEAK_SUMS 24
#define PEAK_SUFFIX dotprod
#define PEAK_PRODUCT u8s8
#define PEAK_TYPE int8x16_t
#define PEAK_SUM int32x4_t
#define PEAK_ADD(sum, x, w) vdotq_s32(sum, x, w)
#define PEAK_MACS 16
#include "peak.inc"
#pragma clang attribute pop

const apus_peak_kernel apus_peak_dotprod[] = {
    PEAK_ROW(APUS_ISA_DOTPROD, APUS_PRODUCT_U8S8, u8s8, dotprod),
    {0},
};
#endif
