// The words of the products that NEON has, for neon.inc and depthwise.inc.
#include <arm_neon.h>
#include <stdint.h>
#include <string.h>

#include "pixels.h"

TILE_INLINE uint32_t quad_at(const uint8_t *p) {
  uint32_t x;
  memcpy(&x, p, sizeof x);
  return x;
}
TILE_INLINE float32x4_t floats_at(const uint8_t *p) { return vreinterpretq_f32_u8(vld1q_u8(p)); }
// Four bfloat16 as floats.
TILE_INLINE float32x4_t floats_of(uint8x8_t halves) {
  return vreinterpretq_f32_u32(vshll_n_u16(vreinterpret_u16_u8(halves), 16));
}
TILE_INLINE uint8x8_t only(const uint8_t *p) { return vreinterpret_u8_u32(vdup_n_u32(quad_at(p))); }

// float
typedef float32x4_t ps4_sum, ps4_part, ps4_pixel;
TILE_INLINE float32x4_t ps4_weights(const uint8_t *w) { return floats_at(w); }
TILE_INLINE float32x4_t ps4_steps(const uint8_t *p) { return floats_at(p); }
TILE_INLINE float32x4_t ps4_step(const uint8_t *p) {
  return vreinterpretq_f32_u32(vdupq_n_u32(quad_at(p)));
}
#define ps4_add(sum, x, k, w) vfmaq_laneq_f32(sum, w, x, k)

// bfloat16: even elements of weights, then the odd ones; elements of pixels in their order.
typedef float32x4_t wide4_sum, wide4_pixel;
typedef float32x4x2_t wide4_part;
TILE_INLINE float32x4x2_t wide4_weights(const uint8_t *w) {
  const uint32x4_t pairs = vreinterpretq_u32_u8(vld1q_u8(w));
  return (float32x4x2_t){{vreinterpretq_f32_u32(vshlq_n_u32(pairs, 16)),
                          vreinterpretq_f32_u32(vandq_u32(pairs, vdupq_n_u32(0xFFFF0000)))}};
}
TILE_INLINE float32x4_t wide4_steps(const uint8_t *p) { return floats_of(vld1_u8(p)); }
TILE_INLINE float32x4_t wide4_step(const uint8_t *p) { return floats_of(only(p)); }
#define wide4_add(sum, x, k, w) \
  vfmaq_laneq_f32(vfmaq_laneq_f32(sum, (w).val[0], x, 2 * k), (w).val[1], x, 2 * k + 1)

// Bytes as int16: the elements of 8 output channels, each in its register.
typedef int32x4x2_t half8_sum;
typedef int8x8x4_t half8_part;
typedef int16x8_t half8_pixel;
TILE_INLINE int8x8x4_t half8_weights(const uint8_t *w) { return vld4_s8((const int8_t *)w); }
TILE_INLINE int16x8_t half8_steps(const uint8_t *p) {
  return vreinterpretq_s16_u16(vmovl_u8(vld1_u8(p)));
}
TILE_INLINE int16x8_t half8_step(const uint8_t *p) {
  return vreinterpretq_s16_u16(vmovl_u8(only(p)));
}
#define HALF8_ELEMENT(sum, x, lane, w)                                                    \
  (int32x4x2_t){{vmlal_laneq_s16((sum).val[0], vget_low_s16(vmovl_s8(w)), x, lane),       \
                 vmlal_high_laneq_s16((sum).val[1], vmovl_s8(w), x, lane)}}
#define half8_add(sum, x, k, w)                                                           \
  HALF8_ELEMENT(                                                                          \
      HALF8_ELEMENT(                                                                      \
          HALF8_ELEMENT(HALF8_ELEMENT(sum, x, 4 * k, (w).val[0]), x, 4 * k + 1, (w).val[1]), \
          x, 4 * k + 2, (w).val[2]),                                                      \
      x, 4 * k + 3, (w).val[3])

// Channels by themselves, for depthwise.inc.
typedef float32x4_t fl4_sum, fl4_part, bf4_sum, bf4_part;
typedef float fl4_element;
typedef uint16_t bf4_element;
TILE_INLINE void fl4_pixel(float32x4_t *part, const uint8_t *p) { *part = floats_at(p); }
TILE_INLINE void fl4_weights(float32x4_t *part, const uint8_t *w) { *part = floats_at(w); }
TILE_INLINE float32x4_t fl4_add(float32x4_t sum, float32x4_t x, float32x4_t w) {
  return vfmaq_f32(sum, x, w);
}
TILE_INLINE void bf4_pixel(float32x4_t *part, const uint8_t *p) { *part = floats_of(vld1_u8(p)); }
TILE_INLINE void bf4_weights(float32x4_t *part, const uint8_t *w) { bf4_pixel(part, w); }
TILE_INLINE float32x4_t bf4_add(float32x4_t sum, float32x4_t x, float32x4_t w) {
  return vfmaq_f32(sum, x, w);
}
typedef int32x4x2_t by8_sum;
typedef int16x8_t by8_part;
typedef uint8_t by8_element;
TILE_INLINE void by8_pixel(int16x8_t *part, const uint8_t *p) {
  *part = vreinterpretq_s16_u16(vmovl_u8(vld1_u8(p)));
}
TILE_INLINE void by8_weights(int16x8_t *part, const uint8_t *w) {
  *part = vmovl_s8(vld1_s8((const int8_t *)w));
}
TILE_INLINE int32x4x2_t by8_add(int32x4x2_t sum, int16x8_t x, int16x8_t w) {
  return (int32x4x2_t){{vmlal_s16(sum.val[0], vget_low_s16(x), vget_low_s16(w)),
                        vmlal_high_s16(sum.val[1], x, w)}};
}
