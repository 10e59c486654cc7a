// Bytes through a table of 256, 64 entries at a time. Included after simd/neon.h.
#pragma once

#include "bytes.h"

typedef struct lookup {
  uint8x16x4_t rows[4];
} lookup;

VF_INLINE lookup lookup_load(const uint8_t *table) {
  lookup t;
  for (int64_t i = 0; i < 4; i++) {
    for (int64_t k = 0; k < 4; k++) t.rows[i].val[k] = vld1q_u8(table + 64 * i + 16 * k);
  }
  return t;
}

// Places past the 64 entries leave what is there.
VF_INLINE vb lookup_bytes(const lookup *t, vb bytes) {
  const uint8x16_t x = (uint8x16_t)bytes;
  uint8x16_t y = vqtbl4q_u8(t->rows[0], x);
  y = vqtbx4q_u8(y, t->rows[1], vsubq_u8(x, vdupq_n_u8(64)));
  y = vqtbx4q_u8(y, t->rows[2], vsubq_u8(x, vdupq_n_u8(128)));
  return (vb)vqtbx4q_u8(y, t->rows[3], vsubq_u8(x, vdupq_n_u8(192)));
}
