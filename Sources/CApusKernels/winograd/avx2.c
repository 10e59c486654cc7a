#if defined(__x86_64__)
#include "../simd/avx2.h"
#include "vector.inc"
#include "../simd/end.h"
#endif
