// Every finishing kernel against its scalar twin. Blocks end where reading or writing may end, so that
// AddressSanitizer sees a step too far.
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "apus_finish.h"
#include "harness.h"

typedef struct shape {
  int64_t pixels, channels, sums_stride, dst_stride, residual_stride;  // the last two in bytes
} shape;

static int64_t element_bytes(apus_finish_kind kind) {
  return kind == APUS_FINISH_I32_U8 ? 1 : kind == APUS_FINISH_F32_BF16 ? 2 : 4;
}

static float value_at(apus_finish_kind kind, const uint8_t *p) {
  float x;
  uint16_t half;
  if (kind == APUS_FINISH_F32_BF16) {
    memcpy(&half, p, 2);
    const uint32_t word = (uint32_t)half << 16;
    memcpy(&x, &word, 4);
  } else {
    memcpy(&x, p, 4);
  }
  return x;
}

static const apus_finish_kernel *twin_of(const apus_finish_kernel *kernel) {
  for (int64_t i = 0; apus_finish_kernel_at(i); i++) {
    const apus_finish_kernel *other = apus_finish_kernel_at(i);
    if (other->isa == APUS_ISA_SCALAR && other->kind == kernel->kind) return other;
  }
  return NULL;
}

// A block of random bytes.
static void *random_block(int64_t bytes) {
  uint8_t *p = block(bytes);
  for (int64_t i = 0; i < bytes; i++) p[i] = (uint8_t)random_bits();
  return p;
}

// Functions that only choose and multiply give the same bits everywhere.
static int is_exact(apus_unary function) {
  return function == APUS_UNARY_IDENTITY || function == APUS_UNARY_RELU ||
         function == APUS_UNARY_LEAKY_RELU || function == APUS_UNARY_CLIP ||
         function == APUS_UNARY_ABS || function == APUS_UNARY_NEGATE;
}

static int agree(
    const apus_finish_kernel *kernel, const apus_finish *f, const uint8_t *got,
    const uint8_t *expected, const uint8_t *before_residual) {
  const float g = value_at(kernel->kind, got), e = value_at(kernel->kind, expected);
  if (isnan(e) || isnan(g)) return isnan(e) && isnan(g);
  if (g == e) return 1;
  if (is_exact(f->activation.function)) return 0;
  const float own = fabsf(value_at(kernel->kind, before_residual));
  const float size = fmaxf(own, fabsf(e));
  const float step = kernel->kind == APUS_FINISH_F32_BF16 ? 1.0f / 128 : 5 * FLT_EPSILON;
  return fabsf(g - e) <= size * step + 3e-37f;
}

static void fill_sums(const apus_finish_kernel *kernel, uint8_t *sums, int64_t count) {
  static const float special[] = {NAN, INFINITY, -INFINITY, 0, -0.0f, 1e-40f, 3e38f, -3e38f, -88, -100, 89};
  for (int64_t i = 0; i < count; i++) {
    const int is_special = random_bits() % 16 == 0;
    if (kernel->kind == APUS_FINISH_I32_U8 || kernel->kind == APUS_FINISH_I32_F32) {
      int32_t x = (int32_t)(random_bits() % 4001) - 2000;
      if (is_special) x = random_bits() % 2 ? INT32_MAX - 2000 : INT32_MIN + 2000;
      memcpy(sums + 4 * i, &x, 4);
    } else {
      float x = random_float(12);
      if (is_special) x = special[random_bits() % (sizeof special / sizeof *special)];
      memcpy(sums + 4 * i, &x, 4);
    }
  }
}

// The channels' biases and scales; a half in a scale makes ties of rounding.
static void fill_channels(const apus_finish_kernel *kernel, uint8_t *bias, float *scale, int64_t count) {
  for (int64_t c = 0; c < count; c++) {
    const int32_t whole = (int32_t)(random_bits() % 2001) - 1000;
    const float real = random_bits() % 4 ? random_float(2) : 0;  // 0 lets sums below the normal range through
    if (kernel->kind == APUS_FINISH_I32_U8 || kernel->kind == APUS_FINISH_I32_F32) {
      memcpy(bias + 4 * c, &whole, 4);
    } else {
      memcpy(bias + 4 * c, &real, 4);
    }
    scale[c] = random_bits() % 3 == 0 ? 0.5f : random_bits() % 5 == 0 ? 1e20f : 0.1f + fabsf(random_float(0.2f));
  }
}

static void check(const apus_finish_kernel *kernel, const apus_finish *f, shape s, int has_residual) {
  const int64_t size = element_bytes(kernel->kind);
  const int64_t sums_bytes = 4 * ((s.pixels - 1) * s.sums_stride + s.channels);
  const int64_t dst_bytes = (s.pixels - 1) * s.dst_stride + s.channels * size;
  const int64_t residual_bytes = (s.pixels - 1) * s.residual_stride + s.channels * size;
  uint8_t *sums = block(sums_bytes), *residual = random_block(residual_bytes);
  uint8_t *bias = block(4 * s.channels);
  float *scale = block(4 * s.channels);
  fill_sums(kernel, sums, sums_bytes / 4);
  fill_channels(kernel, bias, scale, s.channels);
  uint8_t *got = random_block(dst_bytes), *expected = block(dst_bytes), *own = block(dst_bytes);
  memcpy(expected, got, (size_t)dst_bytes);
  memcpy(own, got, (size_t)dst_bytes);
  apus_finish finish = *f;
  finish.bias = bias;
  finish.scale = scale;
  const uint8_t *r = has_residual ? residual : NULL;
  const apus_finish_kernel *twin = twin_of(kernel);
  twin->run(&finish, sums, s.sums_stride, s.pixels, s.channels, own, s.dst_stride, NULL, 0);
  twin->run(&finish, sums, s.sums_stride, s.pixels, s.channels, expected, s.dst_stride, r, s.residual_stride);
  kernel->run(&finish, sums, s.sums_stride, s.pixels, s.channels, got, s.dst_stride, r, s.residual_stride);
  for (int64_t i = 0; i < dst_bytes; i++) {
    const int64_t at = i % s.dst_stride;
    int good = got[i] == expected[i];
    if (!good && kernel->kind != APUS_FINISH_I32_U8 && at < s.channels * size) {
      const int64_t start = i - at % size;
      good = agree(kernel, f, got + start, expected + start, own + start);
    }
    if (good) continue;
    differ(
        kernel->name, "pixels %ld, channels %ld, function %d, residual %d: byte %ld is %d, not %d",
        (long)s.pixels, (long)s.channels, f->activation.function, has_residual, (long)i, got[i], expected[i]);
    break;
  }
  free(sums), free(residual), free(bias), free(scale), free(got), free(expected), free(own);
}

static void check_shape(const apus_finish_kernel *kernel, shape s, const uint8_t *table) {
  const int is_u8 = kernel->kind == APUS_FINISH_I32_U8;
  for (int has_residual = 0; has_residual < 2; has_residual++) {
    if (is_u8) {
      for (int variant = 0; variant < 4; variant++) {
        const apus_finish f = {
            .table = variant & 1 ? table : NULL, .zero = variant & 2 ? 128 : 7, .own_zero = 5,
            .residual_zero = variant & 2 ? 255 : 0, .sum_zero = 30, .own_scale = 0.5f,
            .residual_scale = variant & 2 ? 0.37f : 0.25f};
        check(kernel, &f, s, has_residual);
      }
    } else {
      for (int function = 0; function < APUS_UNARY_COUNT; function++) {
        const apus_finish f = {.activation = {(apus_unary)function, 0.1f, 0.6f}};
        check(kernel, &f, s, has_residual);
      }
    }
  }
}

void test_finish(void) {
  static const int64_t channels[] = {1, 3, 15, 16, 17, 29, 32, 33, 48, 58, 64, 65, 80, 255};
  static const int64_t pixels[] = {1, 2, 3, 4, 5, 7, 14};
  uint8_t table[256];
  for (int i = 0; i < 256; i++) table[i] = (uint8_t)random_bits();
  for (int64_t k = 0; apus_finish_kernel_at(k); k++) {
    const apus_finish_kernel *kernel = apus_finish_kernel_at(k);
    if (kernel->isa == APUS_ISA_SCALAR || !announce(kernel->name, kernel->isa)) continue;
    for (size_t i = 0; i < sizeof channels / sizeof *channels; i++) {
      for (size_t j = 0; j < sizeof pixels / sizeof *pixels; j++) {
        const int64_t size = element_bytes(kernel->kind), c = channels[i];
        const shape dense = {pixels[j], c, c, c * size, c * size};
        const shape strided = {pixels[j], c, (c + 15) / 16 * 16, (c + 5) * size, (c + 1) * size};
        check_shape(kernel, dense, table);
        check_shape(kernel, strided, table);
      }
    }
  }
}
