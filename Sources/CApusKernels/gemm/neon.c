#if defined(__aarch64__)
#include "../simd/neon.h"
#define MR 8
#define NV 3
#define GEMM_NAME apus_gemm_f32__neon_8x12
#include "vector.inc"
#include "../simd/end.h"
#endif
