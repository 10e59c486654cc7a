// The rate of products that a core reaches from registers alone: what tiles are compared with.
#pragma once

#include "apus_tile.h"

typedef struct apus_peak_kernel {
  apus_isa isa;
  apus_product product;
  const char *name;  // apus_peak_u8s8__avx512vnni
  /// Does `rounds` rounds of independent multiply-adds and returns how many multiply-accumulates they were.
  /// The caller takes the time; some 100000 rounds take a millisecond or so.
  int64_t (*run)(int64_t rounds);
} apus_peak_kernel;

/// The peak kernels in the binary, by index from 0; null past the last. There is a row for each product and
/// instruction set of the tile kernels that are not depthwise; scalar code has none.
const apus_peak_kernel *apus_peak_kernel_at(int64_t index);
