// Resampling planes between elements.
#pragma once

#include <stdint.h>

/// Where one output row or column lies between two input rows or columns.
typedef struct apus_between {
  int32_t first;   // the input row or column before it
  int32_t second;  // the one after it; may be the same
  float weight;    // of the second, 0 to 1
} apus_between;

/// Interpolates one plane of rows of `in_w` elements linearly along both axes.
///
/// The caller has checked that every index lies inside the plane.
void apus_interpolate_plane_f32(
    const float *src, int64_t in_w, const apus_between *rows, const apus_between *columns,
    int64_t out_h, int64_t out_w, float *dst);
