#if defined(__x86_64__)
#include "../simd/avx512.h"
#define MR 8
#define NV 2
#define GEMM_NAME apus_gemm_f32__avx512_8x32
#include "vector.inc"
#include "../simd/end.h"
#endif
