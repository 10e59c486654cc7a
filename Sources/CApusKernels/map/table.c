#include <assert.h>
#include <stddef.h>

#include "apus_map.h"

#define KERNELS(SUFFIX, ISA) apus_map_##SUFFIX##_kernels__##ISA
extern const apus_map_kernels KERNELS(f32, scalar), KERNELS(bf16, scalar), KERNELS(u8, scalar);

// One line per instruction set: adding one here adds its tests.
static const apus_map_kernels *const table[] = {
    &KERNELS(f32, scalar), &KERNELS(bf16, scalar), &KERNELS(u8, scalar),
};

const apus_map_kernels *apus_map_kernels_at(int64_t index) {
  assert(index >= 0);
  return index < (int64_t)(sizeof table / sizeof *table) ? table[index] : NULL;
}
