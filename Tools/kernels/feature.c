// apus_feature_convolve with every tile kernel against a plain loop over the convolution. The maps have the
// border that the windows need, and end at the last byte that may be read or written. Sums of bytes are
// exact; sums of floats are off by no more than their roundings.
#include "apus_feature.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "elements.h"
#include "harness.h"

typedef struct {
  int64_t height, width, stride;
} window;

typedef struct {
  window window;
  int64_t inputs, pitch, size, dst_at, panels;
  int64_t offsets[36];
  apus_panel_layout layout;
  apus_feature_convolution c;
  uint8_t *src, *weights, *packed, *bias, *dst, *before, *residual;
  float *scale;
  int64_t dst_bytes;
} feature_case;

static const apus_finish_kernel *any_finish(apus_finish_kind kind) {
  const apus_finish_kernel *found = NULL, *kernel;
  int64_t seen = 0;
  for (int64_t i = 0; (kernel = apus_finish_kernel_at(i)); i++) {
    if (kernel->kind != kind || (apus_cpu_isas() >> kernel->isa & 1) == 0) continue;
    if (random_between(0, seen++) == 0) found = kernel;
  }
  return found;
}

static const apus_finish_kernel *twin_of(apus_finish_kind kind) {
  for (int64_t i = 0;; i++) {
    const apus_finish_kernel *kernel = apus_finish_kernel_at(i);
    if (kernel->kind == kind && kernel->isa == APUS_ISA_SCALAR) return kernel;
  }
}

static apus_product element_of(apus_finish_kind kind) {
  return kind == APUS_FINISH_I32_U8     ? APUS_PRODUCT_U8S8
         : kind == APUS_FINISH_F32_BF16 ? APUS_PRODUCT_BF16
                                        : APUS_PRODUCT_F32;
}

// How windows are read, and a source map that ends with what the last of them reads.
static void make_source(feature_case *t, int runs_over) {
  const window w = t->window;
  apus_feature_convolution *c = &t->c;
  apus_panel_layout *l = &t->layout;
  const apus_tile_kernel *tile = c->tile;
  const int64_t rest = random_between(0, 2) ? 0 : random_between(1, 9);
  const int by_rows = !tile->depthwise && rest == 0 && random_between(0, 3) != 0;
  t->inputs = tile->depthwise ? c->out_channels : random_between(1, 9);
  t->pitch = (c->out_width - 1) * w.stride + w.width + random_between(0, 2);
  c->src_element = t->size = apus_product_element(tile->product);
  const int64_t pixel = (t->inputs + rest) * t->size, row = t->pitch * pixel;
  c->src_pixel_step = w.stride * pixel, c->src_row_step = w.stride * row;
  c->virtual_width = runs_over ? t->pitch : 0;
  for (int64_t y = 0; y < w.height; y++) {
    for (int64_t x = 0; x < (by_rows ? 1 : w.width); x++) {
      t->offsets[c->segments++] = y * row + x * pixel;
    }
  }
  c->offsets = t->offsets;
  *l = (apus_panel_layout){
      .product = tile->product, .depthwise = tile->depthwise, .columns = tile->columns,
      .lane = tile->lane, .quads = random_between(1, tile->quads), .outputs = c->out_channels,
      .segments = c->segments,
      .length = tile->depthwise ? 1 : t->inputs * (by_rows ? w.width : 1), .steps = 1};
  if (!tile->depthwise) l->steps = (l->length * t->size + 4 * l->quads - 1) / (4 * l->quads);
  c->steps = l->steps, c->quads = l->quads;
  const int64_t run =
      tile->depthwise ? t->panels * tile->columns * t->size : l->steps * l->quads * 4;
  const int64_t bytes = (c->out_height - 1) * c->src_row_step +
                        (c->out_width - 1) * c->src_pixel_step + t->offsets[c->segments - 1] + run;
  t->src = block(bytes);
  fill_elements(t->src, bytes, tile->product, 0, 0);
}

static void make_weights(feature_case *t) {
  const int64_t bytes =
      t->layout.outputs * t->layout.segments * t->layout.length * t->size;
  t->weights = block(bytes);
  fill_elements(t->weights, bytes, t->layout.product, 0, 0);
  t->packed = block(apus_panel_bytes(&t->layout));
  apus_pack_panels(&t->layout, t->weights, t->packed);
  t->c.weights = t->packed;
  t->c.panel_bytes = apus_panel_bytes(&t->layout) / t->panels;
  t->c.panel_block = random_between(1, t->panels + 1);
}

static void make_finish(feature_case *t, const uint8_t *table) {
  apus_feature_convolution *c = &t->c;
  const int64_t padded = t->panels * c->tile->columns;
  const int whole = c->tile->product == APUS_PRODUCT_U8S8;
  t->bias = block(4 * padded), t->scale = block(4 * padded);
  for (int64_t i = 0; i < padded; i++) {
    const int32_t bias = (int32_t)random_between(-5000, 5000);
    const float real = random_float(3);
    memcpy(t->bias + 4 * i, whole ? (const void *)&bias : &real, 4);
    t->scale[i] = 0.001f + fabsf(random_float(0.01f));
  }
  c->bias_element = 4;
  c->values = (apus_finish){
      .bias = t->bias, .scale = whole ? t->scale : NULL, .table = table, .zero = 100,
      .own_zero = 5, .residual_zero = 90, .sum_zero = 30, .own_scale = 0.5f,
      .residual_scale = 0.37f};
  if (random_between(0, 1)) c->values.activation.function = APUS_UNARY_RELU;
}

// A destination in a slice of wider pixels, and likewise a residual, in blocks without a byte more.
static void make_destination(feature_case *t, int has_residual) {
  apus_feature_convolution *c = &t->c;
  const apus_product element = element_of(c->finish->kind);
  const int64_t size = apus_product_element(element), own = c->out_channels * size;
  c->dst_element = size;
  t->dst_at = random_between(0, 3) * size;
  c->dst_pixel_stride = t->dst_at + own + random_between(0, 3) * size;
  c->dst_row_stride = (c->out_width + random_between(0, 2)) * c->dst_pixel_stride;
  const int64_t rows = c->out_height - 1, columns = c->out_width - 1;
  t->dst_bytes = t->dst_at + rows * c->dst_row_stride + columns * c->dst_pixel_stride + own;
  t->dst = block(t->dst_bytes), t->before = block(t->dst_bytes);
  fill_elements(t->dst, t->dst_bytes, element, 0, 0);
  memcpy(t->before, t->dst, (size_t)t->dst_bytes);
  if (!has_residual) return;
  c->residual_pixel_stride = own + random_between(0, 3) * size;
  c->residual_row_stride = (c->out_width + random_between(0, 2)) * c->residual_pixel_stride;
  const int64_t bytes = rows * c->residual_row_stride + columns * c->residual_pixel_stride + own;
  t->residual = block(bytes);
  fill_elements(t->residual, bytes, element, 0, 0);
}

// One output by the definition; `magnitude` is the sum of the magnitudes of what is summed.
static double sum_of(
    const feature_case *t, int64_t y, int64_t x, int64_t output, double *magnitude) {
  const window w = t->window;
  const int64_t inputs = t->layout.depthwise ? 1 : t->inputs;
  const int64_t pixel = t->c.src_pixel_step / w.stride, row = t->c.src_row_step / w.stride;
  const uint8_t *weight = t->weights + output * w.height * w.width * inputs * t->size;
  double sum = 0;
  *magnitude = 0;
  for (int64_t ky = 0; ky < w.height; ky++) {
    for (int64_t kx = 0; kx < w.width; kx++) {
      for (int64_t i = 0; i < inputs; i++, weight += t->size) {
        const int64_t channel = t->layout.depthwise ? output : i;
        const uint8_t *at = t->src + (y * w.stride + ky) * row + (x * w.stride + kx) * pixel;
        const double product =
            element_value(t->layout.product, 0, at + channel * t->size) *
            element_value(t->layout.product, 1, weight);
        sum += product, *magnitude += fabs(product);
      }
    }
  }
  return sum;
}

// Whether the element of a channel is right. The scalar twin finishes the sum of the plain loop.
static int is_right(const feature_case *t, int64_t y, int64_t x, int64_t channel) {
  const apus_feature_convolution *c = &t->c;
  const apus_finish_kind kind = c->finish->kind;
  const int64_t at = t->dst_at + y * c->dst_row_stride + x * c->dst_pixel_stride;
  const uint8_t *found = t->dst + at + channel * c->dst_element;
  const uint8_t *residual =
      t->residual ? t->residual + y * c->residual_row_stride + x * c->residual_pixel_stride +
                        channel * c->dst_element
                  : NULL;
  double magnitude;
  const double sum = sum_of(t, y, x, channel, &magnitude);
  const int32_t whole = (int32_t)sum;
  const float real = (float)sum;
  apus_finish values = c->values;
  values.bias = t->bias + 4 * channel;
  if (values.scale) values.scale += channel;
  uint8_t expected[4];
  const int exact = c->tile->product == APUS_PRODUCT_U8S8;
  twin_of(kind)->run(
      &values, exact ? (const void *)&whole : &real, 1, 1, 1, expected, 4, residual, 4);
  if (exact) return memcmp(found, expected, (size_t)c->dst_element) == 0;
  const apus_product element = element_of(kind);
  const double e = element_value(element, 0, expected);
  const double count = (double)(t->layout.segments * t->layout.length) + 3;
  double limit = count * (magnitude + 3 + 2) * 0x1p-24;  // a bias is up to 3, a residual up to 2
  if (element == APUS_PRODUCT_BF16) limit += fabs(e) * 0x1p-7;
  return fabs(element_value(element, 0, found) - e) <= limit;
}

typedef struct {
  int64_t rows[2], panels[2];
} range;

static void check(const feature_case *t, range r) {
  const apus_feature_convolution *c = &t->c;
  const int64_t own = c->out_channels * c->dst_element;
  for (int64_t i = 0; i < t->dst_bytes; i += c->dst_element) {
    const int64_t from = i - t->dst_at;
    const int64_t y = from < 0 ? 0 : from / c->dst_row_stride;
    const int64_t x = from < 0 ? 0 : from % c->dst_row_stride / c->dst_pixel_stride;
    const int64_t byte = from < 0 ? -1 : from % c->dst_row_stride % c->dst_pixel_stride;
    const int64_t channel = byte / c->dst_element, panel = channel / c->tile->columns;
    const int asked = byte >= 0 && byte < own && x < c->out_width && y >= r.rows[0] &&
                      y < r.rows[1] && panel >= r.panels[0] && panel < r.panels[1];
    const int same = memcmp(t->dst + i, t->before + i, (size_t)c->dst_element) == 0;
    if (asked ? is_right(t, y, x, channel) : same) continue;
    differ(
        c->tile->name,
        "%s: %dx%d stride %d, %d inputs, virtual width %d, %d segments of %d steps of %d: "
        "row %d of %d..<%d, pixel %d of %d, channel %d of %d is %s",
        c->finish->name, (int)t->window.height, (int)t->window.width, (int)t->window.stride,
        (int)t->inputs, (int)c->virtual_width, (int)c->segments, (int)c->steps, (int)c->quads,
        (int)y, (int)r.rows[0], (int)r.rows[1], (int)x, (int)c->out_width, (int)channel,
        (int)c->out_channels, asked ? "wrong" : "written");
    return;
  }
}

static void run_case(
    const apus_tile_kernel *tile, apus_finish_kind kind, window w, int64_t width, int runs_over) {
  uint8_t table[256];
  fill_elements(table, 256, APUS_PRODUCT_U8S8, 0, 0);
  const int64_t channels = random_between(1, 2 * tile->columns + 1);
  feature_case t = {
      .window = w,
      .panels = (channels + tile->columns - 1) / tile->columns,
      .c = {.tile = tile, .finish = any_finish(kind), .out_height = random_between(1, 4),
            .out_width = width, .out_channels = channels}};
  make_source(&t, runs_over);
  make_weights(&t);
  make_finish(&t, kind == APUS_FINISH_I32_U8 && random_between(0, 1) ? table : NULL);
  make_destination(&t, kind != APUS_FINISH_I32_F32 && random_between(0, 1));
  range r = {{0, t.c.out_height}, {0, t.panels}};
  if (random_between(0, 1)) {
    r.rows[0] = random_between(0, t.c.out_height), r.panels[0] = random_between(0, t.panels);
    r.rows[1] = random_between(r.rows[0], t.c.out_height);
    r.panels[1] = random_between(r.panels[0], t.panels);
  }
  apus_feature_convolve(
      &t.c, t.src, t.dst + t.dst_at, t.residual, r.rows[0], r.rows[1], r.panels[0], r.panels[1]);
  check(&t, r);
  free(t.src), free(t.weights), free(t.packed), free(t.bias), free(t.scale);
  free(t.dst), free(t.before), free(t.residual);
}

static void test_kernel(const apus_tile_kernel *tile) {
  static const window windows[] = {{1, 1, 1}, {3, 3, 1}, {3, 3, 2}, {6, 6, 2}};
  static const int64_t widths[] = {1, 5, 10, 20, 33};
  const int whole = tile->product == APUS_PRODUCT_U8S8;
  const apus_finish_kind kinds[] = {
      whole ? APUS_FINISH_I32_U8 : APUS_FINISH_F32_F32,
      whole ? APUS_FINISH_I32_F32 : APUS_FINISH_F32_BF16};
  for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
    for (size_t j = 0; j < sizeof widths / sizeof *widths; j++) {
      for (int number = 0; number < 4; number++) {
        for (int runs_over = 0; runs_over <= (windows[i].stride == 1); runs_over++) {
          run_case(tile, kinds[number % 2], windows[i], widths[j], runs_over);
        }
      }
    }
  }
}

extern const apus_tile_kernel apus_tile_software[];

void test_feature(void) {
  const apus_tile_kernel *kernel;
  for (int64_t i = 0; (kernel = apus_tile_kernel_at(i)); i++) {
    if (kernel->product == APUS_PRODUCT_S16) continue;  // no map has such elements
    if (announce(kernel->name, (int)kernel->isa)) test_kernel(kernel);
  }
  for (kernel = apus_tile_software; kernel->name; kernel++) {
    if (announce(kernel->name, (int)kernel->isa)) test_kernel(kernel);
  }
}
