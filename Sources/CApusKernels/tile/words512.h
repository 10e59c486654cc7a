// The words of the products that plain AVX-512 has, for dense.inc. Included after the target is raised.
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#include "pixels.h"

typedef __m512 f32_sum, f32_part, wide_sum, wide_part;
typedef __m512i u8s8_sum, u8s8_part;

// float: one factor.
TILE_INLINE void f32_weights(f32_part *part, const uint8_t *w) { *part = _mm512_loadu_ps(w); }
TILE_INLINE void f32_pixel(f32_part *part, const uint8_t *p) {
  float x;
  memcpy(&x, p, sizeof x);
  *part = _mm512_set1_ps(x);
}
TILE_INLINE f32_sum f32_add(f32_sum sum, f32_part x, f32_part w) {
  return _mm512_fmadd_ps(x, w, sum);
}

TILE_INLINE __m512i quad512(const uint8_t *p) {
  int32_t x;
  memcpy(&x, p, sizeof x);
  return _mm512_set1_epi32(x);
}

// bfloat16 as floats: the even elements, then the odd ones.
TILE_INLINE void wide_parts(wide_part *part, __m512i pairs) {
  part[0] = _mm512_castsi512_ps(_mm512_slli_epi32(pairs, 16));
  part[1] = _mm512_castsi512_ps(_mm512_and_si512(pairs, _mm512_set1_epi32((int)0xFFFF0000)));
}
TILE_INLINE void wide_weights(wide_part *part, const uint8_t *w) {
  wide_parts(part, _mm512_loadu_si512(w));
}
TILE_INLINE void wide_pixel(wide_part *part, const uint8_t *p) { wide_parts(part, quad512(p)); }
TILE_INLINE wide_sum wide_add(wide_sum sum, wide_part x, wide_part w) {
  return _mm512_fmadd_ps(x, w, sum);
}

// Bytes as int16, the even ones, then the odd ones: sums of two products of int16 are exact.
TILE_INLINE void u8s8_from_weights(u8s8_part *part, __m512i quads) {
  part[0] = _mm512_srai_epi16(_mm512_slli_epi16(quads, 8), 8);
  part[1] = _mm512_srai_epi16(quads, 8);
}
TILE_INLINE void u8s8_from_pixel(u8s8_part *part, __m512i quads) {
  part[0] = _mm512_and_si512(quads, _mm512_set1_epi16(0xFF));
  part[1] = _mm512_srli_epi16(quads, 8);
}
TILE_INLINE void u8s8_weights(u8s8_part *part, const uint8_t *w) {
  u8s8_from_weights(part, _mm512_loadu_si512(w));
}
TILE_INLINE void u8s8_pixel(u8s8_part *part, const uint8_t *p) {
  u8s8_from_pixel(part, quad512(p));
}
TILE_INLINE u8s8_sum u8s8_add(u8s8_sum sum, u8s8_part x, u8s8_part w) {
  return _mm512_add_epi32(sum, _mm512_madd_epi16(x, w));
}

// Channels by themselves, as floats.
typedef __m512 channels;
typedef float f32_element;
typedef uint16_t bf16_element;
TILE_INLINE channels f32_channels(const uint8_t *p) { return _mm512_loadu_ps(p); }
TILE_INLINE channels bf16_channels(const uint8_t *p) {
  const __m256i halves = _mm256_loadu_si256((const __m256i_u *)p);
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
}

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
