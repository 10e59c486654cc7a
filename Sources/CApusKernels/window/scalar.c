#include <assert.h>
#include <math.h>
#include <stdbool.h>

#include "apus_window.h"

static bool inside(int64_t y, int64_t x, int64_t height, int64_t width) {
  return y >= 0 && y < height && x >= 0 && x < width;
}

// Calls VISIT for each tap of output (oy, ox), with its input row iy and column ix.
#define EACH_TAP(VISIT)                                                \
  for (int64_t ky = 0; ky < w->kernel_h; ky++) {                       \
    for (int64_t kx = 0; kx < w->kernel_w; kx++) {                     \
      const int64_t iy = oy * w->stride_h - w->pad_top + ky * w->dilation_h;  \
      const int64_t ix = ox * w->stride_w - w->pad_left + kx * w->dilation_w; \
      VISIT                                                            \
    }                                                                  \
  }

static void apus_depthwise_f32__scalar(
    const apus_window *w, const float *src, const float *weights, float bias, float *dst) {
  assert(w && src && weights && dst);
  for (int64_t oy = 0; oy < w->out_h; oy++) {
    for (int64_t ox = 0; ox < w->out_w; ox++) {
      double sum = bias;
      EACH_TAP({
        if (!inside(iy, ix, w->in_h, w->in_w)) continue;
        sum += (double)weights[ky * w->kernel_w + kx] * src[iy * w->in_w + ix];
      })
      dst[oy * w->out_w + ox] = (float)sum;
    }
  }
}

static void apus_max_pool_f32__scalar(const apus_window *w, const float *src, float *dst) {
  assert(w && src && dst);
  for (int64_t oy = 0; oy < w->out_h; oy++) {
    for (int64_t ox = 0; ox < w->out_w; ox++) {
      float maximum = -INFINITY;
      EACH_TAP({
        if (!inside(iy, ix, w->in_h, w->in_w)) continue;
        if (!(maximum > src[iy * w->in_w + ix])) maximum = src[iy * w->in_w + ix];
      })
      dst[oy * w->out_w + ox] = maximum;
    }
  }
}

static void apus_average_pool_f32__scalar(
    const apus_window *w, bool include_padding, const float *src, float *dst) {
  assert(w && src && dst);
  for (int64_t oy = 0; oy < w->out_h; oy++) {
    for (int64_t ox = 0; ox < w->out_w; ox++) {
      double sum = 0;
      int64_t taps = 0;
      EACH_TAP({
        const bool real = inside(iy, ix, w->in_h, w->in_w);
        const bool padded = inside(
            iy + w->pad_top, ix + w->pad_left, w->pad_top + w->in_h + w->pad_bottom,
            w->pad_left + w->in_w + w->pad_right);
        taps += real || (include_padding && padded);
        if (real) sum += src[iy * w->in_w + ix];
      })
      dst[oy * w->out_w + ox] = taps > 0 ? (float)(sum / (double)taps) : 0;
    }
  }
}

const apus_window_f32_kernel apus_window_f32_kernel__scalar = {
    APUS_ISA_SCALAR, "apus_window_f32__scalar", apus_depthwise_f32__scalar,
    apus_max_pool_f32__scalar, apus_average_pool_f32__scalar};
