// The words of the products that AVX2 has, for dense.inc and the depthwise tiles, on vectors of 32 and 16
// bytes. Included after the target is raised.
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#include "pixels.h"

TILE_INLINE __m256i load256(const uint8_t *p) { return _mm256_loadu_si256((const __m256i_u *)p); }
TILE_INLINE __m256i quad256(const uint8_t *p) {
  int32_t x;
  memcpy(&x, p, sizeof x);
  return _mm256_set1_epi32(x);
}

// float: one factor.
typedef __m256 ps8_sum, ps8_part;
TILE_INLINE void ps8_weights(ps8_part *part, const uint8_t *w) {
  *part = _mm256_loadu_ps((const float *)w);
}
TILE_INLINE void ps8_pixel(ps8_part *part, const uint8_t *p) {
  float x;
  memcpy(&x, p, sizeof x);
  *part = _mm256_set1_ps(x);
}
TILE_INLINE ps8_sum ps8_add(ps8_sum sum, ps8_part x, ps8_part w) {
  return _mm256_fmadd_ps(x, w, sum);
}

// bfloat16 as floats: the even elements, then the odd ones.
typedef __m256 wide8_sum, wide8_part;
TILE_INLINE void wide8_parts(wide8_part *part, __m256i pairs) {
  part[0] = _mm256_castsi256_ps(_mm256_slli_epi32(pairs, 16));
  part[1] = _mm256_castsi256_ps(_mm256_and_si256(pairs, _mm256_set1_epi32((int)0xFFFF0000)));
}
TILE_INLINE void wide8_weights(wide8_part *part, const uint8_t *w) { wide8_parts(part, load256(w)); }
TILE_INLINE void wide8_pixel(wide8_part *part, const uint8_t *p) { wide8_parts(part, quad256(p)); }
TILE_INLINE wide8_sum wide8_add(wide8_sum sum, wide8_part x, wide8_part w) {
  return _mm256_fmadd_ps(x, w, sum);
}

// Bytes as int16, the even ones, then the odd ones: sums of two products of int16 are exact.
typedef __m256i half32_sum, half32_part;
TILE_INLINE void half32_from_weights(half32_part *part, __m256i quads) {
  part[0] = _mm256_srai_epi16(_mm256_slli_epi16(quads, 8), 8);
  part[1] = _mm256_srai_epi16(quads, 8);
}
TILE_INLINE void half32_from_pixel(half32_part *part, __m256i quads) {
  part[0] = _mm256_and_si256(quads, _mm256_set1_epi16(0xFF));
  part[1] = _mm256_srli_epi16(quads, 8);
}
TILE_INLINE void half32_weights(half32_part *part, const uint8_t *w) {
  half32_from_weights(part, load256(w));
}
TILE_INLINE void half32_pixel(half32_part *part, const uint8_t *p) {
  half32_from_pixel(part, quad256(p));
}
TILE_INLINE half32_sum half32_add(half32_sum sum, half32_part x, half32_part w) {
  return _mm256_add_epi32(sum, _mm256_madd_epi16(x, w));
}
TILE_INLINE void half16_from_weights(__m128i *part, __m128i quads) {
  part[0] = _mm_srai_epi16(_mm_slli_epi16(quads, 8), 8);
  part[1] = _mm_srai_epi16(quads, 8);
}
TILE_INLINE void half16_from_pixel(__m128i *part, __m128i quads) {
  part[0] = _mm_and_si128(quads, _mm_set1_epi16(0xFF));
  part[1] = _mm_srli_epi16(quads, 8);
}
TILE_INLINE __m128i half16_add(__m128i sum, __m128i x, __m128i w) {
  return _mm_add_epi32(sum, _mm_madd_epi16(x, w));
}

// int16.
typedef __m256i word16_sum, word16_part;
TILE_INLINE void word16_weights(__m256i *part, const uint8_t *w) { *part = load256(w); }
TILE_INLINE void word16_pixel(__m256i *part, const uint8_t *p) { *part = quad256(p); }

// Channels by themselves, as floats, for depthwise.inc: bfloat16 is bf8, float is fl8.
typedef __m256 fl8_sum, fl8_part;
typedef float fl8_element;
TILE_INLINE void fl8_pixel(__m256 *part, const uint8_t *p) { *part = _mm256_loadu_ps((const float *)p); }
TILE_INLINE void fl8_weights(__m256 *part, const uint8_t *w) { fl8_pixel(part, w); }
TILE_INLINE __m256 fl8_add(__m256 sum, __m256 x, __m256 w) { return _mm256_fmadd_ps(x, w, sum); }
typedef __m256 bf8_sum, bf8_part;
typedef uint16_t bf8_element;
TILE_INLINE void bf8_pixel(__m256 *part, const uint8_t *p) {
  const __m128i halves = _mm_loadu_si128((const __m128i_u *)p);
  *part = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16));
}
TILE_INLINE void bf8_weights(__m256 *part, const uint8_t *w) { bf8_pixel(part, w); }
TILE_INLINE __m256 bf8_add(__m256 sum, __m256 x, __m256 w) { return _mm256_fmadd_ps(x, w, sum); }

// Vectors of 32 and 16 bytes, for depthwise_bytes.inc.
typedef __m256i bytes32_vector;
TILE_INLINE __m256i bytes32_low8(__m256i a, __m256i b) { return _mm256_unpacklo_epi8(a, b); }
TILE_INLINE __m256i bytes32_high8(__m256i a, __m256i b) { return _mm256_unpackhi_epi8(a, b); }
TILE_INLINE __m256i bytes32_low16(__m256i a, __m256i b) { return _mm256_unpacklo_epi16(a, b); }
TILE_INLINE __m256i bytes32_high16(__m256i a, __m256i b) { return _mm256_unpackhi_epi16(a, b); }
TILE_INLINE __m256i bytes32_load(const uint8_t *p) { return load256(p); }
TILE_INLINE void bytes32_store(int32_t *sums, const __m256i sum[4]) {
  __m256i_u *to = (__m256i_u *)sums;
  _mm256_storeu_si256(to, _mm256_permute2x128_si256(sum[0], sum[1], 0x20));
  _mm256_storeu_si256(to + 1, _mm256_permute2x128_si256(sum[2], sum[3], 0x20));
  _mm256_storeu_si256(to + 2, _mm256_permute2x128_si256(sum[0], sum[1], 0x31));
  _mm256_storeu_si256(to + 3, _mm256_permute2x128_si256(sum[2], sum[3], 0x31));
}
typedef __m128i bytes16_vector;
TILE_INLINE __m128i bytes16_low8(__m128i a, __m128i b) { return _mm_unpacklo_epi8(a, b); }
TILE_INLINE __m128i bytes16_high8(__m128i a, __m128i b) { return _mm_unpackhi_epi8(a, b); }
TILE_INLINE __m128i bytes16_low16(__m128i a, __m128i b) { return _mm_unpacklo_epi16(a, b); }
TILE_INLINE __m128i bytes16_high16(__m128i a, __m128i b) { return _mm_unpackhi_epi16(a, b); }
TILE_INLINE __m128i bytes16_load(const uint8_t *p) { return _mm_loadu_si128((const __m128i_u *)p); }
TILE_INLINE void bytes16_store(int32_t *sums, const __m128i sum[4]) {
  memcpy(sums, sum, 4 * sizeof *sum);
}
