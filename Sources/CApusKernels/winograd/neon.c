#if defined(__aarch64__)
#include "../simd/neon.h"
#include "vector.inc"
#include "integers.inc"
#include "../simd/end.h"
#endif
