// Rates of the finishing kernels and of the kernels over maps on shapes of detectors, alone and in cache.
#include "kernels_maps.h"

#include <stdio.h>
#include <string.h>

#include "apus_finish.h"
#include "apus_map.h"

// Times EXPRESSION, repeated; the fastest run counts.
#define TIME(SECONDS, REPEATS, EXPRESSION)                      \
  {                                                             \
    SECONDS = 1e9;                                              \
    for (double total = 0; total < 0.02;) {                     \
      const double start = seconds();                           \
      for (int r_ = 0; r_ < REPEATS; r_++) EXPRESSION;          \
      const double once_ = (seconds() - start) / REPEATS;       \
      if (once_ < SECONDS) SECONDS = once_;                     \
      total += once_ * REPEATS;                                 \
    }                                                           \
  }

static void print_finish(const apus_finish_kernel *k, int64_t pixels, int64_t channels) {
  static int32_t sums[64 * 64] __attribute__((aligned(64))), bias[64];
  static float scale[64];
  static uint8_t table[256], dst[64 * 256], residual[64 * 256];
  for (int i = 0; i < 64; i++) scale[i] = 0.01f;
  const apus_finish f = {
      .bias = bias, .scale = scale, .table = table, .zero = 7, .own_scale = 0.5f, .residual_scale = 0.25f,
      .activation = {APUS_UNARY_SILU, 0, 0}};
  double plain, added;
  const int64_t stride = channels * 4, columns = (channels + 15) / 16 * 16;
  TIME(plain, 1000, k->run(&f, sums, columns, pixels, channels, dst, stride, NULL, 0))
  TIME(added, 1000, k->run(&f, sums, columns, pixels, channels, dst, stride, residual, stride))
  const double count = (double)(pixels * channels) * 1e-9;
  printf(
      "  %-34s %2d x %-3d %7.2f G elements/s  with residual %7.2f\n", k->name, (int)pixels, (int)channels,
      count / plain, count / added);
}

static void print_finishes(const char *part) {
  static const int64_t shapes[][2] = {{14, 64}, {14, 32}, {28, 16}, {14, 58}};
  const apus_finish_kernel *k;
  printf("finishing: uint8 through a table, floats through SiLU\n");
  for (int64_t n = 0; (k = apus_finish_kernel_at(n)); n++) {
    if (!(apus_cpu_isas() >> k->isa & 1) || !strstr(k->name, part) || k->isa == APUS_ISA_SCALAR) continue;
    for (int i = 0; i < 4; i++) print_finish(k, shapes[i][0], shapes[i][1]);
  }
}

static apus_map map_of(apus_element element, int64_t size, int64_t channels, int64_t gap) {
  const int64_t bytes = element == APUS_ELEMENT_F32 ? 4 : element == APUS_ELEMENT_BF16 ? 2 : 1;
  const int64_t pixel = (channels + gap) * bytes, row = size * pixel;
  return (apus_map){zeros(size * row), size, size, channels, pixel, row};
}

static void print(const char *what, double time, apus_map dst) {
  const double elements = (double)(dst.height * dst.width * dst.channels);
  printf("    %-34s %8.1f us %7.2f G elements/s\n", what, time * 1e6, elements / time * 1e-9);
}

static void print_copies(const apus_map_kernels *k) {
  const apus_grid grid = {0.1f, 3};
  const apus_map picture = map_of(k->element, 640, 3, 0), head = map_of(k->element, 80, 255, 1);
  const apus_map part = map_of(k->element, 40, 256, 0), slice = map_of(k->element, 40, 256, 256);
  const apus_map large = map_of(k->element, 80, 256, 0), groups = map_of(k->element, 40, 116, 0);
  float *planes = (float *)zeros(4 * 80 * 80 * 255);
  uint8_t table[256] = {0};
  int32_t nearest[80];
  for (int i = 0; i < 80; i++) nearest[i] = i / 2;
  double time;
  TIME(time, 1, k->from_planes(planes, picture, grid, 0, 640))
  print("from planes 640 x 640 x 3", time, picture);
  TIME(time, 1, k->to_planes(head, planes, grid, 0, 80))
  print("to planes 80 x 80 x 255", time, head);
  TIME(time, 1, k->gather(part, slice, NULL, NULL, NULL, 0, 40))
  print("copy 40 x 40 x 256 of 512", time, part);
  if (k->element == APUS_ELEMENT_U8) {
    TIME(time, 1, k->gather(part, slice, NULL, NULL, table, 0, 40))
    print("through a table", time, part);
  }
  TIME(time, 1, k->gather(part, large, nearest, nearest, NULL, 0, 80))
  print("nearest 40 > 80 x 256", time, large);
  const apus_map shuffled = map_of(k->element, 40, 116, 0);
  TIME(time, 1, k->shuffle(groups, shuffled, 2, 0, 40))
  print("shuffle 40 x 40 x 2 of 58", time, groups);
  free(picture.base), free(head.base), free(part.base), free(slice.base), free(large.base);
  free(groups.base), free(shuffled.base), free(planes);
}

static void print_arithmetic(const apus_map_kernels *k) {
  const apus_grid grid = {0.1f, 3};
  const apus_activation identity = {APUS_UNARY_IDENTITY, 0, 0}, silu = {APUS_UNARY_SILU, 0, 0};
  const apus_map small = map_of(k->element, 20, 256, 0), pooled = map_of(k->element, 20, 256, 768);
  const apus_map early = map_of(k->element, 160, 24, 0), halved = map_of(k->element, 80, 24, 0);
  const apus_map a = map_of(k->element, 80, 128, 0), b = map_of(k->element, 80, 128, 0);
  const apus_map low = map_of(k->element, 40, 96, 0), high = map_of(k->element, 80, 96, 0);
  const apus_pool_window sppf = {APUS_POOL_MAX, 5, 5, 1, 1, 1, 1, 2, 2};
  const apus_pool_window stem = {APUS_POOL_MAX, 3, 3, 2, 2, 1, 1, 1, 1};
  float places[80];
  for (int i = 0; i < 80; i++) places[i] = (float)i * 0.5f - 0.25f;
  double time;
  TIME(time, 1, k->pool(small, pooled, sppf, grid, grid, 0, 20))
  print("maxima 5 x 5, 20 x 20 x 256", time, small);
  TIME(time, 1, k->pool(early, halved, stem, grid, grid, 0, 80))
  print("maxima 3 x 3 / 2, 160 > 80 x 24", time, halved);
  TIME(time, 1, k->pair(APUS_PAIR_ADD, identity, a, b, a, grid, grid, grid, 0, 80))
  print("sum 80 x 80 x 128", time, a);
  TIME(time, 1, k->interpolate(low, high, places, places, grid, grid, 0, 80))
  print("linear 40 > 80 x 96", time, high);
  if (k->activate) {
    TIME(time, 1, k->activate(silu, a, b, 0, 80))
    print("SiLU 80 x 80 x 128", time, a);
  }
  free(small.base), free(pooled.base), free(early.base), free(halved.base);
  free(a.base), free(b.base), free(low.base), free(high.base);
}

void print_map_rates(const char *part) {
  print_finishes(part);
  printf("maps\n");
  const apus_map_kernels *k;
  for (int64_t n = 0; (k = apus_map_kernels_at(n)); n++) {
    if (!(apus_cpu_isas() >> k->isa & 1) || !strstr(k->name, part) || k->isa == APUS_ISA_SCALAR) continue;
    printf("  %s\n", k->name);
    print_copies(k);
    print_arithmetic(k);
  }
}
