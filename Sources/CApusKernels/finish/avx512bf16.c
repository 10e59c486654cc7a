#if defined(__x86_64__)
#include "../simd/avx512bf16.h"
#include "vector.inc"
#include "../simd/end.h"
#endif
