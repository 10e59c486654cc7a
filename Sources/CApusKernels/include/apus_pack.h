// Rearranging operands into the panels that the matrix tiles read.
#pragma once

#include "apus_isa.h"
#include "apus_window.h"

/// Packs one panel [k_end - k_begin][nr] of the pixels that a convolution reads.
///
/// Row k is tap k / channels (in row-major kernel order) of input channel k % channels; column j is
/// output pixel `pixel + j` in row-major order. Padding and columns from `count` on become 0.
/// `src` is [channels, in_h, in_w].
typedef void (*apus_pack_pixels_f32_function)(
    const apus_window *window, const float *src, int64_t channels, int64_t k_begin, int64_t k_end,
    int64_t pixel, int64_t count, int64_t nr, float *dst);

typedef struct apus_pack_f32_kernel {
  apus_isa isa;
  const char *name;
  apus_pack_pixels_f32_function pixels;
} apus_pack_f32_kernel;

/// The packing kernels in the binary, by index from 0; null past the last.
const apus_pack_f32_kernel *apus_pack_f32_kernel_at(int64_t index);

/// Packs weights [rows][channels][taps] into panels [ceil(rows / mr)][taps][channels][mr].
///
/// A plain matrix [rows][k] has one tap and k channels. Missing rows of the last panel become 0.
void apus_pack_weights_f32(
    const float *src, int64_t rows, int64_t channels, int64_t taps, int64_t mr, float *dst);
