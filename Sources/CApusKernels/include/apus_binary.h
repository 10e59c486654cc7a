// Elementwise functions of two arguments over one run of elements.
#pragma once

#include "apus_isa.h"

typedef enum apus_binary {
  APUS_BINARY_ADD = 0,
  APUS_BINARY_SUBTRACT,
  APUS_BINARY_MULTIPLY,
  APUS_BINARY_DIVIDE,
  APUS_BINARY_MAXIMUM,
  APUS_BINARY_MINIMUM,
  APUS_BINARY_COUNT,
} apus_binary;

/// dst[i] = lhs[i * lhs_step] op rhs[i * rhs_step] for i in 0..<count.
///
/// A step is 1, or 0 where the argument is one repeated element. `dst` may be either argument of
/// step 1. Maximum and minimum with a NaN give NaN.
typedef void (*apus_binary_f32_function)(
    apus_binary function, const float *lhs, int64_t lhs_step, const float *rhs, int64_t rhs_step,
    float *dst, int64_t count);

typedef struct apus_binary_f32_kernel {
  apus_isa isa;
  const char *name;
  apus_binary_f32_function run;
} apus_binary_f32_kernel;

/// The binary kernels in the binary, by index from 0; null past the last.
const apus_binary_f32_kernel *apus_binary_f32_kernel_at(int64_t index);
