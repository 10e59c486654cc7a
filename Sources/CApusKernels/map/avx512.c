#if defined(__x86_64__)
#include "../simd/avx512.h"
#include "../simd/lookup_avx512.h"
#include "words.inc"
#include "floats.inc"
#include "bytes.inc"
#include "../simd/end.h"
#endif
