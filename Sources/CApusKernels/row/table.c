#include <assert.h>
#include <stddef.h>

#include "apus_row.h"

extern const apus_row_f32_kernel apus_row_f32_kernel__scalar, apus_row_f32_kernel__avx2, apus_row_f32_kernel__avx512, apus_row_f32_kernel__neon;

// One line per kernel: adding one here adds its tests.
static const apus_row_f32_kernel *const table[] = {
    &apus_row_f32_kernel__scalar,
#if defined(__x86_64__)
    &apus_row_f32_kernel__avx2,
    &apus_row_f32_kernel__avx512,
#elif defined(__aarch64__)
    &apus_row_f32_kernel__neon,
#endif
};

const apus_row_f32_kernel *apus_row_f32_kernel_at(int64_t index) {
  assert(index >= 0);
  return index < (int64_t)(sizeof table / sizeof *table) ? table[index] : NULL;
}
