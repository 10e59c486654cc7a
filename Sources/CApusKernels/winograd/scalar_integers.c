// The twins of integers: products with the matrices of the transforms.
#include "apus_winograd.h"
#include "points.h"

enum { OUTPUT = APUS_WINOGRAD_OUTPUT, WINDOW = APUS_WINOGRAD_WINDOW };

static const int32_t of_input[WINDOW][WINDOW] = {{4, 0, -5, 0, 1, 0},  {0, -4, -4, 1, 1, 0},
                                                 {0, 4, -4, -1, 1, 0}, {0, -2, -1, 2, 1, 0},
                                                 {0, 2, -1, -2, 1, 0}, {0, 4, 0, -5, 0, 1}};

// Times of_output and of_input, 24 times the sum of three neighbours with their weights.
static const int32_t of_weights[WINDOW][3] = {{6, 0, 0}, {-1, -1, -1}, {-1, 1, -1},
                                              {1, 2, 4}, {1, -2, 4},   {0, 0, 6}};

static const int32_t of_output[OUTPUT][WINDOW] = {
    {1, 4, 4, 1, 1, 0}, {0, 4, -4, 2, -2, 0}, {0, 4, 4, 4, 4, 0}, {0, 4, -4, 8, -8, 4}};

static void input(
    const uint8_t *src, int64_t row_stride, int64_t pixel_stride, int64_t rows, int64_t columns,
    int64_t channels, void *into, int64_t product_stride) {
  int16_t *const to = into;
  for (int64_t c = 0; c < channels; c++) {
    for (int i = 0; i < WINDOW; i++) {
      for (int j = 0; j < WINDOW; j++) {
        int32_t sum = 0;
        for (int64_t y = 0; y < rows; y++) {
          for (int64_t x = 0; x < columns; x++) {
            sum += of_input[i][y] * of_input[j][x] * src[y * row_stride + x * pixel_stride + c];
          }
        }
        to[(i * WINDOW + j) * product_stride + c] = (int16_t)sum;
      }
    }
  }
}

static void output(
    const void *from, int64_t product_stride, int64_t channels, void *into, int64_t row_stride,
    int64_t pixel_stride) {
  const uint32_t *const sums = from;
  int32_t *const to = into;
  for (int64_t c = 0; c < channels; c++) {
    for (int y = 0; y < OUTPUT; y++) {
      for (int x = 0; x < OUTPUT; x++) {
        uint32_t sum = 0;
        for (int i = 0; i < WINDOW; i++) {
          for (int j = 0; j < WINDOW; j++) {
            const uint32_t factor = (uint32_t)(of_output[y][i] * of_output[x][j]);
            sum += factor * sums[(i * WINDOW + j) * product_stride + c];
          }
        }
        to[y * row_stride + x * pixel_stride + c] =
            (int32_t)(sum * APUS_WINOGRAD_NINTH) >> APUS_WINOGRAD_SHIFT;
      }
    }
  }
}

static void weights(
    const int8_t *src, int64_t tap_stride, int64_t count, int16_t *to, int64_t product_stride) {
  for (int64_t at = 0; at < count; at++) {
    for (int i = 0; i < WINDOW; i++) {
      for (int j = 0; j < WINDOW; j++) {
        int32_t sum = 0;
        for (int tap = 0; tap < 9; tap++) {
          sum += of_weights[i][tap / 3] * of_weights[j][tap % 3] * src[tap * tap_stride + at];
        }
        to[(i * WINDOW + j) * product_stride + at] = (int16_t)sum;
      }
    }
  }
}

const apus_winograd_kernel apus_winograd_s16_kernel__scalar = {
    APUS_ISA_SCALAR, APUS_PRODUCT_S16, "apus_winograd_s16__scalar", input, output, weights};

int apus_winograd_reaches(const int8_t *weights, int64_t outputs, int64_t inputs) {
  for (int64_t output = 0; output < outputs; output++) {
    int64_t up = 0, down = 0;
    for (int64_t at = 0; at < 9 * inputs; at++) {
      const int64_t most = 255 * weights[output * 9 * inputs + at];
      up += most > 0 ? most : 0;
      down += most < 0 ? most : 0;
    }
    if (up >= 1 << 25 || down < -(1 << 25)) return 0;
  }
  return 1;
}
