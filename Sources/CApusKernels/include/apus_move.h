// Moving elements without computing: strided copies and gathers of rows and columns.
#pragma once

#include <stdint.h>

enum { APUS_MOVE_MAX_RANK = 8 };

/// Copies a box of `rank` dimensions between two strided places that do not overlap.
///
/// Strides count elements and may be 0 or negative. Serves Transpose, Slice, Concat, Split, Expand
/// and the interior of Pad.
void apus_copy_strided_f32(
    int64_t rank, const int64_t *shape, const float *src, const int64_t *src_strides, float *dst,
    const int64_t *dst_strides);

/// dst[y][x] = src[rows[y]][columns[x]] on one plane: nearest-neighbour resizing.
///
/// The caller has checked that every index lies inside the plane of rows of `in_w` elements.
void apus_gather_plane_f32(
    const float *src, int64_t in_w, const int32_t *rows, const int32_t *columns, int64_t out_h,
    int64_t out_w, float *dst);
