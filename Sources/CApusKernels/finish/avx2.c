#if defined(__x86_64__)
#include "../simd/avx2.h"
#include "../simd/lookup_avx2.h"
#include "vector.inc"
#include "u8_vector.inc"
#include "../simd/end.h"
#endif
