#if defined(__x86_64__)
#include "../simd/avx2.h"
#include "../simd/lookup_avx2.h"
#include "words_avx2.h"
#include "vector.inc"
#include "u8.inc"
#include "../simd/end.h"
#endif
