#include <assert.h>

#include "apus_gemm.h"

enum { MR = 4, NR = 8 };

static void apus_gemm_f32__scalar_4x8(
    const float *a, const float *b, int64_t k, const float *bias, float *c, int64_t ldc,
    int64_t rows, int64_t columns) {
  assert(k >= 0 && rows > 0 && rows <= MR && columns > 0 && columns <= NR);
  assert(c && (k == 0 || (a && b)) && (rows == 1 || ldc >= columns));
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < columns; j++) {
      double sum = bias ? bias[i] : c[i * ldc + j];
      for (int64_t p = 0; p < k; p++) sum += (double)a[p * MR + i] * b[p * NR + j];
      c[i * ldc + j] = (float)sum;
    }
  }
}

const apus_gemm_f32_kernel apus_gemm_f32_kernel__scalar = {
    APUS_ISA_SCALAR, "apus_gemm_f32__scalar_4x8", MR, NR, apus_gemm_f32__scalar_4x8};
