#if defined(__aarch64__)
#include "../simd/neon.h"
#include "../simd/lookup_neon.h"
#include "words_neon.h"
#include "vector.inc"
#include "u8.inc"
#include "../simd/end.h"
#endif
