#include <assert.h>
#include <stddef.h>

#include "apus_winograd.h"

#define KERNEL(ISA) apus_winograd_f32_kernel__##ISA
extern const apus_winograd_kernel KERNEL(scalar), KERNEL(avx2), KERNEL(avx512), KERNEL(neon);

// One line per kernel: adding one here adds its tests.
static const apus_winograd_kernel *const table[] = {
    &KERNEL(scalar),
#if defined(__x86_64__)
    &KERNEL(avx2),
    &KERNEL(avx512),
#elif defined(__aarch64__)
    &KERNEL(neon),
#endif
};

const apus_winograd_kernel *apus_winograd_kernel_at(int64_t index) {
  assert(index >= 0);
  return index < (int64_t)(sizeof table / sizeof *table) ? table[index] : NULL;
}
