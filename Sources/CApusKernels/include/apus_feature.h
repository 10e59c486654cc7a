// The convolution of channels-last maps: tiles and finishing put together for a range of outputs.
#pragma once

#include "apus_finish.h"
#include "apus_tile.h"

/// One image's convolution, everything decided.
typedef struct apus_feature_convolution {
  const apus_tile_kernel *tile;
  const apus_finish_kernel *finish;
  int64_t out_height, out_width, out_channels;
  int64_t src_row_step;      // bytes between the windows of output rows
  int64_t src_pixel_step;    // bytes between the windows of neighbouring output pixels
  int64_t src_element;       // bytes of an element
  const int64_t *offsets;    // as in apus_tile_source
  int64_t segments, steps, quads;
  int64_t panel_bytes;
  int64_t panel_block;       // panels that are multiplied before the next rows are
  /// Where it is not 0, output rows lie this many windows apart, and tiles run over the ends of rows;
  /// what falls between rows is dropped. Windows there must be readable.
  int64_t virtual_width;
  const uint8_t *weights;
  apus_finish values;        // bias and scale of all channels, padded to whole panels
  int64_t bias_element;      // bytes: 4
  int64_t dst_row_stride, dst_pixel_stride, dst_element;
  int64_t residual_row_stride, residual_pixel_stride;
} apus_feature_convolution;

/// Computes output rows row_begin..<row_end of the panels panel_begin..<panel_end.
///
/// `src` is the first byte of the window of output pixel (0, 0), `dst` and `residual` (null for none) channel
/// 0 of pixel (0, 0). Ranges that do not overlap may run at the same time.
void apus_feature_convolve(
    const apus_feature_convolution *convolution, const uint8_t *src, uint8_t *dst,
    const uint8_t *residual, int64_t row_begin, int64_t row_end, int64_t panel_begin,
    int64_t panel_end);
