// Winograd's transforms of floats against their twin, and convolutions made of them against a loop over the taps. Maps end
// at the last byte that may be read or written.
#include "apus_winograd.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "elements.h"
#include "harness.h"

static void fill(float *at, int64_t count, float scale) {
  for (int64_t i = 0; i < count; i++) at[i] = random_float(scale);
}

static float *floats(int64_t count, float scale) {
  float *at = block(4 * count);
  fill(at, count, scale);
  return at;
}

static int near(float found, float expected, double scale) {
  return fabs((double)found - expected) <= scale * 4e-6;
}

static void check_input(const apus_winograd_kernel *kernel, const apus_winograd_kernel *twin) {
  const int64_t rows = random_between(1, 6), columns = random_between(1, 6);
  const int64_t channels = random_between(1, 70), pixel = channels + random_between(0, 3);
  const int64_t row = columns * pixel + random_between(0, 5);
  const int64_t product = (channels + 15) / 16 * 16 + 16 * random_between(0, 2);
  float *src = floats((rows - 1) * row + (columns - 1) * pixel + channels, 1);
  const int64_t size = 35 * product + (channels + 15) / 16 * 16;
  float *found = floats(size, 1), *expected = floats(size, 1);
  const uint8_t *bytes = (const uint8_t *)src;
  kernel->input(bytes, 4 * row, 4 * pixel, rows, columns, channels, found, product);
  twin->input(bytes, 4 * row, 4 * pixel, rows, columns, channels, expected, product);
  for (int64_t p = 0; p < 36; p++) {
    for (int64_t c = 0; c < channels; c++) {
      const int64_t at = p * product + c;
      if (near(found[at], expected[at], 16)) continue;
      differ(
          kernel->name, "%dx%d pixels, channel %d of %d, number %d: %g, not %g", (int)rows,
          (int)columns, (int)c, (int)channels, (int)p, found[at], expected[at]);
      p = 36;
      break;
    }
  }
  free(src), free(found), free(expected);
}

static void check_output(const apus_winograd_kernel *kernel, const apus_winograd_kernel *twin) {
  const int64_t channels = random_between(1, 70), product = channels + random_between(0, 5);
  const int64_t pixel = channels + random_between(0, 3), row = 4 * pixel + random_between(0, 5);
  float *sums = floats(35 * product + channels, 1);
  const int64_t size = 3 * row + 3 * pixel + channels;
  float *found = floats(size, 1), *expected = block(4 * size);
  memcpy(expected, found, (size_t)(4 * size));
  kernel->output(sums, product, channels, found, row, pixel);
  twin->output(sums, product, channels, expected, row, pixel);
  for (int64_t i = 0; i < size; i++) {
    if (near(found[i], expected[i], 64)) continue;
    differ(
        kernel->name, "%d channels, result %d: %g, not %g", (int)channels, (int)i, found[i],
        expected[i]);
    break;
  }
  free(sums), free(found), free(expected);
}

typedef struct {
  apus_winograd w;
  int64_t panels;
  float *src, *weights, *bias, *found, *expected, *residual, *scratch;
  uint8_t *packed;
  int64_t src_count, dst_count;
} convolution;

static void make(
    convolution *c, const apus_winograd_kernel *kernel, const apus_tile_kernel *tile,
    const apus_finish_kernel *finish) {
  apus_winograd *w = &c->w;
  *w = (apus_winograd){.transform = kernel, .tile = tile, .finish = finish};
  w->out_height = random_between(1, 14), w->out_width = random_between(1, 23);
  w->in_channels = random_between(0, 7) ? random_between(1, 40) : 128;
  w->out_channels = random_between(1, 2 * tile->columns + 3);
  const int64_t from = w->in_channels + random_between(0, 4) * random_between(0, 4);
  const int64_t to = w->out_channels + random_between(0, 4) * random_between(0, 4);
  w->src_pixel_stride = 4 * from;
  w->src_row_stride = (w->out_width + 2 + random_between(0, 2)) * w->src_pixel_stride;
  w->dst_element = 4, w->dst_pixel_stride = w->residual_pixel_stride = 4 * to;
  w->dst_row_stride = w->residual_row_stride =
      (w->out_width + random_between(0, 2)) * w->dst_pixel_stride;
  w->group = random_between(1, 30), w->panel_block = random_between(1, 3);
  c->src_count = ((w->out_height + 1) * w->src_row_stride +
                  (w->out_width + 1) * w->src_pixel_stride) / 4 + w->in_channels;
  c->dst_count = ((w->out_height - 1) * w->dst_row_stride +
                  (w->out_width - 1) * w->dst_pixel_stride) / 4 + w->out_channels;
  c->src = floats(c->src_count, 1);
  c->found = floats(c->dst_count, 1), c->residual = floats(c->dst_count, 1);
  c->expected = block(4 * c->dst_count);
  memcpy(c->expected, c->found, (size_t)(4 * c->dst_count));
  c->weights = floats(w->out_channels * w->in_channels * 9, 1);
  c->panels = (w->out_channels + tile->columns - 1) / tile->columns;
  c->bias = floats(c->panels * tile->columns, 1);
  w->values.bias = c->bias;
  w->values.activation.function = APUS_UNARY_RELU;
  float *transformed = block(4 * 36 * w->out_channels * w->in_channels);
  apus_winograd_weights(c->weights, w->out_channels, w->in_channels, transformed);
  const apus_panel_layout layout = {
      APUS_PRODUCT_F32, 0, tile->columns, tile->lane, 1, w->out_channels, 1, w->in_channels,
      w->in_channels};
  const int64_t bytes = apus_panel_bytes(&layout);
  c->packed = block(36 * bytes);
  for (int64_t p = 0; p < 36; p++) {
    const float *product = transformed + p * w->out_channels * w->in_channels;
    apus_pack_panels(&layout, product, c->packed + p * bytes);
  }
  free(transformed);
  w->weights = c->packed, w->panel_bytes = bytes / c->panels, w->product_bytes = bytes;
  c->scratch = floats(apus_winograd_scratch(w) / 4, 1);
}

// The expected result; returns the largest sum of magnitudes.
static double convolve(convolution *c, const float *residual) {
  const apus_winograd *w = &c->w;
  double largest = 0;
  for (int64_t y = 0; y < w->out_height; y++) {
    for (int64_t x = 0; x < w->out_width; x++) {
      for (int64_t o = 0; o < w->out_channels; o++) {
        double sum = c->bias[o], magnitude = fabs(sum);
        for (int64_t tap = 0; tap < 9; tap++) {
          const float *pixel = c->src + (y + tap / 3) * w->src_row_stride / 4 +
                               (x + tap % 3) * w->src_pixel_stride / 4;
          for (int64_t i = 0; i < w->in_channels; i++) {
            const double product = pixel[i] * c->weights[(o * w->in_channels + i) * 9 + tap];
            sum += product, magnitude += fabs(product);
          }
        }
        const int64_t at = y * w->dst_row_stride / 4 + x * w->dst_pixel_stride / 4 + o;
        c->expected[at] = (float)((sum > 0 ? sum : 0) + (residual ? residual[at] : 0));
        if (magnitude > largest) largest = magnitude;
      }
    }
  }
  return largest;
}

static void check_convolution(
    const apus_winograd_kernel *kernel, const apus_tile_kernel *tile,
    const apus_finish_kernel *finish) {
  convolution c;
  make(&c, kernel, tile, finish);
  const apus_winograd *w = &c.w;
  const float *residual = random_between(0, 1) ? c.residual : NULL;
  const double scale = convolve(&c, residual);
  const int64_t blocks = apus_winograd_blocks(w);
  const int64_t block_cut = random_between(0, blocks), panel_cut = random_between(0, c.panels);
  for (int part = 0; part < 4; part++) {
    apus_winograd_convolve(
        w, (const uint8_t *)c.src, (uint8_t *)c.found, (const uint8_t *)residual, c.scratch,
        part & 1 ? block_cut : 0, part & 1 ? blocks : block_cut, part & 2 ? panel_cut : 0,
        part & 2 ? c.panels : panel_cut);
  }
  for (int64_t i = 0; i < c.dst_count; i++) {
    if (near(c.found[i], c.expected[i], scale)) continue;
    differ(
        kernel->name, "with %s, %dx%d, channels %d to %d, groups of %d: element %d is %g, not %g",
        tile->name, (int)w->out_height, (int)w->out_width, (int)w->in_channels,
        (int)w->out_channels, (int)w->group, (int)i, c.found[i], c.expected[i]);
    break;
  }
  free(c.src), free(c.weights), free(c.bias), free(c.found), free(c.expected), free(c.residual);
  free(c.scratch), free(c.packed);
}

void test_winograd(void) {
  const apus_winograd_kernel *kernel, *twin = apus_winograd_kernel_at(0);
  for (int64_t i = 0; (kernel = apus_winograd_kernel_at(i)); i++) {
    if (kernel->product != APUS_PRODUCT_F32) continue;
    if (!announce(kernel->name, (int)kernel->isa)) continue;
    for (int number = 0; number < 200; number++) {
      check_input(kernel, twin);
      check_output(kernel, twin);
    }
    const apus_tile_kernel *tile;
    for (int64_t t = 0; (tile = apus_tile_kernel_at(t)); t++) {
      const int is_own = tile->isa == kernel->isa || tile->isa == APUS_ISA_SCALAR;
      if (tile->product != APUS_PRODUCT_F32 || tile->depthwise || !is_own) continue;
      for (int number = 0; number < 40; number++) {
        check_convolution(kernel, tile, finish_for(kernel->isa, APUS_FINISH_F32_F32));
      }
    }
  }
}
