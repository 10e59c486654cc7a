#if defined(__x86_64__)
#include <assert.h>

#include "tables.h"
#pragma clang attribute push(__attribute__((target("avx2,fma,avxvnni"))), apply_to = function)
#include "words256.h"

typedef __m256i dot32_sum, dot32_part;
TILE_INLINE void dot32_weights(__m256i *part, const uint8_t *w) { *part = load256(w); }
TILE_INLINE void dot32_pixel(__m256i *part, const uint8_t *p) { *part = quad256(p); }
TILE_INLINE void dot32_from_weights(__m256i *part, __m256i quads) { *part = quads; }
TILE_INLINE void dot32_from_pixel(__m256i *part, __m256i quads) { *part = quads; }
TILE_INLINE __m256i dot32_add(__m256i sum, __m256i x, __m256i w) {
  return _mm256_dpbusd_avx_epi32(sum, x, w);
}
TILE_INLINE void dot16_from_weights(__m128i *part, __m128i quads) { *part = quads; }
TILE_INLINE void dot16_from_pixel(__m128i *part, __m128i quads) { *part = quads; }
TILE_INLINE __m128i dot16_add(__m128i sum, __m128i x, __m128i w) {
  return _mm_dpbusd_avx_epi32(sum, x, w);
}

#define TILE_SUFFIX avxvnni
#define TILE_PRODUCT u8s8
#define TILE_WORDS dot32
#define TILE_PARTS 1
#include "dense_256.inc"

TILE_INLINE __m256i word16_add(__m256i sum, __m256i x, __m256i w) {
  return _mm256_dpwssd_avx_epi32(sum, x, w);
}
#define TILE_PRODUCT s16
#define TILE_WORDS word16
#define TILE_PARTS 1
#include "dense_256.inc"

#define TILE_PARTS 1
#define TILE_WORDS dot16
#define BYTES_WORDS bytes16
#define TILE_ROWS 2
#define TILE_COLUMNS 16
#include "depthwise_bytes.inc"
#undef TILE_WORDS
#define TILE_WORDS dot32
#define BYTES_WORDS bytes32
#define TILE_ROWS 2
#define TILE_COLUMNS 32
#include "depthwise_bytes.inc"
#undef TILE_WORDS
#undef TILE_PARTS
#pragma clang attribute pop

#define ROW(product, text, rows, columns) \
  TILE_ROW(APUS_ISA_AVXVNNI, product, text, avxvnni, rows, columns, 8)
#define CHANNELS(product, text, rows, columns) \
  DEPTHWISE_ROW(APUS_ISA_AVXVNNI, product, text, avxvnni, rows, columns)
const apus_tile_kernel apus_tile_avxvnni[] = {
    ROW(APUS_PRODUCT_U8S8, u8s8, 12, 8),
    ROW(APUS_PRODUCT_U8S8, u8s8, 6, 16),
    ROW(APUS_PRODUCT_U8S8, u8s8, 4, 24),
    ROW(APUS_PRODUCT_S16, s16, 12, 8),
    ROW(APUS_PRODUCT_S16, s16, 6, 16),
    ROW(APUS_PRODUCT_S16, s16, 4, 24),
    CHANNELS(APUS_PRODUCT_U8S8, u8s8, 2, 16),
    CHANNELS(APUS_PRODUCT_U8S8, u8s8, 2, 32),
    {0},
};
#endif
