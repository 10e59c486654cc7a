#include <stddef.h>

#include "peak.h"

static const apus_peak_kernel *const parts[] = {
#if defined(__x86_64__)
    apus_peak_avx2,       apus_peak_avxvnni,    apus_peak_avx512,
    apus_peak_avx512vnni, apus_peak_avx512bf16, apus_peak_amx,
#elif defined(__aarch64__)
    apus_peak_neon,       apus_peak_dotprod,    apus_peak_i8mm,
#endif
    NULL,
};

const apus_peak_kernel *apus_peak_kernel_at(int64_t index) {
  for (const apus_peak_kernel *const *part = parts; *part; part++) {
    for (const apus_peak_kernel *kernel = *part; kernel->name; kernel++) {
      if (index-- == 0) return kernel;
    }
  }
  return NULL;
}
