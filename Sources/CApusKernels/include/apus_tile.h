// Register tiles of convolutions over channels-last maps: sums of products, nothing else. What is done
// with the sums is in apus_finish.h.
#pragma once

#include "apus_isa.h"

/// What is multiplied and summed.
typedef enum apus_product {
  APUS_PRODUCT_F32 = 0,  // float times float, summed in float
  APUS_PRODUCT_BF16,     // bfloat16 times bfloat16, summed in float
  APUS_PRODUCT_U8S8,     // uint8 map times int8 weight, summed in int32, exact on every instruction set
  APUS_PRODUCT_S16,      // int16 times int16, summed in int32 modulo 2^32: Winograd's products of integers
  APUS_PRODUCT_COUNT
} apus_product;

/// Bytes of one element of a map.
static inline int64_t apus_product_element(apus_product product) {
  return product == APUS_PRODUCT_F32 ? 4 : product == APUS_PRODUCT_U8S8 ? 1 : 2;
}

/// The windows of neighbouring output pixels.
///
/// A window is read as `segments` runs of adjacent bytes: run s starts `offsets[s]` bytes after the
/// window's first byte, and `steps * step_bytes` bytes of it are read. Where a run is no whole number of
/// steps, what lies behind it is read too and meets zero weights: such bytes must be readable, and must not
/// be NaN or infinite where the product is of floats. Rows past the last pixel are never read.
typedef struct apus_tile_source {
  const uint8_t *first;    // the first byte of the window of the first pixel
  int64_t pixel_stride;    // bytes between the windows of neighbouring pixels
  const int64_t *offsets;  // of every segment, in bytes
  int64_t segments;
  int64_t steps;           // of every segment
} apus_tile_source;

/// sums[i][j] = sum over segments s and elements e of source(i, s, e) * weights(s, e, j), for i in
/// 0..<rows and j in 0..<columns.
///
/// `weights` is one panel as `apus_pack_panels` leaves it. `sums` is [rows][columns] of int32 (U8S8, S16)
/// or float, aligned to 64 bytes; all columns are written.
typedef void (*apus_tile_function)(
    const apus_tile_source *source, const void *weights, void *sums, int64_t rows);

typedef struct apus_tile_kernel {
  apus_isa isa;
  apus_product product;
  int32_t depthwise;   // whether each output channel sees only the input channel of its own number
  const char *name;    // apus_tile_u8s8__avx512vnni_14x32
  int64_t rows;        // the most pixels of one call; each number from 1 on is allowed
  int64_t columns;     // output channels of one panel
  int64_t lane;        // columns that lie together in a panel; divides `columns`
  int64_t quads;       // the most groups of 4 bytes in one step: 1 for vectors, 16 for tiles
  /// Called before the first tile of a task with the quads of its steps, and after its last one; null where
  /// there is nothing to set up. Tiles of one thread between them have the same number of quads.
  void (*begin)(int64_t quads);
  void (*end)(void);
  apus_tile_function run;
} apus_tile_kernel;

/// The tile kernels in the binary, by index from 0; null past the last.
///
/// A depthwise kernel reads one element per column from every segment, `columns` adjacent elements from
/// offsets[s] on (some past the last channel may be read, and their sums mean nothing); `steps` is 1.
const apus_tile_kernel *apus_tile_kernel_at(int64_t index);

/// How weights are packed for a kernel.
///
/// Not depthwise: [panels][segments][steps][columns / lane][quads][lane][4 bytes], elements of a group of 4
/// bytes being neighbours in the segment: 1 float, 2 bfloat16 or int16, or 4 int8. Depthwise: [panels][segments][columns]
/// elements. Missing columns and elements are 0.
typedef struct apus_panel_layout {
  apus_product product;
  int32_t depthwise;
  int64_t columns, lane, quads;
  int64_t outputs;   // output channels; panels = ceil(outputs / columns)
  int64_t segments;
  int64_t length;    // elements of one segment (1 where depthwise)
  int64_t steps;     // at least ceil(length * element size / (4 * quads))
} apus_panel_layout;

/// Bytes of all panels.
int64_t apus_panel_bytes(const apus_panel_layout *layout);

/// Packs `weights` [outputs][segments][length] (elements of the product: float, bfloat16 as uint16_t, int16, int8).
void apus_pack_panels(const apus_panel_layout *layout, const void *weights, void *panels);
