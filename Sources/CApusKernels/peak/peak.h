// What the files of peak/ share.
#pragma once

#include <stdint.h>
#include <string.h>

#include "apus_peak.h"

#define APUS_UNROLL _Pragma("clang loop unroll(full)")
#if defined(__x86_64__)
#define PEAK_REGISTER(x) "+v"(x)
#else
#define PEAK_REGISTER(x) "+w"(x)
#endif
// A row of the table; a row without a name ends each.
#define PEAK_ROW(isa, product, text, suffix) \
  {isa, product, "apus_peak_" #text "__" #suffix, apus_peak_##text##__##suffix}

extern const apus_peak_kernel apus_peak_avx2[], apus_peak_avxvnni[], apus_peak_avx512[],
    apus_peak_avx512vnni[], apus_peak_avx512bf16[], apus_peak_amx[];
extern const apus_peak_kernel apus_peak_neon[], apus_peak_dotprod[], apus_peak_i8mm[];
