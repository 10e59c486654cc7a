// The part of the vector vocabulary that is the same for every width. Included by simd/<isa>.h
// after V, vf and vi are defined; not to be included alone.

#include <string.h>

#define VF_INLINE static inline __attribute__((always_inline))
#define APUS_JOIN_(name, suffix) name##__##suffix
#define APUS_JOIN(name, suffix) APUS_JOIN_(name, suffix)
// The name of a kernel of this instruction set: KERNEL(apus_unary_f32) is apus_unary_f32__avx2.
#define KERNEL(name) APUS_JOIN(name, APUS_SUFFIX)
#define APUS_TEXT_(x) #x
#define APUS_TEXT(x) APUS_TEXT_(x)

VF_INLINE vf vf_load(const float *p) {
  vf x;
  memcpy(&x, p, sizeof x);
  return x;
}
VF_INLINE void vf_store(float *p, vf x) { memcpy(p, &x, sizeof x); }
VF_INLINE vf vf_set1(float x) { return x - (vf){0}; }
VF_INLINE vf vf_fma(vf a, vf b, vf c) { return __builtin_elementwise_fma(a, b, c); }
// mask lanes are all ones or all zeros.
VF_INLINE vf vf_select(vi mask, vf a, vf b) { return (vf)((mask & (vi)a) | (~mask & (vi)b)); }
#ifndef APUS_HAS_MIN
// Both give their second argument where either is NaN.
VF_INLINE vf vf_min(vf a, vf b) { return vf_select(a < b, a, b); }
VF_INLINE vf vf_max(vf a, vf b) { return vf_select(a > b, a, b); }
#endif
VF_INLINE vf vf_abs(vf x) { return (vf)((vi)x & 0x7FFFFFFF); }

// e^r for |r| <= ln 2 / 2: 1 + r + r^2 q(r), q being minimax in relative error (below 3.1e-9 before rounding).
VF_INLINE vf vf_exp_near_zero(vf r) {
  vf q = vf_set1(0x1.6a2434p-10f);
  q = vf_fma(q, r, vf_set1(0x1.1239e2p-7f));
  q = vf_fma(q, r, vf_set1(0x1.5558f2p-5f));
  q = vf_fma(q, r, vf_set1(0x1.555492p-3f));
  q = vf_fma(q, r, vf_set1(0x1.fffffcp-2f));
  q = vf_fma(q, r, vf_set1(1.0f));
  return vf_fma(q, r, vf_set1(1.0f));
}

#ifndef APUS_HAS_EXP
// e^x: x = n ln 2 + r with |r| <= ln 2 / 2, then 2^n in two halves, so that results below the normal range
// round once and large ones become inf.
VF_INLINE vf vf_exp(vf x) {
  x = vf_max(vf_set1(-104.0f), vf_min(vf_set1(89.0f), x));
  const vf shift = vf_set1(12582912.0f);  // 1.5 * 2^23: adding it rounds to an integer
  const vf shifted = vf_fma(x, vf_set1(1.44269504f), shift);
  const vf n = shifted - shift;
  vf r = vf_fma(n, vf_set1(-0.693359375f), x);  // ln 2 in two parts, the first exact in 9 bits
  r = vf_fma(n, vf_set1(2.12194440e-4f), r);
  const vi power = (vi)shifted - (vi)shift, half = power >> 1;
  return vf_exp_near_zero(r) * (vf)((half + 127) << 23) * (vf)((power - half + 127) << 23);
}
#endif
