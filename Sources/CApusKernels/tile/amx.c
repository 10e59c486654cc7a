// Up to 32 pixels x 32 or 16 output channels in up to four tiles of sums. A step multiplies up to 16 groups
// of 4 bytes of each pixel.
#if defined(__x86_64__) || defined(APUS_SOFTWARE_TILES)
#include <assert.h>

#include "amx.h"
#include "tables.h"

enum {
  SUMS_00, SUMS_01, SUMS_10, SUMS_11,  // of pixels 0 or 1, channels 0 or 1
  PIXELS_0, PIXELS_1,
  WEIGHTS_0, WEIGHTS_1,
};
enum { HALF = 16, ROWS = 2 * HALF, LANE = 16, LANE_BYTES = 4 * LANE };

static void begin(int64_t quads) {
  assert(quads >= 1 && quads <= 16);
  apus_tiles tiles = {.palette = 1};
  for (int tile = SUMS_00; tile <= WEIGHTS_1; tile++) {
    tiles.rows[tile] = tile < WEIGHTS_0 ? HALF : (uint8_t)quads;
    tiles.row_bytes[tile] = LANE_BYTES;
  }
  tiles.row_bytes[PIXELS_0] = tiles.row_bytes[PIXELS_1] = (uint16_t)(4 * quads);
  tiles_configure(&tiles);
}

static void end(void) { tiles_release(); }

// Sets the pixels of the first half.
static void set_rows(apus_tiles *tiles, int64_t rows) {
  tiles->rows[SUMS_00] = tiles->rows[SUMS_01] = tiles->rows[PIXELS_0] = (uint8_t)rows;
  tiles_configure(tiles);
}

// Between 16 and 32 pixels the halves overlap, and what they share is computed twice.
#define TILES(name, dot, columns, wide)                                                      \
  static void name(                                                                          \
      const apus_tile_source *source, const void *weights, void *sums, int64_t rows) {       \
    assert(rows >= 1 && rows <= ROWS && source->segments >= 1 && source->steps >= 1);        \
    const int64_t stride = source->pixel_stride, sums_stride = 4 * (columns);                \
    const int both = rows > HALF;                                                            \
    const int64_t second = both ? rows - HALF : 0;                                           \
    const uint8_t *w = weights;                                                              \
    uint8_t *to = sums;                                                                      \
    apus_tiles tiles;                                                                        \
    tiles_read(&tiles);                                                                      \
    const int64_t run = tiles.row_bytes[PIXELS_0], lane = run * LANE;                        \
    assert(run >= 4);                                                                        \
    if (rows < HALF) set_rows(&tiles, rows);                                                 \
    tile_zero(SUMS_00);                                                                      \
    if (wide) tile_zero(SUMS_01);                                                            \
    if (both) tile_zero(SUMS_10);                                                            \
    if (both && wide) tile_zero(SUMS_11);                                                    \
    for (int64_t s = 0; s < source->segments; s++) {                                         \
      const uint8_t *p = source->first + source->offsets[s];                                 \
      for (int64_t step = 0; step < source->steps; step++, p += run) {                       \
        tile_load(WEIGHTS_0, w, LANE_BYTES);                                                 \
        tile_load(PIXELS_0, p, stride);                                                      \
        dot(SUMS_00, PIXELS_0, WEIGHTS_0);                                                   \
        if (both) tile_load(PIXELS_1, p + second * stride, stride);                          \
        if (both) dot(SUMS_10, PIXELS_1, WEIGHTS_0);                                         \
        if (wide) tile_load(WEIGHTS_1, w + lane, LANE_BYTES);                                \
        if (wide) dot(SUMS_01, PIXELS_0, WEIGHTS_1);                                         \
        if (both && wide) dot(SUMS_11, PIXELS_1, WEIGHTS_1);                                 \
        w += (columns) / LANE * lane;                                                        \
      }                                                                                      \
    }                                                                                        \
    tile_store(SUMS_00, to, sums_stride);                                                    \
    if (wide) tile_store(SUMS_01, to + LANE_BYTES, sums_stride);                             \
    if (both) tile_store(SUMS_10, to + second * sums_stride, sums_stride);                   \
    if (both && wide) tile_store(SUMS_11, to + second * sums_stride + LANE_BYTES, sums_stride); \
    if (rows < HALF) set_rows(&tiles, HALF);                                                 \
  }
TILES(u8s8_32, tile_dot_u8s8, 32, 1)
TILES(u8s8_16, tile_dot_u8s8, 16, 0)
TILES(bf16_32, tile_dot_bf16, 32, 1)
TILES(bf16_16, tile_dot_bf16, 16, 0)

#if defined(APUS_SOFTWARE_TILES)
#define ROW(product, text, columns)                                                \
  {APUS_ISA_SCALAR, product, 0, "apus_tile_" #text "__software_tiles_32x" #columns, \
   ROWS, columns, LANE, 16, begin, end, text##_##columns}
const apus_tile_kernel apus_tile_software[] = {
#else
#pragma clang attribute pop
#define ROW(product, text, columns)                                                          \
  {APUS_ISA_AMX, product, 0, "apus_tile_" #text "__amx_32x" #columns, ROWS, columns, LANE, 16, \
   begin, end, text##_##columns}
const apus_tile_kernel apus_tile_amx[] = {
#endif
    ROW(APUS_PRODUCT_BF16, bf16, 16),
    ROW(APUS_PRODUCT_BF16, bf16, 32),
    ROW(APUS_PRODUCT_U8S8, u8s8, 16),
    ROW(APUS_PRODUCT_U8S8, u8s8, 32),
    {0},
};
#endif
