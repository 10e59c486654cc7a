#include <stddef.h>

#include "tables.h"

static const apus_tile_kernel *const parts[] = {
    apus_tile_scalar,
#if defined(__x86_64__)
    apus_tile_avx2,
    apus_tile_avxvnni,
    apus_tile_avx512,
    apus_tile_avx512vnni,
    apus_tile_avx512bf16,
    apus_tile_amx,
#elif defined(__aarch64__)
    apus_tile_neon,
    apus_tile_dotprod,
    apus_tile_i8mm,
#endif
};

const apus_tile_kernel *apus_tile_kernel_at(int64_t index) {
  for (size_t part = 0; part < sizeof parts / sizeof parts[0]; part++) {
    for (const apus_tile_kernel *kernel = parts[part]; kernel->name; kernel++) {
      if (index-- == 0) return kernel;
    }
  }
  return NULL;
}
