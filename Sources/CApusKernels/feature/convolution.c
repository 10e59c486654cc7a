#include "apus_feature.h"

#include <assert.h>
#include <stddef.h>

enum { MAX_SUMS = 32 * 64 };

// Finishes `count` pixels of one row, from column x on.
static void finish(
    const apus_feature_convolution *c, const apus_finish *values, const int32_t *sums,
    int64_t channels, int64_t first_channel, uint8_t *dst, const uint8_t *residual, int64_t y,
    int64_t x, int64_t count) {
  const int64_t channel = first_channel * c->dst_element;
  c->finish->run(
      values, sums, c->tile->columns, count, channels,
      dst + y * c->dst_row_stride + x * c->dst_pixel_stride + channel, c->dst_pixel_stride,
      residual ? residual + y * c->residual_row_stride + x * c->residual_pixel_stride + channel
               : NULL,
      c->residual_pixel_stride);
}

// The panel `p` of the rows y_begin..<y_end.
static void panel(
    const apus_feature_convolution *c, const uint8_t *src, uint8_t *dst, const uint8_t *residual,
    int64_t p, int64_t y_begin, int64_t y_end) {
  const int64_t columns = c->tile->columns, first = p * columns;
  const int64_t channels =
      c->out_channels - first < columns ? c->out_channels - first : columns;
  const uint8_t *weights = c->weights + p * c->panel_bytes;
  apus_finish values = c->values;
  values.bias = (const uint8_t *)values.bias + first * c->bias_element;
  if (values.scale) values.scale += first;
  if (c->tile->depthwise) src += first * c->src_element;
  _Alignas(64) int32_t sums[MAX_SUMS];
  apus_tile_source source = {
      NULL, c->src_pixel_step, c->offsets, c->segments, c->steps};

  if (c->virtual_width == 0) {
    const int64_t tiles = (c->out_width + c->tile->rows - 1) / c->tile->rows;
    const int64_t rows = (c->out_width + tiles - 1) / tiles;
    for (int64_t y = y_begin; y < y_end; y++) {
      for (int64_t x = 0; x < c->out_width; x += rows) {
        const int64_t count = c->out_width - x < rows ? c->out_width - x : rows;
        source.first = src + y * c->src_row_step + x * c->src_pixel_step;
        c->tile->run(&source, weights, sums, count);
        finish(c, &values, sums, channels, first, dst, residual, y, x, count);
      }
    }
    return;
  }
  // One long row: pixel m is column m % virtual_width of row m / virtual_width.
  const int64_t pitch = c->virtual_width, end = (y_end - 1) * pitch + c->out_width;
  const int64_t total = end - y_begin * pitch, tiles = (total + c->tile->rows - 1) / c->tile->rows;
  const int64_t rows = (total + tiles - 1) / tiles;
  for (int64_t m = y_begin * pitch; m < end; m += rows) {
    const int64_t count = end - m < rows ? end - m : rows;
    source.first = src + m * c->src_pixel_step;
    c->tile->run(&source, weights, sums, count);
    for (int64_t i = 0; i < count;) {
      const int64_t y = (m + i) / pitch, x = (m + i) % pitch;
      const int64_t run = count - i < pitch - x ? count - i : pitch - x;
      const int64_t kept = c->out_width - x < run ? c->out_width - x : run;
      if (kept > 0) {
        finish(c, &values, sums + i * columns, channels, first, dst, residual, y, x, kept);
      }
      i += run;
    }
  }
}

void apus_feature_convolve(
    const apus_feature_convolution *c, const uint8_t *src, uint8_t *dst, const uint8_t *residual,
    int64_t row_begin, int64_t row_end, int64_t panel_begin, int64_t panel_end) {
  assert(c->tile->rows * c->tile->columns <= MAX_SUMS && c->panel_block > 0);
  assert(row_begin >= 0 && row_begin <= row_end && row_end <= c->out_height);
  if (row_begin == row_end) return;
  if (c->tile->begin) c->tile->begin(c->quads);
  for (int64_t block = panel_begin; block < panel_end; block += c->panel_block) {
    const int64_t end = block + c->panel_block < panel_end ? block + c->panel_block : panel_end;
    if (c->virtual_width != 0 || end == block + 1) {
      for (int64_t p = block; p < end; p++) panel(c, src, dst, residual, p, row_begin, row_end);
    } else {
      for (int64_t y = row_begin; y < row_end; y++) {
        for (int64_t p = block; p < end; p++) panel(c, src, dst, residual, p, y, y + 1);
      }
    }
  }
  if (c->tile->end) c->tile->end();
}
