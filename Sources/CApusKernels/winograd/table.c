#include <assert.h>
#include <stddef.h>

#include "apus_winograd.h"

#define FLOATS(ISA) apus_winograd_f32_kernel__##ISA
#define INTEGERS(ISA) apus_winograd_s16_kernel__##ISA
extern const apus_winograd_kernel FLOATS(scalar), FLOATS(avx2), FLOATS(avx512), FLOATS(neon);
extern const apus_winograd_kernel INTEGERS(scalar), INTEGERS(avx2), INTEGERS(avx512), INTEGERS(neon);

// One line per kernel: adding one here adds its tests.
static const apus_winograd_kernel *const table[] = {
    &FLOATS(scalar),
    &INTEGERS(scalar),
#if defined(__x86_64__)
    &FLOATS(avx2),
    &INTEGERS(avx2),
    &FLOATS(avx512),
    &INTEGERS(avx512),
#elif defined(__aarch64__)
    &FLOATS(neon),
    &INTEGERS(neon),
#endif
};

const apus_winograd_kernel *apus_winograd_kernel_at(int64_t index) {
  assert(index >= 0);
  return index < (int64_t)(sizeof table / sizeof *table) ? table[index] : NULL;
}
