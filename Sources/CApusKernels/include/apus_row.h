// Kernels that reduce along one axis: softmax, sums.
#pragma once

#include "apus_isa.h"

/// Softmax over `length` elements that lie `inner` apart, for each of `inner` adjacent columns.
///
/// `src` and `dst` are [length, inner]; they may be the same.
typedef void (*apus_softmax_f32_function)(
    const float *src, float *dst, int64_t length, int64_t inner);

/// The sum of `count` adjacent elements.
typedef float (*apus_sum_f32_function)(const float *src, int64_t count);

typedef struct apus_row_f32_kernel {
  apus_isa isa;
  const char *name;
  apus_softmax_f32_function softmax;
  apus_sum_f32_function sum;
} apus_row_f32_kernel;

/// The row kernels in the binary, by index from 0; null past the last.
const apus_row_f32_kernel *apus_row_f32_kernel_at(int64_t index);
