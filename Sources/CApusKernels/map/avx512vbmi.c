#if defined(__x86_64__)
#include "../simd/avx512vbmi.h"
#include "../simd/lookup_avx512vbmi.h"
#include "words.inc"
#include "bytes.inc"
#include "../simd/end.h"
#endif
