// The kernels over planar float maps against the scalar twin, which is entry 0 of each table.
#include <math.h>
#include <string.h>

#include "apus_convolution.h"
#include "apus_row.h"
#include "harness.h"

enum { LARGEST = 1 << 16 };
static float left[LARGEST], right[LARGEST], expected[LARGEST], result[LARGEST];

static void fill(float *values, float scale) {
  for (int i = 0; i < LARGEST; i++) values[i] = random_float(scale);
}

static void compare(const char *name, int detail, int64_t count, float tolerance) {
  for (int64_t i = 0; i < count; i++) {
    if (result[i] == expected[i]) continue;
    const float limit = tolerance * fmaxf(1, fabsf(expected[i]));
    if (fabsf(result[i] - expected[i]) <= limit) continue;
    differ(name, "case %d, element %d: %g, not %g", detail, (int)i, result[i], expected[i]);
    return;
  }
}

static void test_unary(const apus_unary_f32_kernel *kernel) {
  for (int f = 0; f < APUS_UNARY_COUNT; f++) {
    for (int64_t count = 0; count < 40; count++) {
      const apus_activation activation = {(apus_unary)f, 0.1f, 0.6f};
      fill(left, 12);
      if (f == APUS_UNARY_SQRT) {
        for (int i = 0; i < count; i++) left[i] = fabsf(left[i]);
      }
      apus_unary_f32_kernel_at(0)->run(activation, left, expected, count);
      kernel->run(activation, left, result, count);
      compare(kernel->name, f, count, 1e-6f);
    }
  }
}

static void test_binary(const apus_binary_f32_kernel *kernel) {
  for (int f = 0; f < APUS_BINARY_COUNT; f++) {
    for (int64_t count = 0; count < 40; count++) {
      fill(left, 3), fill(right, 3);
      for (int steps = 0; steps < 4; steps++) {
        apus_binary_f32_kernel_at(0)->run(
            (apus_binary)f, left, steps & 1, right, steps >> 1, expected, count);
        kernel->run((apus_binary)f, left, steps & 1, right, steps >> 1, result, count);
        compare(kernel->name, f, count, 0);
      }
    }
  }
}

static void test_gemm(const apus_gemm_f32_kernel *kernel) {
  const int64_t k = 37;
  fill(left, 1), fill(right, 1);
  for (int64_t rows = 1; rows <= kernel->mr; rows++) {
    for (int64_t columns = 1; columns <= kernel->nr; columns++) {
      memset(expected, 0, sizeof expected), memset(result, 0, sizeof result);
      for (int64_t i = 0; i < rows; i++) {
        for (int64_t j = 0; j < columns; j++) {
          double sum = left[i];
          for (int64_t p = 0; p < k; p++) {
            sum += (double)left[p * kernel->mr + i] * right[p * kernel->nr + j];
          }
          expected[i * kernel->nr + j] = (float)sum;
        }
      }
      kernel->run(left, right, k, left, result, kernel->nr, rows, columns);
      compare(kernel->name, (int)(rows * 100 + columns), kernel->mr * kernel->nr, 4e-6f);
    }
  }
}

static apus_window window_case(int number) {
  const int64_t kernel = 1 + number % 3, stride = 1 + number / 3 % 3, width = 3 + number % 29;
  apus_window w = {7, width, 0, 0, kernel, kernel, stride, stride, 1, 1, 1, 1, 1, 1};
  w.out_h = (w.in_h + 2 - kernel) / stride + 1;
  w.out_w = (w.in_w + 2 - kernel) / stride + 1;
  return w;
}

static void test_window(const apus_window_f32_kernel *kernel) {
  const apus_window_f32_kernel *twin = apus_window_f32_kernel_at(0);
  fill(left, 1), fill(right, 1);
  for (int number = 0; number < 200; number++) {
    const apus_window w = window_case(number);
    const int64_t count = w.out_h * w.out_w;
    twin->depthwise(&w, left, right, 0.5f, expected);
    kernel->depthwise(&w, left, right, 0.5f, result);
    compare(kernel->name, number, count, 2e-6f);
    twin->max_pool(&w, left, expected);
    kernel->max_pool(&w, left, result);
    compare(kernel->name, number, count, 0);
    twin->average_pool(&w, number % 2, left, expected);
    kernel->average_pool(&w, number % 2, left, result);
    compare(kernel->name, number, count, 2e-6f);
  }
}

static void test_pack(const apus_pack_f32_kernel *kernel) {
  const int64_t channels = 5, nr = 12;
  fill(left, 1);
  for (int number = 0; number < 200; number++) {
    const apus_window w = window_case(number);
    const int64_t depth = channels * w.kernel_h * w.kernel_w, pixels = w.out_h * w.out_w;
    for (int64_t pixel = 0; pixel < pixels; pixel += nr) {
      const int64_t count = pixels - pixel < nr ? pixels - pixel : nr;
      apus_pack_f32_kernel_at(0)->pixels(
          &w, left, channels, 1, depth, pixel, count, nr, expected);
      kernel->pixels(&w, left, channels, 1, depth, pixel, count, nr, result);
      compare(kernel->name, number, (depth - 1) * nr, 0);
    }
  }
}

static void test_row(const apus_row_f32_kernel *kernel) {
  const apus_row_f32_kernel *twin = apus_row_f32_kernel_at(0);
  fill(left, 9);
  for (int64_t length = 1; length < 40; length++) {
    for (int64_t inner = 1; inner < 20; inner++) {
      twin->softmax(left, expected, length, inner);
      kernel->softmax(left, result, length, inner);
      compare(kernel->name, (int)length, length * inner, 1e-6f);
    }
    expected[0] = twin->sum(left, length);
    result[0] = kernel->sum(left, length);
    compare(kernel->name, (int)length, 1, 1e-5f);
  }
}

#define TEST_FAMILY(family)                                                                    \
  for (int64_t i = 1; apus_##family##_f32_kernel_at(i); i++) {                                 \
    const apus_##family##_f32_kernel *kernel = apus_##family##_f32_kernel_at(i);               \
    if (announce(kernel->name, (int)kernel->isa)) test_##family(kernel);                       \
  }

void test_planar(void) {
  TEST_FAMILY(unary)
  TEST_FAMILY(binary)
  TEST_FAMILY(gemm)
  TEST_FAMILY(window)
  TEST_FAMILY(pack)
  TEST_FAMILY(row)
}
