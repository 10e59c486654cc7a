#include <assert.h>
#include <stddef.h>

#include "apus_finish.h"

#define KERNEL(NAME, ISA) apus_finish_##NAME##_kernel__##ISA
#define ALL(ISA) KERNEL(i32_u8, ISA), KERNEL(i32_f32, ISA), KERNEL(f32_f32, ISA), KERNEL(f32_bf16, ISA)
extern const apus_finish_kernel ALL(scalar), ALL(avx2), ALL(avx512), KERNEL(i32_u8, avx512vbmi),
    KERNEL(f32_bf16, avx512bf16), ALL(neon);
#undef ALL
#define ALL(ISA) &KERNEL(i32_u8, ISA), &KERNEL(i32_f32, ISA), &KERNEL(f32_f32, ISA), &KERNEL(f32_bf16, ISA)

// One line per instruction set: adding one here adds its tests.
static const apus_finish_kernel *const table[] = {
    ALL(scalar),
#if defined(__x86_64__)
    ALL(avx2),
    ALL(avx512),
    &KERNEL(i32_u8, avx512vbmi),
    &KERNEL(f32_bf16, avx512bf16),
#elif defined(__aarch64__)
    ALL(neon),
#endif
};

const apus_finish_kernel *apus_finish_kernel_at(int64_t index) {
  assert(index >= 0);
  return index < (int64_t)(sizeof table / sizeof *table) ? table[index] : NULL;
}
