// Words of 512-bit vectors, for every set from AVX-512 on; included by simd/avx512*.h after the instruction
// set is raised and named.

#define V 16
typedef float vf __attribute__((vector_size(64)));
typedef int32_t vi __attribute__((vector_size(64)));

static inline __attribute__((always_inline)) vf vf_load_part(const float *p, int64_t n) {
  return (vf)_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
}
static inline __attribute__((always_inline)) void vf_store_part(float *p, vf x, int64_t n) {
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)x);
}
static inline __attribute__((always_inline)) vf vf_sqrt(vf x) {
  return (vf)_mm512_sqrt_ps((__m512)x);
}
// Elements 0, 2, ... of 31 that start at p.
static inline __attribute__((always_inline)) vf vf_load_even(const float *p) {
  const vf low = (vf)_mm512_loadu_ps(p), high = (vf)_mm512_loadu_ps(p + V - 1);
  return __builtin_shufflevector(
      low, high, 0, 2, 4, 6, 8, 10, 12, 14, 17, 19, 21, 23, 25, 27, 29, 31);
}
#include "vector.h"
