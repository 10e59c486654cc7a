// The operations on matrix tiles that amx.c needs: instructions or, where APUS_SOFTWARE_TILES is defined,
// the same in C, which tests run on any processor. A tile is a literal number, 0 to 7.
#pragma once

#include <assert.h>
#include <stdint.h>
#include <string.h>

/// How many rows and bytes of a row each tile has, as LDTILECFG reads it.
typedef struct __attribute__((packed)) apus_tiles {
  uint8_t palette, start_row, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} apus_tiles;

#if !defined(APUS_SOFTWARE_TILES)

#include <immintrin.h>
#pragma clang attribute push( \
    __attribute__((target("amx-tile,amx-int8,amx-bf16,avx512f"))), apply_to = function)

#define tiles_configure(tiles) _tile_loadconfig(tiles)
#define tiles_read(tiles) _tile_storeconfig(tiles)
#define tiles_release() _tile_release()
#define tile_zero(tile) _tile_zero(tile)
#define tile_load(tile, base, stride) _tile_loadd(tile, base, (size_t)(stride))
#define tile_store(tile, base, stride) _tile_stored(tile, base, (size_t)(stride))
#define tile_dot_u8s8(sum, a, b) _tile_dpbusd(sum, a, b)
#define tile_dot_bf16(sum, a, b) _tile_dpbf16ps(sum, a, b)

#else

static _Thread_local apus_tiles shapes;
static _Thread_local uint8_t tiles[8][16][64];

static void tiles_configure(const apus_tiles *to) {
  shapes = *to;
  memset(tiles, 0, sizeof tiles);
}
static void tiles_read(apus_tiles *to) { *to = shapes; }
static void tiles_release(void) { memset(&shapes, 0, sizeof shapes); }
static void tile_zero(int tile) { memset(tiles[tile], 0, sizeof tiles[tile]); }
static void tile_load(int tile, const void *base, int64_t stride) {
  tile_zero(tile);
  for (int64_t row = 0; row < shapes.rows[tile]; row++) {
    memcpy(tiles[tile][row], (const uint8_t *)base + row * stride, shapes.row_bytes[tile]);
  }
}
static void tile_store(int tile, void *base, int64_t stride) {
  for (int64_t row = 0; row < shapes.rows[tile]; row++) {
    memcpy((uint8_t *)base + row * stride, tiles[tile][row], shapes.row_bytes[tile]);
  }
}
static float bf16_at(const uint8_t *at) {
  uint8_t bytes[4] = {0, 0, at[0], at[1]};
  float value;
  memcpy(&value, bytes, sizeof value);
  return value;
}
static void dot_u8s8(uint8_t *sum, const uint8_t *a, const uint8_t *b) {
  int32_t value;
  memcpy(&value, sum, sizeof value);
  for (int e = 0; e < 4; e++) value += a[e] * (int8_t)b[e];
  memcpy(sum, &value, sizeof value);
}
static void dot_bf16(uint8_t *sum, const uint8_t *a, const uint8_t *b) {
  float value;
  memcpy(&value, sum, sizeof value);
  for (int e = 0; e < 4; e += 2) value += bf16_at(a + e) * bf16_at(b + e);
  memcpy(sum, &value, sizeof value);
}
static void tile_dot(
    int sum, int a, int b, void (*dot)(uint8_t *, const uint8_t *, const uint8_t *)) {
  // Where shapes do not fit, the instruction is illegal.
  assert(shapes.rows[a] == shapes.rows[sum] && shapes.row_bytes[b] == shapes.row_bytes[sum]);
  assert(shapes.rows[b] > 0 && shapes.row_bytes[a] == 4 * shapes.rows[b]);
  for (int row = 0; row < shapes.rows[sum]; row++) {
    for (int quad = 0; quad < shapes.row_bytes[a] / 4; quad++) {
      for (int column = 0; column < shapes.row_bytes[sum] / 4; column++) {
        dot(&tiles[sum][row][4 * column], &tiles[a][row][4 * quad], &tiles[b][quad][4 * column]);
      }
    }
  }
}
static void tile_dot_u8s8(int sum, int a, int b) { tile_dot(sum, a, b, dot_u8s8); }
static void tile_dot_bf16(int sum, int a, int b) { tile_dot(sum, a, b, dot_bf16); }

#endif
