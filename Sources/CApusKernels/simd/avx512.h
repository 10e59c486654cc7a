// AVX-512 vectors. Everything after this file is compiled for AVX-512; end with simd/end.h.
#include <immintrin.h>
#include <stdint.h>
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), apply_to = function)

#define APUS_ISA APUS_ISA_AVX512
#define APUS_SUFFIX avx512
#include "avx512_words.h"
