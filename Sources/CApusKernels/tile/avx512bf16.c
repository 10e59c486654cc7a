#if defined(__x86_64__)
#include <assert.h>

#include "tables.h"
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,avx2,fma"))), \
    apply_to = function)
#include "words512.h"

typedef __m512 pair_sum;
typedef __m512i pair_part;
TILE_INLINE void pair_weights(pair_part *part, const uint8_t *w) { *part = _mm512_loadu_si512(w); }
TILE_INLINE void pair_pixel(pair_part *part, const uint8_t *p) { *part = quad512(p); }
// Flushes denormals to 0; each pair of products is rounded to nearest.
TILE_INLINE pair_sum pair_add(pair_sum sum, pair_part x, pair_part w) {
  return _mm512_dpbf16_ps(sum, (__m512bh)x, (__m512bh)w);
}

#define TILE_SUFFIX avx512bf16
#define TILE_PRODUCT bf16
#define TILE_WORDS pair
#define TILE_PARTS 1
#include "dense_512.inc"

#pragma clang attribute pop

#define ROW(product, text, rows, columns) \
  TILE_ROW(APUS_ISA_AVX512BF16, product, text, avx512bf16, rows, columns, 16)
const apus_tile_kernel apus_tile_avx512bf16[] = {
    ROW(APUS_PRODUCT_BF16, bf16, 28, 16),
    ROW(APUS_PRODUCT_BF16, bf16, 14, 32),
    ROW(APUS_PRODUCT_BF16, bf16, 9, 48),
    ROW(APUS_PRODUCT_BF16, bf16, 6, 64),
    {0},
};
#endif
