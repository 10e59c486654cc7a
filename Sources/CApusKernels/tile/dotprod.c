#if defined(__aarch64__)
#include <assert.h>

#include "tables.h"
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#include "words_neon.h"

// Pixels are made signed by taking 128 from each; that many times the weights is taken from the sums.
typedef int32x4_t dot16_sum;
typedef int8x16_t dot16_part, dot16_pixel;
TILE_INLINE int8x16_t dot16_weights(const uint8_t *w) { return vld1q_s8((const int8_t *)w); }
TILE_INLINE int8x16_t dot16_offset(void) { return vdupq_n_s8(-128); }
TILE_INLINE int8x16_t dot16_steps(const uint8_t *p) {
  return vreinterpretq_s8_u8(veorq_u8(vld1q_u8(p), vdupq_n_u8(0x80)));
}
TILE_INLINE int8x16_t dot16_step(const uint8_t *p) {
  return vreinterpretq_s8_u32(veorq_u32(vdupq_n_u32(quad_at(p)), vdupq_n_u32(0x80808080)));
}
TILE_INLINE int32x4_t dot16_less(int32x4_t sum, int32x4_t offset) { return vsubq_s32(sum, offset); }
#define dot16_add(sum, x, k, w) vdotq_laneq_s32(sum, w, x, k)

#define TILE_SUFFIX dotprod
#define TILE_PRODUCT u8s8
#define TILE_WORDS dot16
#define TILE_STEPS 4
#define TILE_CORRECTED 1
#define TILE_ROWS 14
#define TILE_COLUMNS 4
#include "neon.inc"
#define TILE_ROWS 8
#define TILE_COLUMNS 8
#include "neon.inc"
#define TILE_ROWS 6
#define TILE_COLUMNS 12
#include "neon.inc"
#define TILE_ROWS 4
#define TILE_COLUMNS 16
#include "neon.inc"
#undef TILE_PRODUCT
#undef TILE_WORDS
#undef TILE_STEPS
#undef TILE_CORRECTED

#pragma clang attribute pop

#define ROW(product, text, rows, columns) \
  TILE_ROW(APUS_ISA_DOTPROD, product, text, dotprod, rows, columns, columns)
const apus_tile_kernel apus_tile_dotprod[] = {
    ROW(APUS_PRODUCT_U8S8, u8s8, 14, 4),
    ROW(APUS_PRODUCT_U8S8, u8s8, 8, 8),
    ROW(APUS_PRODUCT_U8S8, u8s8, 6, 12),
    ROW(APUS_PRODUCT_U8S8, u8s8, 4, 16),
    {0},
};
#endif
