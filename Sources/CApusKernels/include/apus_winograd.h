// Convolutions of 3x3 taps over channels-last maps with a quarter of the multiplications (Winograd's
// F(4x4, 3x3)): windows of 6x6 pixels and weights are transformed to 36 numbers each, these are multiplied
// and summed over the channels, and the 36 sums are transformed to 4x4 output pixels.
//
// With floats the result is near that of the definition. With uint8 maps and int8 weights it is the same: the
// points 0, 1, -1, 2, -2 and infinity make every number of the transforms an integer once the weights are taken 24
// times along each axis, windows and weights transformed fit in int16 (at most 17340 and 6272), and what
// comes out is 576 times the sum. All of it is done modulo 2^32: the inverse of 9 takes that factor out and
// a shift by 6 bits the rest, which leaves every sum in -2^25..<2^25 (`apus_winograd_reaches`).
#pragma once

#include "apus_finish.h"
#include "apus_tile.h"

enum {
  APUS_WINOGRAD_OUTPUT = 4,    // pixels of a block of outputs, along each axis
  APUS_WINOGRAD_WINDOW = 6,    // pixels of its window, along each axis
  APUS_WINOGRAD_PRODUCTS = 36  // numbers of a transformed window
};

/// Transforms a window of 6x6 pixels, of which the first `rows` x `columns` are read and the others are 0:
/// number p of a channel goes to to[p * product_stride + channel]. Strides of `src` are in bytes; `to` is of
/// float or int16, and the rest of the 64 bytes in which the last channel of each product lies is written too.
typedef void (*apus_winograd_input_function)(
    const uint8_t *src, int64_t row_stride, int64_t pixel_stride, int64_t rows, int64_t columns,
    int64_t channels, void *to, int64_t product_stride);

/// Transforms the sums at sums[p * product_stride + channel] to 4x4 pixels: channel c of pixel (y, x) goes to
/// to[y * row_stride + x * pixel_stride + c]. All are float or int32, and strides are in these. Nothing but the
/// channels is written.
typedef void (*apus_winograd_output_function)(
    const void *sums, int64_t product_stride, int64_t channels, void *to, int64_t row_stride,
    int64_t pixel_stride);

/// Transforms `count` weights of int8: tap t of weight i is src[t * tap_stride + i], its number p goes to
/// to[p * product_stride + i].
typedef void (*apus_winograd_weights_function)(
    const int8_t *src, int64_t tap_stride, int64_t count, int16_t *to, int64_t product_stride);

typedef struct apus_winograd_kernel {
  apus_isa isa;
  apus_product product;  // of transformed windows with weights: F32, or S16 where maps are uint8
  const char *name;      // apus_winograd_f32__avx512
  apus_winograd_input_function input;
  apus_winograd_output_function output;
  apus_winograd_weights_function weights;  // null for floats, whose weights are transformed once and for all
} apus_winograd_kernel;

/// The transforms in the binary, by index from 0; null past the last.
const apus_winograd_kernel *apus_winograd_kernel_at(int64_t index);

/// Transforms weights [outputs][inputs][3][3] to [36][outputs][inputs]. In double, rounded once.
void apus_winograd_weights(const float *weights, int64_t outputs, int64_t inputs, float *to);

/// Whether the sums of every output channel of int8 weights [outputs][inputs][3][3] with bytes are certain to be
/// in -2^25..<2^25, so that the transforms of integers give them.
int apus_winograd_reaches(const int8_t *weights, int64_t outputs, int64_t inputs);

/// One image's convolution with strides of 1, everything decided.
typedef struct apus_winograd {
  const apus_winograd_kernel *transform;
  const apus_tile_kernel *tile;      // of the product of the transform
  const apus_finish_kernel *finish;  // of its sums
  int64_t out_height, out_width, in_channels, out_channels;
  int64_t src_row_stride, src_pixel_stride;  // bytes
  int64_t group;        // blocks of outputs that are multiplied together
  int64_t panel_block;  // panels that are multiplied before sums are transformed
  int64_t panel_bytes;
  int64_t product_bytes;   // from the panels of a product to those of the next one
  const uint8_t *weights;  // [36][panels][panel_bytes], each product packed with one segment
  apus_finish values;      // bias and scale of all channels, padded to whole panels
  int64_t dst_element;     // bytes
  int64_t dst_row_stride, dst_pixel_stride;            // bytes
  int64_t residual_row_stride, residual_pixel_stride;  // bytes
} apus_winograd;

/// Blocks of outputs; number b is at row b / ceil(out_width / 4), column b % ceil(out_width / 4).
int64_t apus_winograd_blocks(const apus_winograd *winograd);

/// Bytes of scratch memory that a call needs, a multiple of 64.
int64_t apus_winograd_scratch(const apus_winograd *winograd);

/// Computes the blocks block_begin..<block_end of the panels panel_begin..<panel_end.
///
/// `src` is channel 0 of the first pixel of the window of output pixel (0, 0); pixels up to row out_height + 1 and
/// column out_width + 1 from there are read. `dst` and `residual` (null for none) are channel 0 of pixel (0, 0).
/// `scratch` is aligned to 64 bytes. Ranges that do not overlap may run at the same time, each with scratch
/// memory of its own.
void apus_winograd_convolve(
    const apus_winograd *winograd, const uint8_t *src, uint8_t *dst, const uint8_t *residual,
    void *scratch, int64_t block_begin, int64_t block_end, int64_t panel_begin, int64_t panel_end);
