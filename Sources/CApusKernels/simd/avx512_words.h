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

#define APUS_HAS_EXP
#define APUS_HAS_SIGMOID
#include "vector.h"

// e^x for x below 100: x = n ln 2 + r as in vector.h; the scaling by 2^n rounds small results once and
// overflows to inf.
VF_INLINE vf vf_exp_below(vf x) {
  const __m512 inside = _mm512_max_ps(_mm512_set1_ps(-110), (__m512)x);
  const __m512 n = _mm512_roundscale_ps(
      _mm512_mul_ps(inside, _mm512_set1_ps(1.44269504f)), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  vf r = vf_fma((vf)n, vf_set1(-0.693359375f), (vf)inside);
  r = vf_fma((vf)n, vf_set1(2.12194440e-4f), r);
  return (vf)_mm512_scalef_ps((__m512)vf_exp_near_zero(r), n);
}

VF_INLINE vf vf_exp(vf x) {
  return vf_exp_below((vf)_mm512_min_ps(_mm512_set1_ps(100), (__m512)x));
}

// a / b within 1 unit in the last place, for b in 1...1e30.
VF_INLINE vf vf_quotient(vf a, vf b) {
  const vf reciprocal = (vf)_mm512_rcp14_ps((__m512)b);
  const vf near = a * reciprocal;
  return vf_fma(vf_fma(-b, near, a), reciprocal, near);
}

// e^x / (1 + e^x), which needs no care where e^x is small; beyond x = 30 it is 1 in float.
VF_INLINE vf vf_sigmoid(vf x) {
  const vf e = vf_exp_below((vf)_mm512_min_ps(_mm512_set1_ps(30), (__m512)x));
  return vf_quotient(e, 1.0f + e);
}
VF_INLINE vf vf_silu(vf x) { return x * vf_sigmoid(x); }
