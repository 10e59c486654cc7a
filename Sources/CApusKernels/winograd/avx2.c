#if defined(__x86_64__)
#include "../simd/avx2.h"
#include "vector.inc"
#include "integers.inc"
#include "../simd/end.h"
#endif
