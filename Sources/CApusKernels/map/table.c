#include <assert.h>
#include <stddef.h>

#include "apus_map.h"

#define KERNELS(SUFFIX, ISA) apus_map_##SUFFIX##_kernels__##ISA
#define ALL(ISA) KERNELS(f32, ISA), KERNELS(bf16, ISA), KERNELS(u8, ISA)
extern const apus_map_kernels ALL(scalar), ALL(avx2), ALL(avx512), KERNELS(u8, avx512vbmi), ALL(neon);
#undef ALL
#define ALL(ISA) &KERNELS(f32, ISA), &KERNELS(bf16, ISA), &KERNELS(u8, ISA)

// One line per instruction set: adding one here adds its tests.
static const apus_map_kernels *const table[] = {
    ALL(scalar),
#if defined(__x86_64__)
    ALL(avx2),
    ALL(avx512),
    &KERNELS(u8, avx512vbmi),
#elif defined(__aarch64__)
    ALL(neon),
#endif
};

const apus_map_kernels *apus_map_kernels_at(int64_t index) {
  assert(index >= 0);
  return index < (int64_t)(sizeof table / sizeof *table) ? table[index] : NULL;
}
