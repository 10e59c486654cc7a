// Winograd's transforms of integers against their twin, and convolutions made of them against a loop over the
// taps: all exact. Maps end at the last byte that may be read or written.
#include <stdlib.h>
#include <string.h>

#include "apus_winograd.h"
#include "elements.h"
#include "harness.h"

static uint8_t *bytes(int64_t count) {
  uint8_t *at = block(count);
  for (int64_t i = 0; i < count; i++) at[i] = (uint8_t)random_bits();
  return at;
}

static void check_input(const apus_winograd_kernel *kernel, const apus_winograd_kernel *twin) {
  const int64_t rows = random_between(1, 6), columns = random_between(1, 6);
  const int64_t channels = random_between(1, 140), pixel = channels + random_between(0, 3);
  const int64_t row = columns * pixel + random_between(0, 5);
  const int64_t whole = (channels + 31) / 32 * 32, product = whole + 32 * random_between(0, 2);
  const int64_t count = (rows - 1) * row + (columns - 1) * pixel + channels;
  uint8_t *src = bytes(count);
  // Extremes: 0 and 255 in the signs of a row of the matrix of the transform, along each axis.
  if (random_between(0, 1)) {
    for (int64_t i = 0; i < count; i++) src[i] = src[i] & 1 ? 255 : 0;
  }
  const int64_t size = 2 * (35 * product + whole);
  int16_t *found = (int16_t *)bytes(size), *expected = (int16_t *)bytes(size);
  kernel->input(src, row, pixel, rows, columns, channels, found, product);
  twin->input(src, row, pixel, rows, columns, channels, expected, product);
  for (int64_t i = 0; i < 36 * channels; i++) {
    const int64_t at = i / channels * product + i % channels;
    if (found[at] == expected[at]) continue;
    differ(
        kernel->name, "%dx%d pixels, channel %d of %d, number %d: %d, not %d", (int)rows,
        (int)columns, (int)(i % channels), (int)channels, (int)(i / channels), found[at],
        expected[at]);
    break;
  }
  free(src), free(found), free(expected);
}

static void check_output(const apus_winograd_kernel *kernel, const apus_winograd_kernel *twin) {
  const int64_t channels = random_between(1, 70), product = channels + random_between(0, 5);
  const int64_t pixel = channels + random_between(0, 3), row = 4 * pixel + random_between(0, 5);
  int32_t *sums = (int32_t *)bytes(4 * (35 * product + channels));
  const int64_t size = 4 * (3 * row + 3 * pixel + channels);
  uint8_t *found = bytes(size), *expected = block(size);
  memcpy(expected, found, (size_t)size);
  kernel->output(sums, product, channels, found, row, pixel);
  twin->output(sums, product, channels, expected, row, pixel);
  if (memcmp(found, expected, (size_t)size) != 0) {
    differ(kernel->name, "%d channels: results differ", (int)channels);
  }
  free(sums), free(found), free(expected);
}

static void check_weights(const apus_winograd_kernel *kernel, const apus_winograd_kernel *twin) {
  const int64_t count = random_between(1, 140), tap = count + random_between(0, 5);
  const int64_t product = count + random_between(0, 5), size = 2 * (35 * product + count);
  uint8_t *src = bytes(8 * tap + count), *found = bytes(size), *expected = block(size);
  memcpy(expected, found, (size_t)size);
  kernel->weights((const int8_t *)src, tap, count, (int16_t *)found, product);
  twin->weights((const int8_t *)src, tap, count, (int16_t *)expected, product);
  if (memcmp(found, expected, (size_t)size) != 0) {
    differ(kernel->name, "%d weights: numbers differ", (int)count);
  }
  free(src), free(found), free(expected);
}

typedef struct {
  apus_winograd w;
  int64_t panels, src_count, dst_count;
  uint8_t *src, *packed, *found, *expected, *residual, *scratch, *bias, *table;
  int8_t *weights;
  float *scale;
} convolution;

static void make_maps(convolution *c) {
  apus_winograd *w = &c->w;
  const int64_t size = w->dst_element;
  const int64_t from = w->in_channels + random_between(0, 4) * random_between(0, 4);
  const int64_t to = size * (w->out_channels + random_between(0, 4) * random_between(0, 4));
  w->src_pixel_stride = from;
  w->src_row_stride = (w->out_width + 2 + random_between(0, 2)) * from;
  w->dst_pixel_stride = w->residual_pixel_stride = to;
  w->dst_row_stride = w->residual_row_stride = (w->out_width + random_between(0, 2)) * to;
  c->src_count = (w->out_height + 1) * w->src_row_stride +
                 (w->out_width + 1) * w->src_pixel_stride + w->in_channels;
  c->dst_count = (w->out_height - 1) * w->dst_row_stride +
                 (w->out_width - 1) * w->dst_pixel_stride + w->out_channels * size;
  c->src = bytes(c->src_count), c->residual = bytes(c->dst_count), c->table = bytes(256);
  c->found = bytes(c->dst_count), c->expected = block(c->dst_count);
  memcpy(c->expected, c->found, (size_t)c->dst_count);
}

static void make_weights(convolution *c) {
  apus_winograd *w = &c->w;
  const apus_tile_kernel *tile = w->tile;
  const int64_t count = w->out_channels * w->in_channels;
  c->weights = (int8_t *)bytes(9 * count);
  if (random_between(0, 3) == 0) memset(c->weights, random_between(0, 1) ? 0x80 : 0x7F, (size_t)(9 * count));
  while (!apus_winograd_reaches(c->weights, w->out_channels, w->in_channels)) {
    for (int64_t i = 0; i < 9 * count; i++) c->weights[i] /= 2;
  }
  int8_t *taps = block(9 * count);
  for (int64_t i = 0; i < 9 * count; i++) taps[i % 9 * count + i / 9] = c->weights[i];
  int16_t *transformed = block(2 * 36 * count);
  w->transform->weights(taps, count, count, transformed, count);
  free(taps);
  const apus_panel_layout layout = {
      APUS_PRODUCT_S16, 0, tile->columns, tile->lane, 1, w->out_channels, 1, w->in_channels,
      (w->in_channels + 1) / 2};
  const int64_t size = apus_panel_bytes(&layout);
  w->product_bytes = size + 64 * random_between(0, 1);
  c->packed = block(35 * w->product_bytes + size);
  for (int64_t p = 0; p < 36; p++) {
    apus_pack_panels(&layout, transformed + p * count, c->packed + p * w->product_bytes);
  }
  free(transformed);
  c->panels = (w->out_channels + tile->columns - 1) / tile->columns;
  w->weights = c->packed, w->panel_bytes = size / c->panels;
}

static void make(
    convolution *c, const apus_winograd_kernel *kernel, const apus_tile_kernel *tile,
    const apus_finish_kernel *finish) {
  apus_winograd *w = &c->w;
  *w = (apus_winograd){.transform = kernel, .tile = tile, .finish = finish};
  w->dst_element = finish->kind == APUS_FINISH_I32_U8 ? 1 : 4;
  w->out_height = random_between(1, 14), w->out_width = random_between(1, 23);
  w->in_channels = random_between(0, 7) ? random_between(1, 40) : 128;
  w->out_channels = random_between(1, 2 * tile->columns + 3);
  w->group = random_between(1, 30), w->panel_block = random_between(1, 3);
  make_maps(c);
  make_weights(c);
  const int64_t outputs = c->panels * tile->columns;
  c->bias = bytes(4 * outputs), c->scale = block(4 * outputs);
  for (int64_t i = 0; i < outputs; i++) {
    c->bias[4 * i + 3] = c->bias[4 * i + 2] & 0x80 ? 0xFF : 0;
    c->scale[i] = (1 + random_float(0.5f)) / (float)(w->in_channels * 3000);
  }
  w->values = (apus_finish){
      .bias = c->bias, .scale = c->scale, .table = random_between(0, 1) ? c->table : NULL,
      .zero = 100, .own_zero = 90, .residual_zero = 128, .sum_zero = 120, .own_scale = 0.75f,
      .residual_scale = 1.25f};
  c->scratch = block(apus_winograd_scratch(w));
}

static void convolve(convolution *c, const uint8_t *residual) {
  const apus_winograd *w = &c->w;
  const apus_finish_kernel *finish = finish_for(APUS_ISA_SCALAR, w->finish->kind);
  int32_t *sums = block(4 * w->out_channels);
  for (int64_t y = 0; y < w->out_height; y++) {
    for (int64_t x = 0; x < w->out_width; x++) {
      memset(sums, 0, (size_t)(4 * w->out_channels));
      for (int64_t o = 0; o < w->out_channels; o++) {
        for (int64_t tap = 0; tap < 9; tap++) {
          const uint8_t *pixel =
              c->src + (y + tap / 3) * w->src_row_stride + (x + tap % 3) * w->src_pixel_stride;
          for (int64_t i = 0; i < w->in_channels; i++) {
            sums[o] += pixel[i] * c->weights[(o * w->in_channels + i) * 9 + tap];
          }
        }
      }
      const int64_t at = y * w->dst_row_stride + x * w->dst_pixel_stride;
      finish->run(
          &w->values, sums, w->out_channels, 1, w->out_channels, c->expected + at,
          w->dst_pixel_stride, residual ? residual + at : NULL, w->residual_pixel_stride);
    }
  }
  free(sums);
}

static void check_convolution(
    const apus_winograd_kernel *kernel, const apus_tile_kernel *tile,
    const apus_finish_kernel *finish) {
  convolution c;
  make(&c, kernel, tile, finish);
  const apus_winograd *w = &c.w;
  const uint8_t *residual =
      finish->kind == APUS_FINISH_I32_U8 && random_between(0, 1) ? c.residual : NULL;
  convolve(&c, residual);
  const int64_t blocks = apus_winograd_blocks(w);
  const int64_t block_cut = random_between(0, blocks), panel_cut = random_between(0, c.panels);
  for (int part = 0; part < 4; part++) {
    apus_winograd_convolve(
        w, c.src, c.found, residual, c.scratch, part & 1 ? block_cut : 0,
        part & 1 ? blocks : block_cut, part & 2 ? panel_cut : 0, part & 2 ? c.panels : panel_cut);
  }
  if (memcmp(c.found, c.expected, (size_t)c.dst_count) != 0) {
    differ(
        kernel->name, "with %s and %s, %dx%d, channels %d to %d, groups of %d: results differ",
        tile->name, finish->name, (int)w->out_height, (int)w->out_width, (int)w->in_channels,
        (int)w->out_channels, (int)w->group);
  }
  free(c.src), free(c.weights), free(c.bias), free(c.scale), free(c.table), free(c.found);
  free(c.expected), free(c.residual), free(c.scratch), free(c.packed);
}

// The bound at which integers stop to be certain: one channel of weights of 127 and one of -128.
static void check_reach(void) {
  enum { INPUTS = 115 };
  int8_t weights[2 * 9 * INPUTS] = {0};
  for (int64_t most = 9 * INPUTS, i = 0; i < most; i++) weights[i] = 127;
  if (!apus_winograd_reaches(weights, 1, INPUTS)) differ("reach", "of 127: refused");
  memset(weights, 0, 9 * INPUTS);
  memset(weights + 9 * INPUTS, 0x80, 9 * INPUTS);
  if (apus_winograd_reaches(weights, 2, INPUTS)) differ("reach", "of -128: taken");
}

void test_winograd_integers(void) {
  const apus_winograd_kernel *kernel, *twin = NULL;
  check_reach();
  for (int64_t i = 0; (kernel = apus_winograd_kernel_at(i)); i++) {
    if (kernel->product != APUS_PRODUCT_S16) continue;
    if (!twin) twin = kernel;
    if (!announce(kernel->name, (int)kernel->isa)) continue;
    for (int number = 0; number < 200; number++) {
      check_input(kernel, twin);
      check_output(kernel, twin);
      check_weights(kernel, twin);
    }
    const apus_tile_kernel *tile;
    for (int64_t t = 0; (tile = apus_tile_kernel_at(t)); t++) {
      if (tile->product != APUS_PRODUCT_S16 || tile->depthwise) continue;
      if (!(apus_cpu_isas() >> tile->isa & 1)) continue;
      for (int number = 0; number < 40; number++) {
        check_convolution(
            kernel, tile,
            finish_for(kernel->isa, number % 4 ? APUS_FINISH_I32_U8 : APUS_FINISH_I32_F32));
      }
    }
  }
}
