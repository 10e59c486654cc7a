// The words of the products that plain AVX-512 has, for dense.inc. Included after the target is raised.
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#include "pixels.h"

// float: one factor.
typedef __m512 ps16_sum, ps16_part;
TILE_INLINE void ps16_weights(ps16_part *part, const uint8_t *w) { *part = _mm512_loadu_ps(w); }
TILE_INLINE void ps16_pixel(ps16_part *part, const uint8_t *p) {
  float x;
  memcpy(&x, p, sizeof x);
  *part = _mm512_set1_ps(x);
}
TILE_INLINE ps16_sum ps16_add(ps16_sum sum, ps16_part x, ps16_part w) {
  return _mm512_fmadd_ps(x, w, sum);
}

TILE_INLINE __m512i quad512(const uint8_t *p) {
  int32_t x;
  memcpy(&x, p, sizeof x);
  return _mm512_set1_epi32(x);
}

// bfloat16 as floats: the even elements, then the odd ones.
typedef __m512 wide16_sum, wide16_part;
TILE_INLINE void wide16_parts(wide16_part *part, __m512i pairs) {
  part[0] = _mm512_castsi512_ps(_mm512_slli_epi32(pairs, 16));
  part[1] = _mm512_castsi512_ps(_mm512_and_si512(pairs, _mm512_set1_epi32((int)0xFFFF0000)));
}
TILE_INLINE void wide16_weights(wide16_part *part, const uint8_t *w) {
  wide16_parts(part, _mm512_loadu_si512(w));
}
TILE_INLINE void wide16_pixel(wide16_part *part, const uint8_t *p) { wide16_parts(part, quad512(p)); }
TILE_INLINE wide16_sum wide16_add(wide16_sum sum, wide16_part x, wide16_part w) {
  return _mm512_fmadd_ps(x, w, sum);
}

// Bytes as int16, the even ones, then the odd ones: sums of two products of int16 are exact.
typedef __m512i half64_sum, half64_part;
TILE_INLINE void half64_from_weights(half64_part *part, __m512i quads) {
  part[0] = _mm512_srai_epi16(_mm512_slli_epi16(quads, 8), 8);
  part[1] = _mm512_srai_epi16(quads, 8);
}
TILE_INLINE void half64_from_pixel(half64_part *part, __m512i quads) {
  part[0] = _mm512_and_si512(quads, _mm512_set1_epi16(0xFF));
  part[1] = _mm512_srli_epi16(quads, 8);
}
TILE_INLINE void half64_weights(half64_part *part, const uint8_t *w) {
  half64_from_weights(part, _mm512_loadu_si512(w));
}
TILE_INLINE void half64_pixel(half64_part *part, const uint8_t *p) {
  half64_from_pixel(part, quad512(p));
}
TILE_INLINE half64_sum half64_add(half64_sum sum, half64_part x, half64_part w) {
  return _mm512_add_epi32(sum, _mm512_madd_epi16(x, w));
}

// int16.
typedef __m512i word32_sum, word32_part;
TILE_INLINE void word32_weights(__m512i *part, const uint8_t *w) { *part = _mm512_loadu_si512(w); }
TILE_INLINE void word32_pixel(__m512i *part, const uint8_t *p) { *part = quad512(p); }

// Channels by themselves, as floats, for depthwise.inc: bfloat16 is bf16, float is fl16.
typedef __m512 fl16_sum, fl16_part;
typedef float fl16_element;
TILE_INLINE void fl16_pixel(__m512 *part, const uint8_t *p) { *part = _mm512_loadu_ps(p); }
TILE_INLINE void fl16_weights(__m512 *part, const uint8_t *w) { fl16_pixel(part, w); }
TILE_INLINE __m512 fl16_add(__m512 sum, __m512 x, __m512 w) { return _mm512_fmadd_ps(x, w, sum); }
typedef __m512 bf16_sum, bf16_part;
typedef uint16_t bf16_element;
TILE_INLINE void bf16_pixel(__m512 *part, const uint8_t *p) {
  const __m256i halves = _mm256_loadu_si256((const __m256i_u *)p);
  *part = _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
}
TILE_INLINE void bf16_weights(__m512 *part, const uint8_t *w) { bf16_pixel(part, w); }
TILE_INLINE __m512 bf16_add(__m512 sum, __m512 x, __m512 w) { return _mm512_fmadd_ps(x, w, sum); }

// Vectors of 64 bytes, for depthwise_bytes.inc.
typedef __m512i bytes64_vector;
TILE_INLINE __m512i bytes64_low8(__m512i a, __m512i b) { return _mm512_unpacklo_epi8(a, b); }
TILE_INLINE __m512i bytes64_high8(__m512i a, __m512i b) { return _mm512_unpackhi_epi8(a, b); }
TILE_INLINE __m512i bytes64_low16(__m512i a, __m512i b) { return _mm512_unpacklo_epi16(a, b); }
TILE_INLINE __m512i bytes64_high16(__m512i a, __m512i b) { return _mm512_unpackhi_epi16(a, b); }
TILE_INLINE __m512i bytes64_load(const uint8_t *p) { return _mm512_loadu_si512(p); }
TILE_INLINE void bytes64_store(int32_t *sums, const __m512i sum[4]) {
  const __m512i a = _mm512_shuffle_i32x4(sum[0], sum[1], 0x44);
  const __m512i b = _mm512_shuffle_i32x4(sum[0], sum[1], 0xEE);
  const __m512i c = _mm512_shuffle_i32x4(sum[2], sum[3], 0x44);
  const __m512i d = _mm512_shuffle_i32x4(sum[2], sum[3], 0xEE);
  _mm512_storeu_si512(sums, _mm512_shuffle_i32x4(a, c, 0x88));
  _mm512_storeu_si512(sums + 16, _mm512_shuffle_i32x4(a, c, 0xDD));
  _mm512_storeu_si512(sums + 32, _mm512_shuffle_i32x4(b, d, 0x88));
  _mm512_storeu_si512(sums + 48, _mm512_shuffle_i32x4(b, d, 0xDD));
}
