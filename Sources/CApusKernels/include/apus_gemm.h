// Matrix products of packed panels: the inner tile of convolution and matrix multiplication.
#pragma once

#include "apus_isa.h"

/// One register tile: c[i][j] = start + sum over k of a[k][i] b[k][j].
///
/// `a` is a panel [k][mr], `b` a panel [k][nr], both zero-padded to their width. `c` has rows of
/// `ldc` elements, of which `rows` x `columns` (at most mr x nr) are written. The sum starts at
/// bias[i] (mr elements); with a null `bias` it starts at what `c` holds, which is how a long k is
/// cut into blocks.
typedef void (*apus_gemm_f32_function)(
    const float *a, const float *b, int64_t k, const float *bias, float *c, int64_t ldc,
    int64_t rows, int64_t columns);

typedef struct apus_gemm_f32_kernel {
  apus_isa isa;
  const char *name;
  int64_t mr;  // rows of the tile
  int64_t nr;  // columns of the tile
  apus_gemm_f32_function run;
} apus_gemm_f32_kernel;

/// The tile kernels in the binary, by index from 0; null past the last.
const apus_gemm_f32_kernel *apus_gemm_f32_kernel_at(int64_t index);
