// The functions of apus_unary.h in double, as their comments say them: what every vector form is tested against.
#pragma once

#include <math.h>

#include "apus_unary.h"

static inline double apus_clip(double x, double low, double high) {
  const double raised = x < low ? low : x;
  return raised > high ? high : raised;
}

static inline double apus_apply(apus_activation f, double x) {
  switch (f.function) {
    case APUS_UNARY_RELU: return x < 0 ? 0 : x;
    case APUS_UNARY_LEAKY_RELU: return x < 0 ? f.a * x : x;
    case APUS_UNARY_CLIP: return apus_clip(x, f.a, f.b);
    case APUS_UNARY_SIGMOID: return 1 / (1 + exp(-x));
    case APUS_UNARY_SILU: return x / (1 + exp(-x));
    case APUS_UNARY_HARD_SIGMOID: return apus_clip(f.a * x + f.b, 0, 1);
    case APUS_UNARY_HARD_SWISH: return x * apus_clip(x / 6 + 0.5, 0, 1);
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
