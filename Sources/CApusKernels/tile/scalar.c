// The twins: sums of floats are taken in double and rounded once.
#include <assert.h>
#include <string.h>

#include "tables.h"

enum { ROWS = 4, COLUMNS = 8 };

// Element e of type `product` that starts at `at`. Products of integers are exact, and so are their sums
// below 2^53.
static double element(apus_product product, int is_weight, const uint8_t *at, int64_t e) {
  if (product == APUS_PRODUCT_U8S8) return is_weight ? (int8_t)at[e] : at[e];
  if (product == APUS_PRODUCT_S16) {
    int16_t word;
    memcpy(&word, at + 2 * e, 2);
    return word;
  }
  uint32_t bits = 0;
  if (product == APUS_PRODUCT_F32) {
    memcpy(&bits, at + 4 * e, 4);
  } else {
    memcpy((uint8_t *)&bits + 2, at + 2 * e, 2);  // the high half of a float
  }
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

static void store(apus_product product, void *sums, int64_t index, double sum) {
  if (product == APUS_PRODUCT_U8S8 || product == APUS_PRODUCT_S16) {
    ((uint32_t *)sums)[index] = (uint32_t)(int64_t)sum;
  } else {
    ((float *)sums)[index] = (float)sum;
  }
}

static void dense(
    apus_product product, const apus_tile_source *source, const void *weights, void *sums,
    int64_t rows) {
  assert(rows >= 1 && rows <= ROWS);
  const int64_t group = 4 / apus_product_element(product);
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < COLUMNS; j++) {
      double sum = 0;
      const uint8_t *w = (const uint8_t *)weights + 4 * j;
      for (int64_t s = 0; s < source->segments; s++) {
        const uint8_t *x = source->first + i * source->pixel_stride + source->offsets[s];
        for (int64_t step = 0; step < source->steps; step++, x += 4, w += 4 * COLUMNS) {
          for (int64_t e = 0; e < group; e++) {
            sum += element(product, 0, x, e) * element(product, 1, w, e);
          }
        }
      }
      store(product, sums, i * COLUMNS + j, sum);
    }
  }
}

static void depthwise(
    apus_product product, const apus_tile_source *source, const void *weights, void *sums,
    int64_t rows) {
  assert(rows >= 1 && rows <= ROWS && source->steps == 1);
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < COLUMNS; j++) {
      double sum = 0;
      for (int64_t s = 0; s < source->segments; s++) {
        const uint8_t *x = source->first + i * source->pixel_stride + source->offsets[s];
        sum += element(product, 0, x, j) * element(product, 1, weights, s * COLUMNS + j);
      }
      store(product, sums, i * COLUMNS + j, sum);
    }
  }
}

#define TWIN(product, text, shape)                                                         \
  static void shape##_##text(                                                              \
      const apus_tile_source *source, const void *weights, void *sums, int64_t rows) {     \
    shape(product, source, weights, sums, rows);                                           \
  }
TWIN(APUS_PRODUCT_F32, f32, dense)
TWIN(APUS_PRODUCT_BF16, bf16, dense)
TWIN(APUS_PRODUCT_U8S8, u8s8, dense)
TWIN(APUS_PRODUCT_S16, s16, dense)
TWIN(APUS_PRODUCT_F32, f32, depthwise)
TWIN(APUS_PRODUCT_BF16, bf16, depthwise)
TWIN(APUS_PRODUCT_U8S8, u8s8, depthwise)

#define ROW(product, text, shape, is_depthwise, name)                                    \
  {APUS_ISA_SCALAR, product, is_depthwise, name "_" #text "__scalar_4x8", ROWS, COLUMNS, \
   COLUMNS / (is_depthwise ? 1 : 2), 1, 0, 0, shape##_##text}
const apus_tile_kernel apus_tile_scalar[] = {
    ROW(APUS_PRODUCT_F32, f32, dense, 0, "apus_tile"),
    ROW(APUS_PRODUCT_BF16, bf16, dense, 0, "apus_tile"),
    ROW(APUS_PRODUCT_U8S8, u8s8, dense, 0, "apus_tile"),
    ROW(APUS_PRODUCT_S16, s16, dense, 0, "apus_tile"),
    ROW(APUS_PRODUCT_F32, f32, depthwise, 1, "apus_tile_depthwise"),
    ROW(APUS_PRODUCT_BF16, bf16, depthwise, 1, "apus_tile_depthwise"),
    ROW(APUS_PRODUCT_U8S8, u8s8, depthwise, 1, "apus_tile_depthwise"),
    {0},
};
