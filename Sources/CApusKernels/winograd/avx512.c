#if defined(__x86_64__)
#include "../simd/avx512.h"
#include "vector.inc"
#include "integers.inc"
#include "../simd/end.h"
#endif
