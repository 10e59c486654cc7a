// Bytes through a table of 256, 16 entries at a time, then halved by each of the upper four bits. Included
// after simd/avx512.h.
#pragma once

#include "bytes.h"

typedef struct lookup {
  __m512i rows[16];
} lookup;

VF_INLINE lookup lookup_load(const uint8_t *table) {
  lookup t;
  for (int64_t i = 0; i < 16; i++) {
    t.rows[i] = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(table + 16 * i)));
  }
  return t;
}

VF_INLINE vb lookup_bytes(const lookup *t, vb bytes) {
  const __m512i x = (__m512i)bytes;
  const __m512i low = _mm512_and_si512(x, _mm512_set1_epi8(15));
  const __mmask64 bit4 = _mm512_test_epi8_mask(x, _mm512_set1_epi8(16));
  const __mmask64 bit5 = _mm512_test_epi8_mask(x, _mm512_set1_epi8(32));
  const __mmask64 bit6 = _mm512_test_epi8_mask(x, _mm512_set1_epi8(64));
  const __mmask64 bit7 = _mm512_movepi8_mask(x);
  __m512i y[4];
  for (int64_t i = 0; i < 4; i++) {
    const __m512i *rows = t->rows + 4 * i;
    const __m512i even = _mm512_mask_shuffle_epi8(
        _mm512_shuffle_epi8(rows[0], low), bit4, rows[1], low);
    const __m512i odd = _mm512_mask_shuffle_epi8(
        _mm512_shuffle_epi8(rows[2], low), bit4, rows[3], low);
    y[i] = _mm512_mask_blend_epi8(bit5, even, odd);
  }
  return (vb)_mm512_mask_blend_epi8(
      bit7, _mm512_mask_blend_epi8(bit6, y[0], y[1]), _mm512_mask_blend_epi8(bit6, y[2], y[3]));
}
