// Bytes through a table of 256, with VBMI. Included after simd/avx512vbmi.h.
#pragma once

#include "bytes.h"

// Bytes of a vector can be put in any order.
#define APUS_PERMUTES_BYTES 1

typedef struct lookup {
  __m512i rows[4];
} lookup;

VF_INLINE lookup lookup_load(const uint8_t *table) {
  lookup t;
  for (int64_t i = 0; i < 4; i++) t.rows[i] = _mm512_loadu_si512(table + 64 * i);
  return t;
}

VF_INLINE vb lookup_bytes(const lookup *t, vb bytes) {
  const __m512i x = (__m512i)bytes;
  const __m512i low = _mm512_permutex2var_epi8(t->rows[0], x, t->rows[1]);
  const __m512i high = _mm512_permutex2var_epi8(t->rows[2], x, t->rows[3]);
  return (vb)_mm512_mask_blend_epi8(_mm512_movepi8_mask(x), low, high);
}
