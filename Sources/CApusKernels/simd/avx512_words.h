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
#define APUS_HAS_MIN  // with one instruction that gives its second argument where either is NaN
static inline __attribute__((always_inline)) vf vf_min(vf a, vf b) {
  return (vf)_mm512_min_ps((__m512)a, (__m512)b);
}
static inline __attribute__((always_inline)) vf vf_max(vf a, vf b) {
  return (vf)_mm512_max_ps((__m512)a, (__m512)b);
}
// Elements 0, 2, ... of 31 that start at p.
static inline __attribute__((always_inline)) vf vf_load_even(const float *p) {
  const vf low = (vf)_mm512_loadu_ps(p), high = (vf)_mm512_loadu_ps(p + V - 1);
  return __builtin_shufflevector(
      low, high, 0, 2, 4, 6, 8, 10, 12, 14, 17, 19, 21, 23, 25, 27, 29, 31);
}

#define APUS_HAS_EXP
#include "vector.h"

// e^x: x = n ln 2 + r as in vector.h; the scaling by 2^n rounds small results once and overflows to inf.
VF_INLINE vf vf_exp(vf x) {
  const __m512 inside = (__m512)vf_max(vf_set1(-110.0f), vf_min(vf_set1(100.0f), x));
  const __m512 n = _mm512_roundscale_ps(
      _mm512_mul_ps(inside, _mm512_set1_ps(1.44269504f)), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  vf r = vf_fma((vf)n, vf_set1(-0.693359375f), (vf)inside);
  r = vf_fma((vf)n, vf_set1(2.12194440e-4f), r);
  return (vf)_mm512_scalef_ps((__m512)vf_exp_near_zero(r), n);
}
