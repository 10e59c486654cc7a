#if defined(__aarch64__)
#include "../simd/neon.h"
#include "../simd/lookup_neon.h"
#include "words.inc"
#include "floats.inc"
#include "bytes.inc"
#include "../simd/end.h"
#endif
