// NEON vectors. NEON is part of the arm64 base: the target names what is there; end with simd/end.h.
#include <arm_neon.h>
#include <stdint.h>
#pragma clang attribute push(__attribute__((target("neon"))), apply_to = function)

#define APUS_ISA APUS_ISA_NEON
#define APUS_SUFFIX neon
#define V 4
typedef float vf __attribute__((vector_size(16)));
typedef int32_t vi __attribute__((vector_size(16)));

static inline __attribute__((always_inline)) vf vf_load_part(const float *p, int64_t n) {
  vf x = {0, 0, 0, 0};
  for (int64_t i = 0; i < n; i++) x[i] = p[i];
  return x;
}
static inline __attribute__((always_inline)) void vf_store_part(float *p, vf x, int64_t n) {
  for (int64_t i = 0; i < n; i++) p[i] = x[i];
}
static inline __attribute__((always_inline)) vf vf_sqrt(vf x) {
  return (vf)vsqrtq_f32((float32x4_t)x);
}
// Elements 0, 2, 4, 6 of 7 that start at p.
static inline __attribute__((always_inline)) vf vf_load_even(const float *p) {
  const vf low = (vf)vld1q_f32(p), high = (vf)vld1q_f32(p + V - 1);
  return __builtin_shufflevector(low, high, 0, 2, 5, 7);
}
#include "vector.h"
