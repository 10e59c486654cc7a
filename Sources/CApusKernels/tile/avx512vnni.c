#if defined(__x86_64__)
#include <assert.h>

#include "tables.h"
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx512vnni,avx2,fma"))), \
    apply_to = function)
#include "words256.h"
#include "words512.h"

typedef __m512i dot64_sum, dot64_part;
TILE_INLINE void dot64_weights(dot64_part *part, const uint8_t *w) { *part = _mm512_loadu_si512(w); }
TILE_INLINE void dot64_pixel(dot64_part *part, const uint8_t *p) { *part = quad512(p); }
TILE_INLINE dot64_sum dot64_add(dot64_sum sum, dot64_part x, dot64_part w) {
  return _mm512_dpbusd_epi32(sum, x, w);
}

TILE_INLINE void dot64_from_weights(__m512i *part, __m512i quads) { *part = quads; }
TILE_INLINE void dot64_from_pixel(__m512i *part, __m512i quads) { *part = quads; }
TILE_INLINE void dot32_from_weights(__m256i *part, __m256i quads) { *part = quads; }
TILE_INLINE void dot32_from_pixel(__m256i *part, __m256i quads) { *part = quads; }
TILE_INLINE __m256i dot32_add(__m256i sum, __m256i x, __m256i w) {
  return _mm256_dpbusd_epi32(sum, x, w);
}
TILE_INLINE void dot16_from_weights(__m128i *part, __m128i quads) { *part = quads; }
TILE_INLINE void dot16_from_pixel(__m128i *part, __m128i quads) { *part = quads; }
TILE_INLINE __m128i dot16_add(__m128i sum, __m128i x, __m128i w) {
  return _mm_dpbusd_epi32(sum, x, w);
}

#define TILE_SUFFIX avx512vnni
#define TILE_PRODUCT u8s8
#define TILE_WORDS dot64
#define TILE_PARTS 1
#include "dense_512.inc"

TILE_INLINE __m512i word32_add(__m512i sum, __m512i x, __m512i w) {
  return _mm512_dpwssd_epi32(sum, x, w);
}
#define TILE_PRODUCT s16
#define TILE_WORDS word32
#define TILE_PARTS 1
#include "dense_512.inc"

#define TILE_PARTS 1
#define TILE_WORDS dot64
#define TILE_ROWS 5
#define TILE_COLUMNS 64
#define BYTES_WORDS bytes64
#include "depthwise_bytes.inc"
#undef TILE_WORDS
#define TILE_WORDS dot32
#define TILE_ROWS 5
#define TILE_COLUMNS 32
#define BYTES_WORDS bytes32
#include "depthwise_bytes.inc"
#undef TILE_WORDS
#define TILE_WORDS dot16
#define TILE_ROWS 5
#define TILE_COLUMNS 16
#define BYTES_WORDS bytes16
#include "depthwise_bytes.inc"
#pragma clang attribute pop

#define ROW(product, text, rows, columns) \
  TILE_ROW(APUS_ISA_AVX512VNNI, product, text, avx512vnni, rows, columns, 16)
#define CHANNELS(rows, columns) \
  DEPTHWISE_ROW(APUS_ISA_AVX512VNNI, APUS_PRODUCT_U8S8, u8s8, avx512vnni, rows, columns)
const apus_tile_kernel apus_tile_avx512vnni[] = {
    ROW(APUS_PRODUCT_U8S8, u8s8, 28, 16),
    ROW(APUS_PRODUCT_U8S8, u8s8, 14, 32),
    ROW(APUS_PRODUCT_U8S8, u8s8, 9, 48),
    ROW(APUS_PRODUCT_U8S8, u8s8, 6, 64),
    ROW(APUS_PRODUCT_S16, s16, 28, 16),
    ROW(APUS_PRODUCT_S16, s16, 14, 32),
    ROW(APUS_PRODUCT_S16, s16, 9, 48),
    ROW(APUS_PRODUCT_S16, s16, 6, 64),
    CHANNELS(5, 16),
    CHANNELS(5, 32),
    CHANNELS(5, 64),
    {0},
};
#endif
