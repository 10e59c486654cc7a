// For floats, the points at which the polynomials of F(4, 3) are evaluated: 0, +-A, +-B and infinity. All that follows from
// these two is exact in float, and errors are the smallest of the pairs tried: a fifth of those of
// 1 and 2.
#pragma once

#define POINT_A 0.625
#define POINT_B 1.5
#define POINT_AA (POINT_A * POINT_A)
#define POINT_BB (POINT_B * POINT_B)

// For integers, what is left of 576 times a sum: the inverse of 9 modulo 2^32, then a shift.
#define APUS_WINOGRAD_NINTH 0x38E38E39u
#define APUS_WINOGRAD_SHIFT 6
