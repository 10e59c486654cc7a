// Channels-last feature maps: moves, pooling, sums and resizing between them.
#pragma once

#include <stdbool.h>

#include "apus_isa.h"
#include "apus_unary.h"

typedef enum apus_element {
  APUS_ELEMENT_F32 = 0,
  APUS_ELEMENT_BF16,
  APUS_ELEMENT_U8,
  APUS_ELEMENT_COUNT
} apus_element;

/// Some channels of a channels-last map of one image. `base` is the first channel of pixel (0, 0); pixels
/// around the map may belong to its buffer too (its border).
typedef struct apus_map {
  uint8_t *base;
  int64_t height, width, channels;
  int64_t pixel_stride, row_stride;  // bytes
} apus_map;

/// Real value of a uint8 element q: (q - zero) * scale. Ignored for float elements.
typedef struct apus_grid {
  float scale;
  int32_t zero;
} apus_grid;

typedef enum apus_pool { APUS_POOL_MAX = 0, APUS_POOL_MEAN, APUS_POOL_MEAN_PADDED } apus_pool;

typedef struct apus_pool_window {
  apus_pool pool;
  int64_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
} apus_pool_window;

typedef enum apus_pair { APUS_PAIR_ADD = 0, APUS_PAIR_MULTIPLY, APUS_PAIR_COUNT } apus_pair;

/// The kernels over maps of one instruction set and element type. All work on rows row_begin..<row_end of
/// the destination, which no two tasks share; null entries do not exist.
///
/// Rounding of uint8 results is half to even; every instruction set gives the same bits for uint8.
typedef struct apus_map_kernels {
  apus_isa isa;
  apus_element element;
  const char *name;  // apus_map_u8__avx512vbmi

  /// float [channels][height][width] -> map. uint8: clamp(rne(x * (1 / scale)) + zero, 0, 255), the
  /// reciprocal rounded to float once; NaN gives `zero`.
  void (*from_planes)(
      const float *src, apus_map dst, apus_grid grid, int64_t row_begin, int64_t row_end);
  /// map -> float [channels][height][width]. uint8: float(q - zero) * scale.
  void (*to_planes)(
      apus_map src, float *dst, apus_grid grid, int64_t row_begin, int64_t row_end);
  /// dst(y, x) = src(rows[y], columns[x]), each element through `table` (uint8 only; null for none).
  /// `rows` and `columns` null: the same place. Copies, requantises and resizes to the nearest neighbour.
  void (*gather)(
      apus_map src, apus_map dst, const int32_t *rows, const int32_t *columns, const uint8_t *table,
      int64_t row_begin, int64_t row_end);
  /// Channels of `count` equal groups interleaved: dst channel c * count + g = src channel
  /// g * (channels / count) + c (ShuffleNet).
  void (*shuffle)(apus_map src, apus_map dst, int64_t count, int64_t row_begin, int64_t row_end);
  /// Windows are cut at the map's edge (the border is not read); at least one of their taps lies inside. Means
  /// are over the n taps inside; those of APUS_POOL_MEAN_PADDED over all kernel_h * kernel_w, the others being
  /// real 0. Means of uint8 are
  /// clamp(rne(float(sum over the taps inside of q - src.zero) * (src.scale / (dst.scale * n))) + dst.zero); of
  /// maxima both grids are the same. A NaN in a window of maxima gives NaN or the largest of the others.
  void (*pool)(
      apus_map src, apus_map dst, apus_pool_window window, apus_grid src_grid, apus_grid dst_grid,
      int64_t row_begin, int64_t row_end);
  /// uint8 sum: clamp(rne(float(a - za) * (sa / sd) + float(b - zb) * (sb / sd)) + zd); product:
  /// clamp(rne(float((a - za) * (b - zb)) * (sa * sb / sd)) + zd). Quotients are rounded to float once, no
  /// operation is fused. Floats: activation(a op b). A side of width 1 and height 1 is repeated over all pixels.
  void (*pair)(
      apus_pair pair, apus_activation activation, apus_map a, apus_map b, apus_map dst,
      apus_grid a_grid, apus_grid b_grid, apus_grid dst_grid, int64_t row_begin, int64_t row_end);
  /// Linear between the pixels around (rows[y], columns[x]), each a place with fraction, clamped to the map:
  /// in float, first along x; uint8 through its real values and back as `from_planes` rounds.
  void (*interpolate)(
      apus_map src, apus_map dst, const float *rows, const float *columns, apus_grid src_grid,
      apus_grid dst_grid, int64_t row_begin, int64_t row_end);
  /// dst = f(src) of floats; uint8 uses `gather` with a table.
  void (*activate)(
      apus_activation activation, apus_map src, apus_map dst, int64_t row_begin, int64_t row_end);
  /// 8-bit pixels of 3 samples -> map of 3 channels: channel c is entry s of table c, where s is sample c of the
  /// pixel, or 2 - c where `reversed`. `tables` holds 3 tables of 256 elements of the map's type. Rows of
  /// pixels lie one behind the other, without gaps.
  void (*from_pixels)(
      const uint8_t *pixels, const void *tables, bool reversed, apus_map dst, int64_t row_begin,
      int64_t row_end);
  /// The columns of a row in which the element of any channel, as a number (uint8: 0...255), is greater than
  /// `limit`, in rising order; there is room for `src.width`. Returns how many. NaN is greater than nothing.
  int64_t (*above)(apus_map src, float limit, int64_t row, int32_t *columns);
} apus_map_kernels;

/// The kernels over maps in the binary, by index from 0; null past the last.
const apus_map_kernels *apus_map_kernels_at(int64_t index);

/// Sets the border of a map (`top`, `left`, `bottom`, `right` pixels around it, `channels` of each) to one
/// element, given as its bytes.
void apus_map_border(
    apus_map map, apus_element element, const void *value, int64_t top, int64_t left,
    int64_t bottom, int64_t right);

/// Sets all pixels of a map but those of the rectangle of `height` x `width` at (top, left), which lies inside, to one
/// pixel, given as the elements of its channels.
void apus_map_frame(
    apus_map map, apus_element element, const void *pixel, int64_t top, int64_t left,
    int64_t height, int64_t width);
