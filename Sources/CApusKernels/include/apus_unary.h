// Elementwise functions of one argument.
#pragma once

#include "apus_isa.h"

typedef enum apus_unary {
  APUS_UNARY_IDENTITY = 0,
  APUS_UNARY_RELU,          // max(0, x)
  APUS_UNARY_LEAKY_RELU,    // x < 0 ? a x : x
  APUS_UNARY_CLIP,          // min(b, max(a, x))
  APUS_UNARY_SIGMOID,       // 1 / (1 + e^-x)
  APUS_UNARY_SILU,          // x / (1 + e^-x)
  APUS_UNARY_HARD_SIGMOID,  // min(1, max(0, a x + b))
  APUS_UNARY_HARD_SWISH,    // x min(1, max(0, x / 6 + 1/2))
  APUS_UNARY_TANH,
  APUS_UNARY_MISH,          // x tanh(ln(1 + e^x))
  APUS_UNARY_EXP,
  APUS_UNARY_SQRT,
  APUS_UNARY_ABS,
  APUS_UNARY_NEGATE,
  APUS_UNARY_COUNT,
} apus_unary;

/// A function with its two parameters; those a function does not name are ignored.
typedef struct apus_activation {
  apus_unary function;
  float a;
  float b;
} apus_activation;

/// dst[i] = f(src[i]) for i in 0..<count. `dst` may be `src`. NaN stays NaN.
///
/// Against the scalar twin, which computes in double: sigmoid, SiLU, tanh, Mish and exp within 4
/// units in the last place, the rest within 2; sigmoid and SiLU may give 0 where |result| < 3e-37.
typedef void (*apus_unary_f32_function)(
    apus_activation activation, const float *src, float *dst, int64_t count);

typedef struct apus_unary_f32_kernel {
  apus_isa isa;
  const char *name;
  apus_unary_f32_function run;
} apus_unary_f32_kernel;

/// The unary kernels in the binary, by index from 0; null past the last.
const apus_unary_f32_kernel *apus_unary_f32_kernel_at(int64_t index);
