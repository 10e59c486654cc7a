#include <assert.h>
#include <stddef.h>

#include "apus_winograd.h"

enum {
  OUTPUT = APUS_WINOGRAD_OUTPUT,
  WINDOW = APUS_WINOGRAD_WINDOW,
  PRODUCTS = APUS_WINOGRAD_PRODUCTS,
  LINE = 64,         // bytes of a cache line
  RUN = 4,           // neighbouring blocks that are finished together
  MAX_COLUMNS = 64,  // of a panel
};

static int64_t round_up(int64_t count, int64_t unit) { return (count + unit - 1) / unit * unit; }
static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

// Bytes from one row of a matrix to the next: whole cache lines, and an odd number of them where there are many,
// since rows at a distance of a power of two displace each other from the cache.
static int64_t spread(int64_t bytes) {
  const int64_t lines = round_up(bytes, LINE) / LINE;
  return (lines % 8 == 0 ? lines + 1 : lines) * LINE;
}

// Where the numbers of a group are in the scratch memory, in bytes: inputs [36][group][channels], then
// sums [panel_block][36][group][columns].
typedef struct {
  int64_t input_block, input_product, sums_product, sums_panel, inputs;
} places;

static places places_of(const apus_winograd *w) {
  places at;
  at.input_block = spread(w->in_channels * apus_product_element(w->tile->product));
  at.input_product = spread(w->group * at.input_block);
  at.sums_product = spread(w->group * w->tile->columns * 4);
  at.sums_panel = PRODUCTS * at.sums_product;
  at.inputs = PRODUCTS * at.input_product;
  return at;
}

static int64_t across(const apus_winograd *w) { return (w->out_width + OUTPUT - 1) / OUTPUT; }

int64_t apus_winograd_blocks(const apus_winograd *w) {
  return across(w) * ((w->out_height + OUTPUT - 1) / OUTPUT);
}

int64_t apus_winograd_scratch(const apus_winograd *w) {
  const places at = places_of(w);
  return at.inputs + w->panel_block * at.sums_panel;
}

static void transform_inputs(
    const apus_winograd *w, const places *at, const uint8_t *src, uint8_t *inputs, int64_t first,
    int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const int64_t y = (first + i) / across(w) * OUTPUT, x = (first + i) % across(w) * OUTPUT;
    w->transform->input(
        src + y * w->src_row_stride + x * w->src_pixel_stride, w->src_row_stride,
        w->src_pixel_stride, least(WINDOW, w->out_height + 2 - y),
        least(WINDOW, w->out_width + 2 - x), w->in_channels, inputs + i * at->input_block,
        at->input_product / apus_product_element(w->tile->product));
  }
}

// One product of one panel, for all blocks of a group.
static void multiply(
    const apus_winograd *w, const places *at, const uint8_t *weights, const uint8_t *inputs,
    uint8_t *sums, int64_t count) {
  static const int64_t offsets[] = {0};
  const int64_t steps = (w->in_channels * apus_product_element(w->tile->product) + 3) / 4;
  const int64_t columns = w->tile->columns;
  const int64_t tiles = (count + w->tile->rows - 1) / w->tile->rows;
  // Sums of a tile start on a cache line.
  int64_t rows = (count + tiles - 1) / tiles;
  while (rows * columns * 4 % LINE != 0 && rows < w->tile->rows) rows++;
  for (int64_t i = 0; i < count; i += rows) {
    const apus_tile_source source = {
        inputs + i * at->input_block, at->input_block, offsets, 1, steps};
    w->tile->run(&source, weights, sums + 4 * i * columns, least(rows, count - i));
  }
}

static void finish_panel(
    const apus_winograd *w, const places *at, const uint8_t *sums, int64_t panel, int64_t first,
    int64_t count, uint8_t *dst, const uint8_t *residual) {
  const int64_t columns = w->tile->columns, channel = panel * columns;
  const int64_t channels = least(columns, w->out_channels - channel), row = RUN * OUTPUT * columns;
  _Alignas(64) int32_t pixels[OUTPUT * RUN * OUTPUT * MAX_COLUMNS];
  apus_finish values = w->values;
  values.bias = (const float *)values.bias + channel;
  if (values.scale) values.scale += channel;
  dst += channel * w->dst_element;
  if (residual) residual += channel * w->dst_element;
  for (int64_t i = 0; i < count;) {
    const int64_t y = (first + i) / across(w) * OUTPUT, block = (first + i) % across(w);
    const int64_t run = least(RUN, least(count - i, across(w) - block)), x = block * OUTPUT;
    for (int64_t j = 0; j < run; j++) {
      w->transform->output(
          sums + 4 * (i + j) * columns, at->sums_product / 4, columns, pixels + j * OUTPUT * columns, row,
          columns);
    }
    const int64_t width = least(run * OUTPUT, w->out_width - x);
    for (int64_t line = 0; line < least(OUTPUT, w->out_height - y); line++) {
      w->finish->run(
          &values, pixels + line * row, columns, width, channels,
          dst + (y + line) * w->dst_row_stride + x * w->dst_pixel_stride, w->dst_pixel_stride,
          residual ? residual + (y + line) * w->residual_row_stride +
                         x * w->residual_pixel_stride
                   : NULL,
          w->residual_pixel_stride);
    }
    i += run;
  }
}

void apus_winograd_convolve(
    const apus_winograd *w, const uint8_t *src, uint8_t *dst, const uint8_t *residual,
    void *scratch, int64_t block_begin, int64_t block_end, int64_t panel_begin,
    int64_t panel_end) {
  assert(w->tile->product == w->transform->product && !w->tile->depthwise && !w->tile->begin);
  assert(w->tile->columns <= MAX_COLUMNS && w->values.bias);
  assert(w->group > 0 && w->panel_block > 0 && (uintptr_t)scratch % 64 == 0);
  assert(block_begin >= 0 && block_end <= apus_winograd_blocks(w) && panel_begin >= 0);
  const int64_t panels = (w->out_channels + w->tile->columns - 1) / w->tile->columns;
  assert(panel_end <= panels);
  const places at = places_of(w);
  uint8_t *const inputs = scratch, *const all_sums = inputs + at.inputs;
  for (int64_t first = block_begin; first < block_end; first += w->group) {
    const int64_t count = least(w->group, block_end - first);
    transform_inputs(w, &at, src, inputs, first, count);
    for (int64_t begin = panel_begin; begin < panel_end; begin += w->panel_block) {
      const int64_t end = least(panel_end, begin + w->panel_block);
      for (int64_t product = 0; product < PRODUCTS; product++) {
        for (int64_t panel = begin; panel < end; panel++) {
          multiply(
              w, &at, w->weights + product * w->product_bytes + panel * w->panel_bytes,
              inputs + product * at.input_product,
              all_sums + (panel - begin) * at.sums_panel + product * at.sums_product, count);
        }
      }
      for (int64_t panel = begin; panel < end; panel++) {
        finish_panel(
            w, &at, all_sums + (panel - begin) * at.sums_panel, panel, first, count, dst, residual);
      }
    }
  }
}
