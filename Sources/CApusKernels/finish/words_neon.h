// Words of u8.inc with NEON vectors. The conversion saturates; NaN is brought below all bytes before it.
#pragma once

VF_INLINE vi round_floats(vf x) {
  return (vi)vcvtnq_s32_f32(vmaxnmq_f32((float32x4_t)x, vdupq_n_f32(-1000)));
}

VF_INLINE vb pack_bytes(const vi x[4], int32_t zero) {
  const int16x8_t add = vdupq_n_s16((int16_t)zero);
  const int16x8_t low = vqmovn_high_s32(vqmovn_s32((int32x4_t)x[0]), (int32x4_t)x[1]);
  const int16x8_t high = vqmovn_high_s32(vqmovn_s32((int32x4_t)x[2]), (int32x4_t)x[3]);
  return (vb)vqmovun_high_s16(vqmovun_s16(vqaddq_s16(low, add)), vqaddq_s16(high, add));
}

VF_INLINE vq quarter(vb q, int64_t i) {
  const uint32_t bits = ((vu)q)[i];
  vq x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

VF_INLINE void store_half(uint8_t *p, vb q, int64_t i, int64_t n) {
  const uint8x8_t half = i ? vget_high_u8((uint8x16_t)q) : vget_low_u8((uint8x16_t)q);
  if (n == 8) {
    vst1_u8(p, half);
  } else {
    copy_part(p, (const uint8_t *)&half, n);
  }
}
