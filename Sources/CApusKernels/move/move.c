#include "apus_move.h"

#include <assert.h>
#include <string.h>

// The innermost dimension, by itself.
static void copy_run(
    int64_t count, const float *src, int64_t src_stride, float *dst, int64_t dst_stride) {
  if (src_stride == 1 && dst_stride == 1) {
    memcpy(dst, src, (size_t)count * sizeof(float));
  } else {
    for (int64_t i = 0; i < count; i++) dst[i * dst_stride] = src[i * src_stride];
  }
}

void apus_copy_strided_f32(
    int64_t rank, const int64_t *shape, const float *src, const int64_t *src_strides, float *dst,
    const int64_t *dst_strides) {
  assert(rank >= 0 && rank <= APUS_MOVE_MAX_RANK && src && dst);
  assert(rank == 0 || (shape && src_strides && dst_strides));
  if (rank == 0) {
    *dst = *src;
    return;
  }
  for (int64_t d = 0; d < rank; d++) {
    if (shape[d] == 0) return;
  }
  const int64_t last = rank - 1;
  int64_t index[APUS_MOVE_MAX_RANK] = {0};
  for (;;) {
    copy_run(shape[last], src, src_strides[last], dst, dst_strides[last]);
    int64_t d = last - 1;
    for (; d >= 0; d--) {
      src += src_strides[d];
      dst += dst_strides[d];
      if (++index[d] < shape[d]) break;
      src -= shape[d] * src_strides[d];
      dst -= shape[d] * dst_strides[d];
      index[d] = 0;
    }
    if (d < 0) return;
  }
}

void apus_gather_plane_f32(
    const float *src, int64_t in_w, const int32_t *rows, const int32_t *columns, int64_t out_h,
    int64_t out_w, float *dst) {
  assert(src && rows && columns && dst && in_w > 0 && out_h >= 0 && out_w >= 0);
  for (int64_t y = 0; y < out_h; y++, dst += out_w) {
    if (y > 0 && rows[y] == rows[y - 1]) {
      memcpy(dst, dst - out_w, (size_t)out_w * sizeof(float));
      continue;
    }
    const float *line = src + rows[y] * in_w;
    for (int64_t x = 0; x < out_w; x++) dst[x] = line[columns[x]];
  }
}
