#include "apus_resample.h"

#include <assert.h>

void apus_interpolate_plane_f32(
    const float *src, int64_t in_w, const apus_between *rows, const apus_between *columns,
    int64_t out_h, int64_t out_w, float *dst) {
  assert(src && rows && columns && dst && in_w > 0 && out_h >= 0 && out_w >= 0);
  for (int64_t y = 0; y < out_h; y++, dst += out_w) {
    const float *top = src + rows[y].first * in_w, *bottom = src + rows[y].second * in_w;
    const float down = rows[y].weight;
    for (int64_t x = 0; x < out_w; x++) {
      const apus_between c = columns[x];
      const float upper = top[c.first] + c.weight * (top[c.second] - top[c.first]);
      const float lower = bottom[c.first] + c.weight * (bottom[c.second] - bottom[c.first]);
      dst[x] = upper + down * (lower - upper);
    }
  }
}
