#include <assert.h>
#include <math.h>

#include "apus_binary.h"

static float apply(apus_binary function, float x, float y) {
  switch (function) {
    case APUS_BINARY_ADD: return x + y;
    case APUS_BINARY_SUBTRACT: return x - y;
    case APUS_BINARY_MULTIPLY: return x * y;
    case APUS_BINARY_DIVIDE: return x / y;
    case APUS_BINARY_MAXIMUM: return isnan(x) || isnan(y) ? NAN : x > y ? x : y;
    case APUS_BINARY_MINIMUM: return isnan(x) || isnan(y) ? NAN : x < y ? x : y;
    case APUS_BINARY_COUNT: break;
  }
  return NAN;
}

static void apus_binary_f32__scalar(
    apus_binary function, const float *lhs, int64_t lhs_step, const float *rhs, int64_t rhs_step,
    float *dst, int64_t count) {
  assert(function >= 0 && function < APUS_BINARY_COUNT);
  assert((lhs_step | 1) == 1 && (rhs_step | 1) == 1 && count >= 0);
  assert(count == 0 || (lhs && rhs && dst));
  for (int64_t i = 0; i < count; i++) {
    dst[i] = apply(function, lhs[i * lhs_step], rhs[i * rhs_step]);
  }
}

const apus_binary_f32_kernel apus_binary_f32_kernel__scalar = {
    APUS_ISA_SCALAR, "apus_binary_f32__scalar", apus_binary_f32__scalar};
