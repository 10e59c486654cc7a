#include <assert.h>
#include <stddef.h>

#include "apus_finish.h"

#define KERNEL(NAME, ISA) apus_finish_##NAME##_kernel__##ISA
#define FLOATS(ISA) KERNEL(i32_f32, ISA), KERNEL(f32_f32, ISA), KERNEL(f32_bf16, ISA)
extern const apus_finish_kernel KERNEL(i32_u8, scalar), FLOATS(scalar), FLOATS(avx2),
    KERNEL(i32_u8, avx512), FLOATS(avx512), KERNEL(i32_u8, avx512vbmi), FLOATS(neon);
#undef FLOATS
#define FLOATS(ISA) &KERNEL(i32_f32, ISA), &KERNEL(f32_f32, ISA), &KERNEL(f32_bf16, ISA)

// One line per kernel: adding one here adds its tests.
static const apus_finish_kernel *const table[] = {
    &KERNEL(i32_u8, scalar), FLOATS(scalar),
#if defined(__x86_64__)
    FLOATS(avx2),
    &KERNEL(i32_u8, avx512), FLOATS(avx512),
    &KERNEL(i32_u8, avx512vbmi),
#elif defined(__aarch64__)
    FLOATS(neon),
#endif
};

const apus_finish_kernel *apus_finish_kernel_at(int64_t index) {
  assert(index >= 0);
  return index < (int64_t)(sizeof table / sizeof *table) ? table[index] : NULL;
}
