#include <assert.h>
#include <math.h>

#include "apus_row.h"

static void apus_softmax_f32__scalar(
    const float *src, float *dst, int64_t length, int64_t inner) {
  assert(src && dst && length > 0 && inner > 0);
  for (int64_t column = 0; column < inner; column++) {
    double maximum = -INFINITY, sum = 0;
    for (int64_t i = 0; i < length; i++) {
      if (!(maximum > src[i * inner + column])) maximum = src[i * inner + column];
    }
    for (int64_t i = 0; i < length; i++) sum += exp(src[i * inner + column] - maximum);
    for (int64_t i = 0; i < length; i++) {
      dst[i * inner + column] = (float)(exp(src[i * inner + column] - maximum) / sum);
    }
  }
}

static float apus_sum_f32__scalar(const float *src, int64_t count) {
  assert(count >= 0 && (count == 0 || src));
  double sum = 0;
  for (int64_t i = 0; i < count; i++) sum += src[i];
  return (float)sum;
}

const apus_row_f32_kernel apus_row_f32_kernel__scalar = {
    APUS_ISA_SCALAR, "apus_row_f32__scalar", apus_softmax_f32__scalar, apus_sum_f32__scalar};
