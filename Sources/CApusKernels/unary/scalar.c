#include <assert.h>
#include <math.h>

#include "apus_unary.h"

static double clip(double x, double low, double high) {
  const double raised = x < low ? low : x;
  return raised > high ? high : raised;
}

static double apply(apus_activation f, double x) {
  switch (f.function) {
    case APUS_UNARY_RELU: return x < 0 ? 0 : x;
    case APUS_UNARY_LEAKY_RELU: return x < 0 ? f.a * x : x;
    case APUS_UNARY_CLIP: return clip(x, f.a, f.b);
    case APUS_UNARY_SIGMOID: return 1 / (1 + exp(-x));
    case APUS_UNARY_SILU: return x / (1 + exp(-x));
    case APUS_UNARY_HARD_SIGMOID: return clip(f.a * x + f.b, 0, 1);
    case APUS_UNARY_HARD_SWISH: return x * clip(x / 6 + 0.5, 0, 1);
    case APUS_UNARY_TANH: return tanh(x);
    case APUS_UNARY_MISH: return x * tanh(log1p(exp(x)));
    case APUS_UNARY_EXP: return exp(x);
    case APUS_UNARY_SQRT: return sqrt(x);
    case APUS_UNARY_ABS: return fabs(x);
    case APUS_UNARY_NEGATE: return -x;
    case APUS_UNARY_IDENTITY:
    case APUS_UNARY_COUNT: return x;
  }
  return x;
}

static void apus_unary_f32__scalar(
    apus_activation activation, const float *src, float *dst, int64_t count) {
  assert(activation.function >= 0 && activation.function < APUS_UNARY_COUNT);
  assert(count >= 0 && (count == 0 || (src && dst)));
  for (int64_t i = 0; i < count; i++) dst[i] = (float)apply(activation, src[i]);
}

const apus_unary_f32_kernel apus_unary_f32_kernel__scalar = {
    APUS_ISA_SCALAR, "apus_unary_f32__scalar", apus_unary_f32__scalar};
