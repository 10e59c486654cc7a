#include "apus_convolution.h"

#include <assert.h>
#include <stddef.h>

static int64_t at_most(int64_t high, int64_t x) { return x > high ? high : x; }

// Activation and residual over the finished pixels of rows row_begin..<row_end.
static void finish_rows(
    const apus_convolution_f32_kernels *kernels, apus_activation activation,
    const float *residual, float *dst, int64_t plane, int64_t row_begin, int64_t row_end,
    int64_t pixel_begin, int64_t pixel_end) {
  const int64_t count = pixel_end - pixel_begin;
  for (int64_t row = row_begin; row < row_end; row++) {
    float *place = dst + row * plane + pixel_begin;
    if (activation.function != APUS_UNARY_IDENTITY) {
      kernels->unary->run(activation, place, place, count);
    }
    if (residual) {
      kernels->binary->run(
          APUS_BINARY_ADD, place, 1, residual + row * plane + pixel_begin, 1, place, count);
    }
  }
}

void apus_convolve_f32(
    const apus_convolution_f32_kernels *kernels, const apus_convolution *convolution,
    const float *src, const float *weights, const float *bias, const float *residual, float *dst,
    int64_t pixel_begin, int64_t pixel_end, int64_t panel_begin, int64_t panel_end,
    float *scratch) {
  assert(kernels && convolution && src && weights && bias && dst && scratch);
  assert(convolution->k_block > 0 && pixel_begin >= 0 && pixel_begin <= pixel_end);
  const apus_window *window = &convolution->window;
  const apus_gemm_f32_kernel *gemm = kernels->gemm;
  const int64_t mr = gemm->mr, nr = gemm->nr, plane = window->out_h * window->out_w;
  const int64_t channels = convolution->in_channels, rows = convolution->out_channels;
  const int64_t depth = channels * window->kernel_h * window->kernel_w;
  assert(pixel_end <= plane && panel_begin >= 0 && panel_end <= (rows + mr - 1) / mr);

  for (int64_t k = 0; k < depth; k += convolution->k_block) {
    const int64_t k_end = at_most(depth, k + convolution->k_block), block = k_end - k;
    float *packed = scratch;
    for (int64_t pixel = pixel_begin; pixel < pixel_end; pixel += nr, packed += block * nr) {
      kernels->pack->pixels(
          window, src, channels, k, k_end, pixel, at_most(nr, pixel_end - pixel), nr, packed);
    }
    for (int64_t panel = panel_begin; panel < panel_end; panel++) {
      const int64_t row = panel * mr, row_count = at_most(mr, rows - row);
      const float *a = weights + (panel * depth + k) * mr;
      packed = scratch;
      for (int64_t pixel = pixel_begin; pixel < pixel_end; pixel += nr, packed += block * nr) {
        gemm->run(
            a, packed, block, k == 0 ? bias + row : NULL, dst + row * plane + pixel, plane,
            row_count, at_most(nr, pixel_end - pixel));
      }
      if (k_end == depth) {
        finish_rows(
            kernels, convolution->activation, residual, dst, plane, row, row + row_count,
            pixel_begin, pixel_end);
      }
    }
  }
}
