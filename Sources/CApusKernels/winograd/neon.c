#if defined(__aarch64__)
#include "../simd/neon.h"
#include "vector.inc"
#include "../simd/end.h"
#endif
