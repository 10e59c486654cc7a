// The blocked convolution: packing, tiles and epilogue put together for one range of outputs.
#pragma once

#include "apus_binary.h"
#include "apus_gemm.h"
#include "apus_pack.h"
#include "apus_unary.h"

/// The kernels that a convolution is put together from.
typedef struct apus_convolution_f32_kernels {
  const apus_gemm_f32_kernel *gemm;
  const apus_pack_f32_kernel *pack;
  const apus_unary_f32_kernel *unary;
  const apus_binary_f32_kernel *binary;
} apus_convolution_f32_kernels;

/// One group of a convolution over one image; a matrix product is the case of 1x1 windows.
typedef struct apus_convolution {
  apus_window window;
  int64_t in_channels;   // of the group
  int64_t out_channels;  // of the group
  int64_t k_block;       // rows of a packed block; at least 1
  apus_activation activation;
} apus_convolution;

/// Computes output pixels pixel_begin..<pixel_end of the weight panels panel_begin..<panel_end.
///
/// `src` is [in_channels, in_h, in_w], `dst` [out_channels, out_h * out_w], `weights` as
/// `apus_pack_weights_f32` leaves them for the mr of the tile, `bias` padded to whole panels.
/// `residual` (like `dst`, or null) is added after the activation. `scratch` holds k_block times the
/// number of pixels rounded up to whole nr. Ranges that do not overlap may run at the same time,
/// each with its own scratch.
void apus_convolve_f32(
    const apus_convolution_f32_kernels *kernels, const apus_convolution *convolution,
    const float *src, const float *weights, const float *bias, const float *residual, float *dst,
    int64_t pixel_begin, int64_t pixel_end, int64_t panel_begin, int64_t panel_end, float *scratch);
