#if defined(__x86_64__)
#include <assert.h>

#include "tables.h"
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), apply_to = function)
#include "words256.h"
#include "words512.h"

#define TILE_SUFFIX avx512
#define TILE_PRODUCT f32
#define TILE_WORDS ps16
#define TILE_PARTS 1
#include "dense_512.inc"

#define TILE_PRODUCT bf16
#define TILE_WORDS wide16
#define TILE_PARTS 2
#define TILE_ROWS 20
#define TILE_COLUMNS 16
#include "dense.inc"
#define TILE_ROWS 12
#define TILE_COLUMNS 32
#include "dense.inc"
#undef TILE_PRODUCT
#undef TILE_WORDS
#undef TILE_PARTS

#define TILE_PRODUCT u8s8
#define TILE_WORDS half64
#define TILE_PARTS 2
#define TILE_ROWS 20
#define TILE_COLUMNS 16
#include "dense.inc"
#define TILE_ROWS 12
#define TILE_COLUMNS 32
#include "dense.inc"
#undef TILE_PRODUCT
#undef TILE_WORDS
#undef TILE_PARTS

TILE_INLINE __m512i word32_add(__m512i sum, __m512i x, __m512i w) {
  return _mm512_add_epi32(sum, _mm512_madd_epi16(x, w));
}
#define TILE_PRODUCT s16
#define TILE_WORDS word32
#define TILE_PARTS 1
#include "dense_512.inc"

#define TILE_PRODUCT f32
#define TILE_WORDS fl16
#define TILE_ROWS 20
#define TILE_COLUMNS 16
#include "depthwise.inc"
#define TILE_ROWS 14
#define TILE_COLUMNS 32
#include "depthwise.inc"
#undef TILE_PRODUCT
#undef TILE_WORDS

#define TILE_PRODUCT bf16
#define TILE_WORDS bf16
#define TILE_ROWS 20
#define TILE_COLUMNS 16
#include "depthwise.inc"
#define TILE_ROWS 14
#define TILE_COLUMNS 32
#include "depthwise.inc"
#undef TILE_PRODUCT
#undef TILE_WORDS

#define TILE_PARTS 2
#define TILE_WORDS half16
#define BYTES_WORDS bytes16
#define TILE_ROWS 4
#define TILE_COLUMNS 16
#include "depthwise_bytes.inc"
#undef TILE_WORDS
#define TILE_WORDS half32
#define BYTES_WORDS bytes32
#define TILE_ROWS 4
#define TILE_COLUMNS 32
#include "depthwise_bytes.inc"
#undef TILE_WORDS
#define TILE_WORDS half64
#define BYTES_WORDS bytes64
#define TILE_ROWS 4
#define TILE_COLUMNS 64
#include "depthwise_bytes.inc"
#undef TILE_WORDS
#undef TILE_PARTS
#pragma clang attribute pop

#define ROW(product, text, rows, columns) \
  TILE_ROW(APUS_ISA_AVX512, product, text, avx512, rows, columns, 16)
#define CHANNELS(product, text, rows, columns) \
  DEPTHWISE_ROW(APUS_ISA_AVX512, product, text, avx512, rows, columns)
const apus_tile_kernel apus_tile_avx512[] = {
    ROW(APUS_PRODUCT_F32, f32, 28, 16),
    ROW(APUS_PRODUCT_F32, f32, 14, 32),
    ROW(APUS_PRODUCT_F32, f32, 9, 48),
    ROW(APUS_PRODUCT_F32, f32, 6, 64),
    ROW(APUS_PRODUCT_BF16, bf16, 20, 16),
    ROW(APUS_PRODUCT_BF16, bf16, 12, 32),
    ROW(APUS_PRODUCT_U8S8, u8s8, 20, 16),
    ROW(APUS_PRODUCT_U8S8, u8s8, 12, 32),
    ROW(APUS_PRODUCT_S16, s16, 28, 16),
    ROW(APUS_PRODUCT_S16, s16, 14, 32),
    ROW(APUS_PRODUCT_S16, s16, 9, 48),
    ROW(APUS_PRODUCT_S16, s16, 6, 64),
    CHANNELS(APUS_PRODUCT_F32, f32, 20, 16),
    CHANNELS(APUS_PRODUCT_F32, f32, 14, 32),
    CHANNELS(APUS_PRODUCT_BF16, bf16, 20, 16),
    CHANNELS(APUS_PRODUCT_BF16, bf16, 14, 32),
    CHANNELS(APUS_PRODUCT_U8S8, u8s8, 4, 16),
    CHANNELS(APUS_PRODUCT_U8S8, u8s8, 4, 32),
    CHANNELS(APUS_PRODUCT_U8S8, u8s8, 4, 64),
    {0},
};
#endif
