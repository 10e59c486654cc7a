// Register tiles against a loop over the weights as they are before packing. Sources end at the last byte
// that may be read. Sums of integers are exact, modulo 2^32; of n products of floats each may be off by n
// roundings of the sum of magnitudes, which also allows for vdpbf16ps, whose own rounding is to nearest and which
// takes denormals for 0.
#include "apus_tile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "elements.h"
#include "harness.h"

typedef struct {
  const apus_tile_kernel *kernel;
  apus_panel_layout layout;
  apus_tile_source source;
  int64_t offsets[5];
  int64_t rows, panel, size;
  uint8_t *pixels, *weights, *panels, *sums;
} tile_case;

static void make_layout(tile_case *t) {
  const apus_tile_kernel *k = t->kernel;
  apus_panel_layout *l = &t->layout;
  *l = (apus_panel_layout){
      .product = k->product, .depthwise = k->depthwise, .columns = k->columns, .lane = k->lane,
      .quads = random_between(1, k->quads), .outputs = random_between(1, 2 * k->columns + 1),
      .segments = random_between(1, 5), .length = k->depthwise ? 1 : random_between(1, 70),
      .steps = 1};
  if (!k->depthwise) {
    const int64_t step = 4 * l->quads;
    l->steps = (l->length * t->size + step - 1) / step + random_between(0, 3) / 3;
  }
}

static void make_case(tile_case *t, int extreme) {
  t->size = apus_product_element(t->kernel->product);
  make_layout(t);
  const apus_panel_layout *l = &t->layout;
  const int64_t run = l->depthwise ? l->columns * t->size : l->steps * l->quads * 4;
  const int64_t stride = random_between(0, 3) ? random_between(1, 90) : random_between(1, 9) * 64;
  int64_t end = 0;
  for (int64_t s = 0; s < l->segments; s++) {
    t->offsets[s] = random_between(0, 200) * t->size;
    if (t->offsets[s] > end) end = t->offsets[s];
  }
  end += run + (t->rows - 1) * stride * t->size;
  t->pixels = block(end);
  fill_elements(t->pixels, end, l->product, extreme, 255);
  const int64_t weights = l->outputs * l->segments * l->length * t->size;
  t->weights = block(weights);
  fill_elements(t->weights, weights, l->product, extreme, 0x80);
  t->panels = block(apus_panel_bytes(l));
  apus_pack_panels(l, t->weights, t->panels);
  t->panel = random_between(0, (l->outputs - 1) / l->columns);
  t->sums = block(t->rows * l->columns * 4);
  memset(t->sums, 0x55, (size_t)(t->rows * l->columns * 4));
  t->source = (apus_tile_source){t->pixels, stride * t->size, t->offsets, l->segments, l->steps};
}

static void check(const tile_case *t, int64_t row, int64_t column) {
  const apus_panel_layout *l = &t->layout;
  const int64_t output = t->panel * l->columns + column;
  double sum = 0, magnitude = 0;
  for (int64_t s = 0; s < l->segments && output < l->outputs; s++) {
    const uint8_t *x = t->pixels + row * t->source.pixel_stride + t->offsets[s];
    const uint8_t *w = t->weights + (output * l->segments + s) * l->length * t->size;
    if (l->depthwise) x += column * t->size;
    for (int64_t e = 0; e < l->length; e++) {
      const double product = element_value(l->product, 0, x + e * t->size) *
                             element_value(l->product, 1, w + e * t->size);
      sum += product, magnitude += fabs(product);
    }
  }
  const uint8_t *at = t->sums + (row * l->columns + column) * 4;
  float real;
  int32_t whole;
  memcpy(&real, at, 4), memcpy(&whole, at, 4);
  const int exact = l->product == APUS_PRODUCT_U8S8 || l->product == APUS_PRODUCT_S16;
  if (exact) sum = (int32_t)(uint32_t)(int64_t)sum;
  const double found = exact ? (double)whole : (double)real, count = (double)(l->segments * l->length);
  const double limit = exact ? 0 : (count + 1) * magnitude * 0x1p-24;
  if (fabs(found - sum) <= limit) return;
  differ(
      t->kernel->name, "row %d of %d, column %d of %d outputs, %d segments of %d: %.9g, not %.9g",
      (int)row, (int)t->rows, (int)output, (int)l->outputs, (int)l->segments, (int)l->length,
      found, sum);
}

static void run_case(const apus_tile_kernel *kernel, int64_t rows, int extreme) {
  tile_case t = {.kernel = kernel, .rows = rows};
  make_case(&t, extreme);
  const apus_panel_layout *l = &t.layout;
  const int64_t panels = (l->outputs + l->columns - 1) / l->columns;
  const int before = failures;
  if (kernel->begin) kernel->begin(l->quads);
  kernel->run(&t.source, t.panels + t.panel * (apus_panel_bytes(l) / panels), t.sums, rows);
  if (kernel->end) kernel->end();
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < l->columns && failures == before; j++) check(&t, i, j);
  }
  free(t.pixels), free(t.weights), free(t.panels), free(t.sums);
}

static void test_kernel(const apus_tile_kernel *kernel) {
  for (int64_t rows = 1; rows <= kernel->rows; rows++) {
    for (int number = 0; number < 12; number++) run_case(kernel, rows, number % 4 == 0);
  }
}

extern const apus_tile_kernel apus_tile_software[];

void test_tile(void) {
  const apus_tile_kernel *kernel;
  for (int64_t i = 0; (kernel = apus_tile_kernel_at(i)); i++) {
    if (announce(kernel->name, (int)kernel->isa)) test_kernel(kernel);
  }
  for (kernel = apus_tile_software; kernel->name; kernel++) {
    if (announce(kernel->name, (int)kernel->isa)) test_kernel(kernel);
  }
}
