// Words of u8.inc with 256-bit vectors.
#pragma once

VF_INLINE vi round_floats(vf x) { return (vi)_mm256_cvtps_epi32((__m256)vf_min(vf_set1(1000), x)); }

VF_INLINE vb pack_bytes(const vi x[4], int32_t zero) {
  const __m256i add = _mm256_set1_epi16((int16_t)zero);
  const __m256i low = _mm256_packs_epi32((__m256i)x[0], (__m256i)x[1]);
  const __m256i high = _mm256_packs_epi32((__m256i)x[2], (__m256i)x[3]);
  return (vb)_mm256_permutevar8x32_epi32(
      _mm256_packus_epi16(_mm256_adds_epi16(low, add), _mm256_adds_epi16(high, add)),
      _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

VF_INLINE vq quarter(vb q, int64_t i) {
  typedef uint64_t quarters __attribute__((vector_size(32)));
  const uint64_t bits = ((quarters)q)[i];
  vq x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

VF_INLINE void store_half(uint8_t *p, vb q, int64_t i, int64_t n) {
  const __m256i x = (__m256i)q;
  const __m128i half = i ? _mm256_extracti128_si256(x, 1) : _mm256_castsi256_si128(x);
  if (n == 16) {
    _mm_storeu_si128((__m128i *)p, half);
  } else {
    copy_part(p, (const uint8_t *)&half, n);
  }
}
