// Words of u8.inc with 512-bit vectors.
#pragma once

VF_INLINE vi round_floats(vf x) { return (vi)_mm512_cvtps_epi32((__m512)vf_min(vf_set1(1000), x)); }

VF_INLINE vb pack_bytes(const vi x[4], int32_t zero) {
  const __m512i order =
      _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  const __m512i add = _mm512_set1_epi16((int16_t)zero);
  const __m512i low = _mm512_packs_epi32((__m512i)x[0], (__m512i)x[1]);
  const __m512i high = _mm512_packs_epi32((__m512i)x[2], (__m512i)x[3]);
  return (vb)_mm512_permutexvar_epi32(
      order, _mm512_packus_epi16(_mm512_adds_epi16(low, add), _mm512_adds_epi16(high, add)));
}

VF_INLINE vq quarter(vb q, int64_t i) {
  const __m512i x = (__m512i)q;
  return i == 0   ? (vq)_mm512_castsi512_si128(x)
         : i == 1 ? (vq)_mm512_extracti32x4_epi32(x, 1)
         : i == 2 ? (vq)_mm512_extracti32x4_epi32(x, 2)
                  : (vq)_mm512_extracti32x4_epi32(x, 3);
}

VF_INLINE void store_half(uint8_t *p, vb q, int64_t i, int64_t n) {
  const __m512i x = (__m512i)q;
  const __m256i half = i ? _mm512_extracti64x4_epi64(x, 1) : _mm512_castsi512_si256(x);
  if (n == 32) {
    _mm256_storeu_si256((__m256i *)p, half);
  } else {
    _mm256_mask_storeu_epi8(p, (__mmask32)((1ull << n) - 1), half);
  }
}
