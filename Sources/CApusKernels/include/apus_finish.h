// What is done with the sums of a tile before they are stored: bias, scale, rounding, function, residual sum.
#pragma once

#include "apus_isa.h"
#include "apus_unary.h"

/// From what to what. The arithmetic of each is exact: every instruction set gives the same bits, but for
/// float functions, which keep to the bounds of apus_unary.h.
typedef enum apus_finish_kind {
  /// q = clamp(rne(float(sum + bias) * scale) + zero, 0, 255); q = table[q] where there is a table. With a
  /// residual r: clamp(rne(((q - own_zero) * own_scale + (r - residual_zero) * residual_scale)) + sum_zero,
  /// 0, 255), each of the three operations rounded to float by itself (no fused multiply-add).
  /// rne is rounding to nearest, half to even; sum + bias wraps never (a bias is given that way). Zero points
  /// are in 0...255. NaN, which only a scale that is no number gives, becomes 0.
  APUS_FINISH_I32_U8 = 0,
  /// f(float(sum + bias) * scale).
  APUS_FINISH_I32_F32,
  /// f(sum + bias) + residual.
  APUS_FINISH_F32_F32,
  /// The same, then rounded to bfloat16 (nearest, half to even; NaN stays NaN). The residual is bfloat16.
  APUS_FINISH_F32_BF16,
  APUS_FINISH_COUNT
} apus_finish_kind;

typedef struct apus_finish {
  const void *bias;             // [channels] int32 or float; never null
  const float *scale;           // [channels]; for sums of int32
  const uint8_t *table;         // [256], or null
  apus_activation activation;   // for float results
  int32_t zero;                 // zero point of what is rounded
  int32_t own_zero, residual_zero, sum_zero;
  float own_scale, residual_scale;
} apus_finish;

/// Finishes [pixels][channels] sums, whose rows lie `sums_stride` elements apart, into dst, whose pixels lie
/// `dst_stride` bytes apart. `residual` (null for none) has pixels `residual_stride` bytes apart, of the
/// element type of dst; it may be dst. Nothing but the channels asked for is written.
typedef void (*apus_finish_function)(
    const apus_finish *finish, const void *sums, int64_t sums_stride, int64_t pixels,
    int64_t channels, uint8_t *dst, int64_t dst_stride, const uint8_t *residual,
    int64_t residual_stride);

typedef struct apus_finish_kernel {
  apus_isa isa;
  apus_finish_kind kind;
  const char *name;  // apus_finish_i32_u8__avx512vbmi
  apus_finish_function run;
} apus_finish_kernel;

/// The finishing kernels in the binary, by index from 0; null past the last.
const apus_finish_kernel *apus_finish_kernel_at(int64_t index);
