// Transposes V vectors of V floats. Include it after a simd header.
#pragma once

#if V == 16
#define ZIP_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define ZIP_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
enum { TRANSPOSE_STAGES = 4 };
#elif V == 8
#define ZIP_LOW 0, 8, 1, 9, 2, 10, 3, 11
#define ZIP_HIGH 4, 12, 5, 13, 6, 14, 7, 15
enum { TRANSPOSE_STAGES = 3 };
#else
#define ZIP_LOW 0, 4, 1, 5
#define ZIP_HIGH 2, 6, 3, 7
enum { TRANSPOSE_STAGES = 2 };
#endif

// The lower and the upper halves of a and b, element by element in turn.
VF_INLINE vf vf_zip_low(vf a, vf b) { return __builtin_shufflevector(a, b, ZIP_LOW); }
VF_INLINE vf vf_zip_high(vf a, vf b) { return __builtin_shufflevector(a, b, ZIP_HIGH); }

// Zipping the first half of the rows with the second, log2 V times, turns rows into columns.
VF_INLINE void vf_transpose(vf rows[V]) {
#pragma clang loop unroll(full)
  for (int64_t stage = 0; stage < TRANSPOSE_STAGES; stage++) {
    vf zipped[V];
#pragma clang loop unroll(full)
    for (int64_t i = 0; i < V / 2; i++) {
      zipped[2 * i] = vf_zip_low(rows[i], rows[i + V / 2]);
      zipped[2 * i + 1] = vf_zip_high(rows[i], rows[i + V / 2]);
    }
#pragma clang loop unroll(full)
    for (int64_t i = 0; i < V; i++) rows[i] = zipped[i];
  }
}

#undef ZIP_LOW
#undef ZIP_HIGH
