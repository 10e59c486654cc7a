#if defined(__x86_64__)
#include <assert.h>

#include "tables.h"
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "words256.h"

#define TILE_SUFFIX avx2
#define TILE_PRODUCT f32
#define TILE_WORDS ps8
#define TILE_PARTS 1
#include "dense_256.inc"

#define TILE_PRODUCT bf16
#define TILE_WORDS wide8
#define TILE_PARTS 2
#define TILE_ROWS 10
#define TILE_COLUMNS 8
#include "dense.inc"
#define TILE_ROWS 5
#define TILE_COLUMNS 16
#include "dense.inc"
#undef TILE_PRODUCT
#undef TILE_WORDS
#undef TILE_PARTS

#define TILE_PRODUCT u8s8
#define TILE_WORDS half32
#define TILE_PARTS 2
#define TILE_ROWS 10
#define TILE_COLUMNS 8
#include "dense.inc"
#define TILE_ROWS 4
#define TILE_COLUMNS 16
#include "dense.inc"
#undef TILE_PRODUCT
#undef TILE_WORDS
#undef TILE_PARTS

TILE_INLINE __m256i word16_add(__m256i sum, __m256i x, __m256i w) {
  return _mm256_add_epi32(sum, _mm256_madd_epi16(x, w));
}
#define TILE_PRODUCT s16
#define TILE_WORDS word16
#define TILE_PARTS 1
#include "dense_256.inc"

#define TILE_PRODUCT f32
#define TILE_WORDS fl8
#define TILE_ROWS 12
#define TILE_COLUMNS 8
#include "depthwise.inc"
#define TILE_ROWS 6
#define TILE_COLUMNS 16
#include "depthwise.inc"
#undef TILE_PRODUCT
#undef TILE_WORDS

#define TILE_PRODUCT bf16
#define TILE_WORDS bf8
#define TILE_ROWS 12
#define TILE_COLUMNS 8
#include "depthwise.inc"
#define TILE_ROWS 6
#define TILE_COLUMNS 16
#include "depthwise.inc"
#undef TILE_PRODUCT
#undef TILE_WORDS

#define TILE_PARTS 2
#define TILE_WORDS half16
#define BYTES_WORDS bytes16
#define TILE_ROWS 2
#define TILE_COLUMNS 16
#include "depthwise_bytes.inc"
#undef TILE_WORDS
#define TILE_WORDS half32
#define BYTES_WORDS bytes32
#define TILE_ROWS 2
#define TILE_COLUMNS 32
#include "depthwise_bytes.inc"
#undef TILE_WORDS
#undef TILE_PARTS
#pragma clang attribute pop

#define ROW(product, text, rows, columns) \
  TILE_ROW(APUS_ISA_AVX2, product, text, avx2, rows, columns, 8)
#define CHANNELS(product, text, rows, columns) \
  DEPTHWISE_ROW(APUS_ISA_AVX2, product, text, avx2, rows, columns)
const apus_tile_kernel apus_tile_avx2[] = {
    ROW(APUS_PRODUCT_F32, f32, 12, 8),
    ROW(APUS_PRODUCT_F32, f32, 6, 16),
    ROW(APUS_PRODUCT_F32, f32, 4, 24),
    ROW(APUS_PRODUCT_BF16, bf16, 10, 8),
    ROW(APUS_PRODUCT_BF16, bf16, 5, 16),
    ROW(APUS_PRODUCT_U8S8, u8s8, 10, 8),
    ROW(APUS_PRODUCT_U8S8, u8s8, 4, 16),
    ROW(APUS_PRODUCT_S16, s16, 12, 8),
    ROW(APUS_PRODUCT_S16, s16, 6, 16),
    ROW(APUS_PRODUCT_S16, s16, 4, 24),
    CHANNELS(APUS_PRODUCT_F32, f32, 12, 8),
    CHANNELS(APUS_PRODUCT_F32, f32, 6, 16),
    CHANNELS(APUS_PRODUCT_BF16, bf16, 12, 8),
    CHANNELS(APUS_PRODUCT_BF16, bf16, 6, 16),
    CHANNELS(APUS_PRODUCT_U8S8, u8s8, 2, 16),
    CHANNELS(APUS_PRODUCT_U8S8, u8s8, 2, 32),
    {0},
};
#endif
