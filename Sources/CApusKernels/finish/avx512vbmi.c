#if defined(__x86_64__)
#include "../simd/avx512vbmi.h"
#include "../simd/lookup_avx512vbmi.h"
#include "words_avx512.h"
#include "u8.inc"
#include "../simd/end.h"
#endif
