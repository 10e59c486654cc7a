#if defined(__aarch64__)
#include "../simd/neon.h"
#include "../simd/lookup_neon.h"
#include "vector.inc"
#include "u8_vector.inc"
#include "../simd/end.h"
#endif
