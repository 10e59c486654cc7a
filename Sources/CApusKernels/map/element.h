// One element of a map, read and written as its number: float, bfloat16, uint8. For scalar code.
#pragma once

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "apus_map.h"

static inline int64_t element_size(apus_element element) {
  return element == APUS_ELEMENT_F32 ? 4 : element == APUS_ELEMENT_BF16 ? 2 : 1;
}

static inline float bf16_value(uint16_t bits) {
  const uint32_t word = (uint32_t)bits << 16;
  float x;
  memcpy(&x, &word, sizeof x);
  return x;
}

// To the nearest, half to even; NaN stays NaN.
static inline uint16_t bf16_bits(float x) {
  uint32_t word;
  memcpy(&word, &x, sizeof x);
  if (x != x) return (uint16_t)(word >> 16 | 0x40);
  return (uint16_t)((word + 0x7FFF + (word >> 16 & 1)) >> 16);
}

// rne(x) + zero in 0...255; NaN is `nan`, a number of that range.
static inline uint8_t quantise(float x, int32_t zero, int32_t nan) {
  if (x != x) return (uint8_t)nan;
  const float low = (float)-zero, high = (float)(255 - zero);
  const float clamped = x < low ? low : x > high ? high : x;
  return (uint8_t)((int32_t)rintf(clamped) + zero);
}

// The number as it is stored: for uint8 0...255.
static inline float load_element(apus_element element, const uint8_t *p) {
  if (element == APUS_ELEMENT_U8) return (float)*p;
  if (element == APUS_ELEMENT_BF16) {
    uint16_t bits;
    memcpy(&bits, p, sizeof bits);
    return bf16_value(bits);
  }
  float x;
  memcpy(&x, p, sizeof x);
  return x;
}

// A float element, or a real value divided by the scale: uint8 adds `zero` and rounds.
static inline void store_element(apus_element element, uint8_t *p, float x, int32_t zero) {
  if (element == APUS_ELEMENT_U8) {
    *p = quantise(x, zero, zero);
  } else if (element == APUS_ELEMENT_BF16) {
    const uint16_t bits = bf16_bits(x);
    memcpy(p, &bits, sizeof bits);
  } else {
    memcpy(p, &x, sizeof x);
  }
}

// The real value of what load_element gave.
static inline float real_value(apus_element element, float x, apus_grid grid) {
  return element == APUS_ELEMENT_U8 ? (x - (float)grid.zero) * grid.scale : x;
}

// The first channel of a pixel.
static inline uint8_t *map_pixel(apus_map map, int64_t y, int64_t x) {
  return map.base + y * map.row_stride + x * map.pixel_stride;
}

// Whether the pixels of a row are adjacent.
static inline bool is_dense(apus_map map, int64_t element_bytes) {
  return map.pixel_stride == map.channels * element_bytes;
}

static inline bool is_rows_of(apus_map map, int64_t row_begin, int64_t row_end) {
  return map.base && map.channels > 0 && map.width > 0 && row_begin >= 0 && row_begin <= row_end &&
         row_end <= map.height;
}

// The taps of a window along one axis that lie inside: begin..<end of kernel, the first at `first`.
typedef struct apus_taps {
  int64_t first, begin, end;
} apus_taps;

static inline apus_taps taps_at(
    int64_t place, int64_t stride, int64_t pad, int64_t kernel, int64_t dilation, int64_t size) {
  apus_taps t = {place * stride - pad, 0, kernel};
  while (t.begin < t.end && t.first + t.begin * dilation < 0) t.begin++;
  while (t.end > t.begin && t.first + (t.end - 1) * dilation >= size) t.end--;
  return t;
}

// A place between pixels: the pixel before, the one behind, and how far it is from the first.
typedef struct apus_place {
  int64_t first, second;
  float weight;
} apus_place;

static inline apus_place place_at(float place, int64_t size) {
  const float last = (float)(size - 1);
  const float inside = place > 0 ? (place < last ? place : last) : 0;
  const int64_t first = (int64_t)inside;
  return (apus_place){first, first + 1 < size ? first + 1 : first, inside - (float)first};
}

// What a sum of `count` uint8 is multiplied by to be their mean.
static inline float mean_scale(apus_grid src, apus_grid dst, int64_t count) {
  return src.scale / (dst.scale * (float)count);
}

// The factors of a pair of uint8, rounded to float once each.
typedef struct pair_scales {
  float a, b, product;
} pair_scales;

static inline pair_scales pair_scales_of(apus_grid a, apus_grid b, apus_grid dst) {
  return (pair_scales){
      a.scale / dst.scale, b.scale / dst.scale,
      (float)((double)a.scale * (double)b.scale / (double)dst.scale)};
}
