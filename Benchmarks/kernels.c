// Rates of the kernels over channels-last maps, alone, without threads; those of maps are in kernels_maps.c.
//   kernels [PART OF A KERNEL'S NAME]
// Of tile kernels it prints giga multiply-accumulates per second that the layer needs, and their share of what
// the core reaches from registers with the same instruction set and product. The fastest of several runs counts.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "apus_peak.h"
#include "kernels_maps.h"

typedef struct {
  const char *name;
  int64_t kernel, stride, size, inputs, outputs;  // size: of the square output; inputs 0: depthwise
} layer;

static const layer layers[] = {
    {"3x3 64>64 at 80", 3, 1, 80, 64, 64},     {"3x3 256>256 at 20", 3, 1, 20, 256, 256},
    {"1x1 128>128 at 40", 1, 1, 40, 128, 128}, {"1x1 64>32 at 80", 1, 1, 80, 64, 32},
    {"1x1 512>256 at 20", 1, 1, 20, 512, 256}, {"1x1 1024>512 at 20", 1, 1, 20, 1024, 512},
    {"6x6/2 3>16 at 320", 6, 2, 320, 3, 16},   {"6x6/2 3>32 at 320", 6, 2, 320, 3, 32},
    {"depthwise 3x3 64 at 80", 3, 1, 80, 0, 64},   {"depthwise 5x5 96 at 40", 5, 1, 40, 0, 96},
    {"depthwise 5x5 192 at 20", 5, 1, 20, 0, 192}, {"depthwise 7x7 64 at 40", 7, 1, 40, 0, 64},
};

double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

// Zeroed memory aligned to 64 bytes; denormals would slow floats down.
uint8_t *zeros(int64_t bytes) {
  void *memory = NULL;
  if (posix_memalign(&memory, 64, (size_t)bytes) != 0) {
    fprintf(stderr, "no memory for %lld bytes\n", (long long)bytes);
    exit(1);
  }
  return memset(memory, 0, (size_t)bytes);
}

static double peak_of(apus_isa isa, apus_product product) {
  const apus_peak_kernel *peak;
  for (int64_t i = 0; (peak = apus_peak_kernel_at(i)); i++) {
    if (peak->isa != isa || peak->product != product) continue;
    double best = 0;
    for (int run = 0; run < 20; run++) {
      const double start = seconds();
      const double done = (double)peak->run(200000), rate = done / (seconds() - start);
      if (rate > best) best = rate;
    }
    return best;
  }
  return 0;
}

// One pass over the layer: panels, then rows of pixels, each row in tiles of nearly equal length.
static void pass(
    const apus_tile_kernel *k, const layer *l, apus_tile_source source, const uint8_t *map,
    int64_t row_stride, const uint8_t *panels, int64_t count, int64_t panel_bytes, uint8_t *sums) {
  const int64_t tiles = (l->size + k->rows - 1) / k->rows;
  const int64_t shift = k->depthwise ? k->columns * apus_product_element(k->product) : 0;
  for (int64_t panel = 0; panel < count; panel++) {
    for (int64_t y = 0; y < l->size; y++) {
      for (int64_t tile = 0; tile < tiles; tile++) {
        const int64_t from = tile * l->size / tiles, to = (tile + 1) * l->size / tiles;
        source.first = map + y * l->stride * row_stride + from * source.pixel_stride + panel * shift;
        k->run(&source, panels + panel * panel_bytes, sums, to - from);
      }
    }
  }
}

static double rate_of(const apus_tile_kernel *k, const layer *l) {
  const int64_t size = apus_product_element(k->product);
  const int64_t channels =
      k->depthwise ? (l->outputs + k->columns - 1) / k->columns * k->columns : l->inputs;
  const int64_t width = (l->size - 1) * l->stride + l->kernel, row_stride = width * channels * size;
  const int64_t length = k->depthwise ? 1 : l->kernel * l->inputs;
  const int64_t quads_all = (length * size + 3) / 4;
  const int64_t steps = (quads_all + k->quads - 1) / k->quads;
  const apus_panel_layout layout = {
      .product = k->product, .depthwise = k->depthwise, .columns = k->columns, .lane = k->lane,
      .quads = (quads_all + steps - 1) / steps, .outputs = l->outputs,
      .segments = k->depthwise ? l->kernel * l->kernel : l->kernel, .length = length,
      .steps = steps};
  int64_t offsets[64];
  for (int64_t s = 0; s < layout.segments; s++) {
    offsets[s] = k->depthwise ? s / l->kernel * row_stride + s % l->kernel * channels * size
                              : s * row_stride;
  }
  uint8_t *map = zeros(width * row_stride + 256), *sums = zeros(k->rows * k->columns * 4);
  uint8_t *panels = zeros(apus_panel_bytes(&layout));
  const int64_t count = (l->outputs + k->columns - 1) / k->columns;
  const apus_tile_source source = {
      map, l->stride * channels * size, offsets, layout.segments, k->depthwise ? 1 : steps};
  double best = 1e9;
  if (k->begin) k->begin(layout.quads);
  for (double total = 0; total < 0.15;) {
    const double start = seconds();
    pass(k, l, source, map, row_stride, panels, count, apus_panel_bytes(&layout) / count, sums);
    const double time = seconds() - start;
    if (time < best) best = time;
    total += time;
  }
  if (k->end) k->end();
  free(map), free(sums), free(panels);
  const double inputs = k->depthwise ? 1 : (double)l->inputs;
  return (double)(l->size * l->size * l->outputs * l->kernel * l->kernel) * inputs / best;
}

int main(int count, char **arguments) {
  const char *part = count > 1 ? arguments[1] : "";
  print_map_rates(part);
  for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
    printf("%s\n", layers[i].name);
    const apus_tile_kernel *k;
    for (int64_t n = 0; (k = apus_tile_kernel_at(n)); n++) {
      if (!(apus_cpu_isas() >> k->isa & 1) || !strstr(k->name, part)) continue;
      if (k->isa == APUS_ISA_SCALAR || k->depthwise != (layers[i].inputs == 0)) continue;
      const double rate = rate_of(k, &layers[i]), peak = peak_of(k->isa, k->product);
      printf("  %-44s %7.1f GMAC/s", k->name, rate * 1e-9);
      if (peak > 0) printf("  %3.0f %% of %.1f", 100 * rate / peak, peak * 1e-9);
      printf("\n");
    }
  }
  return 0;
}
