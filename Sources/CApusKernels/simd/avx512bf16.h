// AVX-512 vectors with conversions to bfloat16. Everything after this file is compiled for them; end with
// simd/end.h.
#include <immintrin.h>
#include <stdint.h>
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,avx2,fma"))), \
    apply_to = function)

#define APUS_ISA APUS_ISA_AVX512BF16
#define APUS_SUFFIX avx512bf16
#define APUS_HAS_BF16
#include "avx512_words.h"
