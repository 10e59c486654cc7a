// The instruction sets that a cap keeps or takes away, as bits; capping.py says which cap keeps which.
#pragma once

#include <stdint.h>

enum {
  AVXVNNI = 1 << 0,
  AVX512 = 1 << 1,
  AVX512VNNI = 1 << 2,
  AVX512VBMI = 1 << 3,
  AVX512BF16 = 1 << 4,
  AMX = 1 << 5,
  NEWER = 1 << 6,  // everything else above AVX2: FP16, AVX-IFMA, AVX-VNNI-INT8, AVX10, APX, ...
};

enum { FEATURE_COUNT = 7 };

static const char *const FEATURE_NAMES[FEATURE_COUNT] = {
    "avxvnni", "avx512", "avx512vnni", "avx512vbmi", "avx512bf16", "amx", "newer"};
