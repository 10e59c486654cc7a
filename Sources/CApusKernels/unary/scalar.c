#include <assert.h>

#include "apply.h"

static void apus_unary_f32__scalar(
    apus_activation activation, const float *src, float *dst, int64_t count) {
  assert(activation.function >= 0 && activation.function < APUS_UNARY_COUNT);
  assert(count >= 0 && (count == 0 || (src && dst)));
  for (int64_t i = 0; i < count; i++) dst[i] = (float)apus_apply(activation, src[i]);
}

const apus_unary_f32_kernel apus_unary_f32_kernel__scalar = {
    APUS_ISA_SCALAR, "apus_unary_f32__scalar", apus_unary_f32__scalar};
