// AVX2 vectors. Everything after this file is compiled for AVX2 and FMA; end with simd/end.h.
#include <immintrin.h>
#include <stdint.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define APUS_ISA APUS_ISA_AVX2
#define APUS_SUFFIX avx2
#define V 8
typedef float vf __attribute__((vector_size(32)));
typedef int32_t vi __attribute__((vector_size(32)));

static inline __attribute__((always_inline)) __m256i part_mask(int64_t n) {
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), lanes);
}
static inline __attribute__((always_inline)) vf vf_load_part(const float *p, int64_t n) {
  return (vf)_mm256_maskload_ps(p, part_mask(n));
}
static inline __attribute__((always_inline)) void vf_store_part(float *p, vf x, int64_t n) {
  _mm256_maskstore_ps(p, part_mask(n), (__m256)x);
}
static inline __attribute__((always_inline)) vf vf_sqrt(vf x) {
  return (vf)_mm256_sqrt_ps((__m256)x);
}
#define APUS_HAS_MIN  // with one instruction that gives its second argument where either is NaN
static inline __attribute__((always_inline)) vf vf_min(vf a, vf b) {
  return (vf)_mm256_min_ps((__m256)a, (__m256)b);
}
static inline __attribute__((always_inline)) vf vf_max(vf a, vf b) {
  return (vf)_mm256_max_ps((__m256)a, (__m256)b);
}
// Elements 0, 2, ... of 15 that start at p.
static inline __attribute__((always_inline)) vf vf_load_even(const float *p) {
  const vf low = (vf)_mm256_loadu_ps(p), high = (vf)_mm256_loadu_ps(p + V - 1);
  return __builtin_shufflevector(low, high, 0, 2, 4, 6, 9, 11, 13, 15);
}
#include "vector.h"
