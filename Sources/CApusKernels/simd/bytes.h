// Vectors of 4 V bytes. Include it after a simd header.
#pragma once

#include "elements.h"

enum { VB = 4 * V };
typedef uint8_t vb __attribute__((vector_size(VB)));

VF_INLINE vb vb_load(const uint8_t *p) {
  vb x;
  memcpy(&x, p, sizeof x);
  return x;
}
VF_INLINE void vb_store(uint8_t *p, vb x) { memcpy(p, &x, sizeof x); }
VF_INLINE vb vb_max(vb a, vb b) { return __builtin_elementwise_max(a, b); }

#if V == 16
VF_INLINE vb vb_load_part(const uint8_t *p, int64_t n) {
  return (vb)_mm512_maskz_loadu_epi8((1ull << n) - 1, p);
}
VF_INLINE void vb_store_part(uint8_t *p, vb x, int64_t n) {
  _mm512_mask_storeu_epi8(p, (1ull << n) - 1, (__m512i)x);
}
#else
// Copies n < 32 bytes.
VF_INLINE void copy_bytes_part(uint8_t *to, const uint8_t *from, int64_t n) {
  if (n & 16) memcpy(to, from, 16);
  copy_part(to + (n & 16), from + (n & 16), n & 15);
}
VF_INLINE vb vb_load_part(const uint8_t *p, int64_t n) {
  vb x = {0};
  copy_bytes_part((uint8_t *)&x, p, n);
  return x;
}
VF_INLINE void vb_store_part(uint8_t *p, vb x, int64_t n) {
  copy_bytes_part(p, (const uint8_t *)&x, n);
}
#endif
