// Bytes through a table of 256, 16 entries at a time, then halved by each of the upper four bits. Included
// after simd/avx2.h.
#pragma once

#include "bytes.h"

typedef struct lookup {
  __m256i rows[16];
} lookup;

VF_INLINE lookup lookup_load(const uint8_t *table) {
  lookup t;
  for (int64_t i = 0; i < 16; i++) {
    t.rows[i] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(table + 16 * i)));
  }
  return t;
}

VF_INLINE vb lookup_bytes(const lookup *t, vb bytes) {
  const __m256i x = (__m256i)bytes, low = _mm256_and_si256(x, _mm256_set1_epi8(15));
  // A blend goes by the uppermost bit of each byte; shifts carry nothing into it but bits of the same byte.
  const __m256i bit4 = _mm256_slli_epi16(x, 3), bit5 = _mm256_slli_epi16(x, 2);
  const __m256i bit6 = _mm256_slli_epi16(x, 1);
  __m256i y[4];
  for (int64_t i = 0; i < 4; i++) {
    const __m256i *rows = t->rows + 4 * i;
    const __m256i even = _mm256_blendv_epi8(
        _mm256_shuffle_epi8(rows[0], low), _mm256_shuffle_epi8(rows[1], low), bit4);
    const __m256i odd = _mm256_blendv_epi8(
        _mm256_shuffle_epi8(rows[2], low), _mm256_shuffle_epi8(rows[3], low), bit4);
    y[i] = _mm256_blendv_epi8(even, odd, bit5);
  }
  return (vb)_mm256_blendv_epi8(
      _mm256_blendv_epi8(y[0], y[1], bit6), _mm256_blendv_epi8(y[2], y[3], bit6), x);
}
