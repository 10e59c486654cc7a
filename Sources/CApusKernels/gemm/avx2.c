#if defined(__x86_64__)
#include "../simd/avx2.h"
#define MR 6
#define NV 2
#define GEMM_NAME apus_gemm_f32__avx2_6x16
#include "vector.inc"
#include "../simd/end.h"
#endif
