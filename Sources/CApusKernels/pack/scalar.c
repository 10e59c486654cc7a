#include <assert.h>

#include "apus_pack.h"

static void apus_pack_pixels_f32__scalar(
    const apus_window *w, const float *src, int64_t channels, int64_t k_begin, int64_t k_end,
    int64_t pixel, int64_t count, int64_t nr, float *dst) {
  assert(w && src && dst && channels > 0 && count > 0 && count <= nr);
  assert(k_begin >= 0 && k_end <= channels * w->kernel_h * w->kernel_w);
  assert(pixel >= 0 && pixel + count <= w->out_h * w->out_w);
  for (int64_t k = k_begin; k < k_end; k++) {
    const int64_t tap = k / channels, channel = k % channels;
    for (int64_t j = 0; j < nr; j++) {
      const int64_t oy = (pixel + j) / w->out_w, ox = (pixel + j) % w->out_w;
      const int64_t iy = oy * w->stride_h - w->pad_top + tap / w->kernel_w * w->dilation_h;
      const int64_t ix = ox * w->stride_w - w->pad_left + tap % w->kernel_w * w->dilation_w;
      const int real = j < count && iy >= 0 && iy < w->in_h && ix >= 0 && ix < w->in_w;
      dst[(k - k_begin) * nr + j] = real ? src[(channel * w->in_h + iy) * w->in_w + ix] : 0;
    }
  }
}

const apus_pack_f32_kernel apus_pack_f32_kernel__scalar = {
    APUS_ISA_SCALAR, "apus_pack_f32__scalar", apus_pack_pixels_f32__scalar};
