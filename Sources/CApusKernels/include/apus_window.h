// Sliding windows over planes [height, width]: depthwise convolution and pooling.
#pragma once

#include <stdbool.h>

#include "apus_isa.h"
#include "apus_unary.h"

/// Where a window of kernel_h x kernel_w taps falls for each output pixel.
///
/// Tap (ky, kx) of output (oy, ox) reads input row oy * stride_h - pad_top + ky * dilation_h, and
/// the column likewise; what falls outside the input is padding.
typedef struct apus_window {
  int64_t in_h, in_w;
  int64_t out_h, out_w;
  int64_t kernel_h, kernel_w;
  int64_t stride_h, stride_w;
  int64_t dilation_h, dilation_w;
  int64_t pad_top, pad_left, pad_bottom, pad_right;
} apus_window;

/// One plane of a depthwise convolution: weights [kernel_h, kernel_w]; padding counts as 0.
typedef void (*apus_depthwise_f32_function)(
    const apus_window *window, const float *src, const float *weights, float bias, float *dst);

/// One plane of max pooling; padding is skipped.
typedef void (*apus_max_pool_f32_function)(
    const apus_window *window, const float *src, float *dst);

/// One plane of average pooling.
///
/// The divisor counts the taps inside the input, or with `include_padding` those inside the input
/// and its declared padding (a window that hangs over the padding, as `ceil_mode` makes them, does
/// not count what lies beyond).
typedef void (*apus_average_pool_f32_function)(
    const apus_window *window, bool include_padding, const float *src, float *dst);

typedef struct apus_window_f32_kernel {
  apus_isa isa;
  const char *name;
  apus_depthwise_f32_function depthwise;
  apus_max_pool_f32_function max_pool;
  apus_average_pool_f32_function average_pool;
} apus_window_f32_kernel;

/// The window kernels in the binary, by index from 0; null past the last.
const apus_window_f32_kernel *apus_window_f32_kernel_at(int64_t index);
