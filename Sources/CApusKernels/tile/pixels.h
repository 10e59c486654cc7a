// Addresses of up to 28 rows from few registers: x86 adds a base and 1, 2, 4 or 8 times an index, so odd
// multiples of the stride reach every row. The empty asm keeps the compiler from making a pointer
// of every row, for which there are no registers.
#pragma once

#include <stdint.h>

#include "shape.h"

enum { PIXELS_NEAR = 14 };  // rows from here on are reached from `far`

typedef struct {
  const uint8_t *near, *far;
  int64_t by1, by3, by5, by7, by9, by11, by13;
} apus_pixels;

TILE_INLINE apus_pixels pixels_by(int64_t stride) {
  return (apus_pixels){0,          0,          stride,      3 * stride, 5 * stride,
                       7 * stride, 9 * stride, 11 * stride, 13 * stride};
}

TILE_INLINE void pixels_start(apus_pixels *p, const uint8_t *first, int rows) {
  p->near = first;
  if (rows > PIXELS_NEAR) p->far = first + PIXELS_NEAR * p->by1;
}

TILE_INLINE void pixels_step(apus_pixels *p, int64_t bytes, int rows) {
  p->near += bytes;
  if (rows > PIXELS_NEAR) p->far += bytes;
}

// Hides from the compiler what the registers hold.
TILE_INLINE void pixels_hide(apus_pixels *p, int rows) {
  __asm__("" : "+r"(p->near));
  if (rows > 1) __asm__("" : "+r"(p->by1));
  if (rows > 3) __asm__("" : "+r"(p->by3));
  if (rows > 5) __asm__("" : "+r"(p->by5));
  if (rows > 7) __asm__("" : "+r"(p->by7));
  if (rows > 9) __asm__("" : "+r"(p->by9));
  if (rows > 11) __asm__("" : "+r"(p->by11));
  if (rows > 13) __asm__("" : "+r"(p->by13));
  if (rows > PIXELS_NEAR) __asm__("" : "+r"(p->far));
}

TILE_INLINE const uint8_t *pixels_from(const apus_pixels *p, const uint8_t *base, int row) {
  switch (row % PIXELS_NEAR) {
    case 1: return base + p->by1;
    case 2: return base + 2 * p->by1;
    case 3: return base + p->by3;
    case 4: return base + 4 * p->by1;
    case 5: return base + p->by5;
    case 6: return base + 2 * p->by3;
    case 7: return base + p->by7;
    case 8: return base + 8 * p->by1;
    case 9: return base + p->by9;
    case 10: return base + 2 * p->by5;
    case 11: return base + p->by11;
    case 12: return base + 4 * p->by3;
    case 13: return base + p->by13;
    default: return base;
  }
}

TILE_INLINE const uint8_t *pixels_row(const apus_pixels *p, int row) {
  return pixels_from(p, row < PIXELS_NEAR ? p->near : p->far, row);
}
