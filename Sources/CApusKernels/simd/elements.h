// Vectors of V elements of a map (float, bfloat16, uint8) as vectors of V floats. Include it after a simd header.
#pragma once

#include "apus_map.h"

typedef uint32_t vu __attribute__((vector_size(4 * V)));
typedef uint16_t vh __attribute__((vector_size(2 * V)));
typedef uint8_t vq __attribute__((vector_size(V)));

#if V == 16
VF_INLINE vh vh_load_part(const uint8_t *p, int64_t n) {
  return (vh)_mm256_maskz_loadu_epi16((__mmask16)((1u << n) - 1), p);
}
VF_INLINE vq vq_load_part(const uint8_t *p, int64_t n) {
  return (vq)_mm_maskz_loadu_epi8((__mmask16)((1u << n) - 1), p);
}
VF_INLINE void vh_store_part(uint8_t *p, vh x, int64_t n) {
  _mm256_mask_storeu_epi16(p, (__mmask16)((1u << n) - 1), (__m256i)x);
}
VF_INLINE void vq_store_part(uint8_t *p, vq x, int64_t n) {
  _mm_mask_storeu_epi8(p, (__mmask16)((1u << n) - 1), (__m128i)x);
}
#else
// Copies n < 16 bytes.
VF_INLINE void copy_part(uint8_t *to, const uint8_t *from, int64_t n) {
  int64_t i = 0;
  if (n & 8) memcpy(to, from, 8), i = 8;
  if (n & 4) memcpy(to + i, from + i, 4), i += 4;
  if (n & 2) memcpy(to + i, from + i, 2), i += 2;
  if (n & 1) to[i] = from[i];
}
VF_INLINE vh vh_load_part(const uint8_t *p, int64_t n) {
  vh x = {0};
  copy_part((uint8_t *)&x, p, 2 * n);
  return x;
}
VF_INLINE vq vq_load_part(const uint8_t *p, int64_t n) {
  vq x = {0};
  copy_part((uint8_t *)&x, p, n);
  return x;
}
VF_INLINE void vh_store_part(uint8_t *p, vh x, int64_t n) {
  copy_part(p, (const uint8_t *)&x, 2 * n);
}
VF_INLINE void vq_store_part(uint8_t *p, vq x, int64_t n) { copy_part(p, (const uint8_t *)&x, n); }
#endif

// n <= V floats; where parts go by masks, a whole vector is as fast as a part.
VF_INLINE vf vf_load_some(const float *p, int64_t n) {
  return V == 4 && n == V ? vf_load(p) : vf_load_part(p, n);
}

// n <= V bytes.
VF_INLINE vq vq_load_some(const uint8_t *p, int64_t n) {
  if (n < V) return vq_load_part(p, n);
  vq x;
  memcpy(&x, p, sizeof x);
  return x;
}

VF_INLINE vf vf_from_bf16(vh x) { return (vf)(__builtin_convertvector(x, vu) << 16); }
// To the nearest, half to even; NaN stays NaN.
VF_INLINE vh vf_to_bf16_by_bits(vf x) {
  const vu bits = (vu)x, high = bits >> 16;
  const vu rounded = (bits + 0x7FFF + (high & 1)) >> 16;
  const vi number = x == x;
  return __builtin_convertvector(((vu)number & rounded) | (~(vu)number & (high | 0x40)), vh);
}

// n of V elements; `element` and `n == V` are constants wherever these are inlined. uint8 as its number.
VF_INLINE vf vf_load_element(apus_element element, const uint8_t *p, int64_t n) {
  if (element == APUS_ELEMENT_F32) {
    return n == V ? vf_load((const float *)p) : vf_load_part((const float *)p, n);
  }
  if (element == APUS_ELEMENT_BF16) {
    vh x;
    if (n < V) return vf_from_bf16(vh_load_part(p, n));
    memcpy(&x, p, sizeof x);
    return vf_from_bf16(x);
  }
  return __builtin_convertvector(__builtin_convertvector(vq_load_some(p, n), vi), vf);
}

#ifdef APUS_HAS_BF16
// The instruction takes numbers below the normal range for 0: vectors that have any go the long way.
VF_INLINE vh vf_to_bf16(vf x) {
  const int below = _mm512_fpclass_ps_mask((__m512)x, 0x20);
  return __builtin_expect(below, 0) ? vf_to_bf16_by_bits(x) : (vh)_mm512_cvtneps_pbh((__m512)x);
}
#else
VF_INLINE vh vf_to_bf16(vf x) { return vf_to_bf16_by_bits(x); }
#endif

// rne(x) + zero in 0...255; NaN gives `zero`.
VF_INLINE vq vf_to_u8(vf x, int32_t zero) {
  const vf number = (vf)((vi)x & (x == x));
  const vf clamped =
      vf_min(vf_set1((float)(255 - zero)), vf_max(vf_set1((float)-zero), number));
  const vf shift = vf_set1(12582912.0f);  // 1.5 * 2^23: adding it rounds to an integer
  return __builtin_convertvector((vi)(clamped + shift) - (vi)shift + zero, vq);
}

// Stores n of V elements; uint8 with `zero` added, rounded.
VF_INLINE void vf_store_element(apus_element element, uint8_t *p, vf x, int32_t zero, int64_t n) {
  if (element == APUS_ELEMENT_F32) {
    if (n < V) {
      vf_store_part((float *)p, x, n);
    } else {
      vf_store((float *)p, x);
    }
  } else if (element == APUS_ELEMENT_BF16) {
    const vh h = vf_to_bf16(x);
    if (n < V) {
      vh_store_part(p, h, n);
    } else {
      memcpy(p, &h, sizeof h);
    }
  } else {
    const vq q = vf_to_u8(x, zero);
    if (n < V) {
      vq_store_part(p, q, n);
    } else {
      memcpy(p, &q, sizeof q);
    }
  }
}
