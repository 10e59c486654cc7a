// AVX-512 vectors with VBMI. Everything after this file is compiled for them; end with simd/end.h.
#include <immintrin.h>
#include <stdint.h>
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx512vbmi,avx2,fma"))), \
    apply_to = function)

#define APUS_ISA APUS_ISA_AVX512VBMI
#define APUS_SUFFIX avx512vbmi
#include "avx512_words.h"
