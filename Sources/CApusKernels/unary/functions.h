// The functions of apus_unary.h over vectors of any width; include it after a simd header.
#pragma once

#include "apus_unary.h"

VF_INLINE vf vf_sigmoid(vf x) { return 1.0f / (1.0f + vf_exp(-x)); }
VF_INLINE vf vf_silu(vf x) { return x / (1.0f + vf_exp(-x)); }

// Rational in e^-2|x| for large arguments; for small ones, where that loses digits, the odd
// polynomial of Cephes tanhf (S. Moshier), good to 1 ulp below 0.625.
VF_INLINE vf vf_tanh(vf x) {
  const vf magnitude = vf_abs(x), square = x * x;
  const vf large = 1.0f - 2.0f / (vf_exp(magnitude + magnitude) + 1.0f);
  vf p = vf_set1(-5.70498872745e-3f);
  p = vf_fma(p, square, vf_set1(2.06390887954e-2f));
  p = vf_fma(p, square, vf_set1(-5.37397155531e-2f));
  p = vf_fma(p, square, vf_set1(1.33314422036e-1f));
  p = vf_fma(p, square, vf_set1(-3.33332819422e-1f));
  const vf small = vf_fma(p * square, x, x);
  const vf signed_large = (vf)((vi)large | ((vi)x & (int32_t)0x80000000));
  return vf_select(magnitude < 0.625f, small, signed_large);
}

// tanh(ln(1 + e)) = (e^2 + 2e) / (e^2 + 2e + 2) with e = e^x; beyond x = 20 the ratio is 1 in float.
VF_INLINE vf vf_mish(vf x) {
  const vf e = vf_exp(vf_min(vf_set1(20.0f), x));
  const vf t = vf_fma(e, e, e + e);
  return x * (t / (t + 2.0f));
}

VF_INLINE vf vf_clip(vf x, vf low, vf high) { return vf_min(high, vf_max(low, x)); }

// f(x), where `function` is a constant wherever this is inlined: loops switch outside.
VF_INLINE vf vf_apply(apus_unary function, vf x, vf a, vf b) {
  const vf zero = vf_set1(0), one = vf_set1(1);
  switch (function) {
    case APUS_UNARY_RELU: return vf_max(zero, x);
    case APUS_UNARY_LEAKY_RELU: return vf_select(x < zero, a * x, x);
    case APUS_UNARY_CLIP: return vf_clip(x, a, b);
    case APUS_UNARY_SIGMOID: return vf_sigmoid(x);
    case APUS_UNARY_SILU: return vf_silu(x);
    case APUS_UNARY_HARD_SIGMOID: return vf_clip(vf_fma(a, x, b), zero, one);
    case APUS_UNARY_HARD_SWISH: return x * (vf_clip(x + 3, zero, vf_set1(6)) * (1.0f / 6));
    case APUS_UNARY_TANH: return vf_tanh(x);
    case APUS_UNARY_MISH: return vf_mish(x);
    case APUS_UNARY_EXP: return vf_exp(x);
    case APUS_UNARY_SQRT: return vf_sqrt(x);
    case APUS_UNARY_ABS: return vf_abs(x);
    case APUS_UNARY_NEGATE: return -x;
    case APUS_UNARY_IDENTITY:
    case APUS_UNARY_COUNT: return x;
  }
  return x;
}

// Runs LOOP(function) with the constant that `function` equals.
#define FOR_FUNCTION(function, LOOP)                                   \
  switch (function) {                                                  \
    case APUS_UNARY_RELU: LOOP(APUS_UNARY_RELU); break;                \
    case APUS_UNARY_LEAKY_RELU: LOOP(APUS_UNARY_LEAKY_RELU); break;    \
    case APUS_UNARY_CLIP: LOOP(APUS_UNARY_CLIP); break;                \
    case APUS_UNARY_SIGMOID: LOOP(APUS_UNARY_SIGMOID); break;          \
    case APUS_UNARY_SILU: LOOP(APUS_UNARY_SILU); break;                \
    case APUS_UNARY_HARD_SIGMOID: LOOP(APUS_UNARY_HARD_SIGMOID); break; \
    case APUS_UNARY_HARD_SWISH: LOOP(APUS_UNARY_HARD_SWISH); break;    \
    case APUS_UNARY_TANH: LOOP(APUS_UNARY_TANH); break;                \
    case APUS_UNARY_MISH: LOOP(APUS_UNARY_MISH); break;                \
    case APUS_UNARY_EXP: LOOP(APUS_UNARY_EXP); break;                  \
    case APUS_UNARY_SQRT: LOOP(APUS_UNARY_SQRT); break;                \
    case APUS_UNARY_ABS: LOOP(APUS_UNARY_ABS); break;                  \
    case APUS_UNARY_NEGATE: LOOP(APUS_UNARY_NEGATE); break;            \
    case APUS_UNARY_IDENTITY:                                          \
    case APUS_UNARY_COUNT: LOOP(APUS_UNARY_IDENTITY); break;           \
  }
