#if defined(__x86_64__)
#include "../simd/avx512vbmi.h"
#include "../simd/lookup_avx512vbmi.h"
#include "u8_avx512.inc"
#include "../simd/end.h"
#endif
