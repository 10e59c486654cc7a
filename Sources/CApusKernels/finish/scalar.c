#include "../map/element.h"
#include "../unary/apply.h"
#include "apus_finish.h"

#pragma STDC FP_CONTRACT OFF

static apus_element element_of(apus_finish_kind kind) {
  return kind == APUS_FINISH_I32_U8     ? APUS_ELEMENT_U8
         : kind == APUS_FINISH_F32_BF16 ? APUS_ELEMENT_BF16
                                        : APUS_ELEMENT_F32;
}

static uint8_t finish_u8(
    const apus_finish *f, int64_t channel, int32_t sum, const uint8_t *residual) {
  const int32_t biased = sum + ((const int32_t *)f->bias)[channel];
  const uint8_t q = quantise((float)biased * f->scale[channel], f->zero, 0);
  const uint8_t own = f->table ? f->table[q] : q;
  if (!residual) return own;
  const float left = (float)(own - f->own_zero) * f->own_scale;
  const float right = (float)(*residual - f->residual_zero) * f->residual_scale;
  return quantise(left + right, f->sum_zero, 0);
}

// One element of `kind` at dst; `sum` and `residual` (or null) point at its operands.
static void finish_one(
    apus_finish_kind kind, const apus_finish *f, int64_t channel, const void *sum,
    const uint8_t *residual, uint8_t *dst) {
  if (kind == APUS_FINISH_I32_U8) {
    *dst = finish_u8(f, channel, *(const int32_t *)sum, residual);
    return;
  }
  const apus_element element = element_of(kind);
  float x;
  if (kind == APUS_FINISH_I32_F32) {
    x = (float)(*(const int32_t *)sum + ((const int32_t *)f->bias)[channel]) * f->scale[channel];
  } else {
    x = *(const float *)sum + ((const float *)f->bias)[channel];
  }
  x = (float)apus_apply(f->activation, x);
  store_element(element, dst, residual ? x + load_element(element, residual) : x, 0);
}

static void finish_map(
    apus_finish_kind kind, const apus_finish *finish, const void *sums, int64_t sums_stride,
    int64_t pixels, int64_t channels, uint8_t *dst, int64_t dst_stride, const uint8_t *residual,
    int64_t residual_stride) {
  assert(finish && finish->bias && sums && dst && sums_stride >= channels);
  const int64_t size = element_size(element_of(kind));
  for (int64_t i = 0; i < pixels; i++) {
    for (int64_t c = 0; c < channels; c++) {
      finish_one(
          kind, finish, c, (const float *)sums + i * sums_stride + c,
          residual ? residual + i * residual_stride + c * size : NULL,
          dst + i * dst_stride + c * size);
    }
  }
}

#define KERNEL(KIND, NAME)                                                                        \
  static void apus_finish_##NAME##__scalar(                                                       \
      const apus_finish *finish, const void *sums, int64_t sums_stride, int64_t pixels,           \
      int64_t channels, uint8_t *dst, int64_t dst_stride, const uint8_t *residual,                \
      int64_t residual_stride) {                                                                  \
    finish_map(                                                                                   \
        KIND, finish, sums, sums_stride, pixels, channels, dst, dst_stride, residual,             \
        residual_stride);                                                                         \
  }                                                                                               \
  const apus_finish_kernel apus_finish_##NAME##_kernel__scalar = {                                \
      APUS_ISA_SCALAR, KIND, "apus_finish_" #NAME "__scalar", apus_finish_##NAME##__scalar};

KERNEL(APUS_FINISH_I32_U8, i32_u8)
KERNEL(APUS_FINISH_I32_F32, i32_f32)
KERNEL(APUS_FINISH_F32_F32, f32_f32)
KERNEL(APUS_FINISH_F32_BF16, f32_bf16)
