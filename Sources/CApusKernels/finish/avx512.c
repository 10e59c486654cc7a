#if defined(__x86_64__)
#include "../simd/avx512.h"
#include "../simd/lookup_avx512.h"
#include "words_avx512.h"
#include "vector.inc"
#include "u8.inc"
#include "../simd/end.h"
#endif
