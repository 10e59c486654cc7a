// The twins: products with the matrices of the transforms, of floats in double.
#include <stddef.h>
#include <string.h>

#include "apus_winograd.h"
#include "points.h"

enum { OUTPUT = APUS_WINOGRAD_OUTPUT, WINDOW = APUS_WINOGRAD_WINDOW };

#define A POINT_A
#define B POINT_B
#define AA POINT_AA
#define BB POINT_BB

static const double of_input[WINDOW][WINDOW] = {
    {AA * BB, 0, -AA - BB, 0, 1, 0}, {0, -A * BB, -BB, A, 1, 0}, {0, A *BB, -BB, -A, 1, 0},
    {0, -B * AA, -AA, B, 1, 0},      {0, B *AA, -AA, -B, 1, 0},  {0, AA *BB, 0, -AA - BB, 0, 1}};

static const double of_output[OUTPUT][WINDOW] = {
    {1, 1, 1, 1, 1, 0},
    {0, A, -A, B, -B, 0},
    {0, AA, AA, BB, BB, 0},
    {0, A *AA, -A *AA, B *BB, -B *BB, 1}};

#define NEAR (2 * AA * (AA - BB))
#define FAR (2 * BB * (BB - AA))
static const double of_weights[WINDOW][3] = {
    {1 / (AA * BB), 0, 0},       {1 / NEAR, A / NEAR, AA / NEAR}, {1 / NEAR, -A / NEAR, AA / NEAR},
    {1 / FAR, B / FAR, BB / FAR}, {1 / FAR, -B / FAR, BB / FAR},   {0, 0, 1}};

static void input(
    const uint8_t *src, int64_t row_stride, int64_t pixel_stride, int64_t rows, int64_t columns,
    int64_t channels, void *into, int64_t product_stride) {
  float *const to = into;
  for (int64_t c = 0; c < channels; c++) {
    for (int i = 0; i < WINDOW; i++) {
      for (int j = 0; j < WINDOW; j++) {
        double sum = 0;
        for (int64_t y = 0; y < rows; y++) {
          for (int64_t x = 0; x < columns; x++) {
            float pixel;
            memcpy(&pixel, src + y * row_stride + x * pixel_stride + 4 * c, sizeof pixel);
            sum += of_input[i][y] * of_input[j][x] * pixel;
          }
        }
        to[(i * WINDOW + j) * product_stride + c] = (float)sum;
      }
    }
  }
}

static void output(
    const void *from, int64_t product_stride, int64_t channels, void *into, int64_t row_stride,
    int64_t pixel_stride) {
  const float *const sums = from;
  float *const to = into;
  for (int64_t c = 0; c < channels; c++) {
    for (int y = 0; y < OUTPUT; y++) {
      for (int x = 0; x < OUTPUT; x++) {
        double sum = 0;
        for (int i = 0; i < WINDOW; i++) {
          for (int j = 0; j < WINDOW; j++) {
            sum += of_output[y][i] * of_output[x][j] * sums[(i * WINDOW + j) * product_stride + c];
          }
        }
        to[y * row_stride + x * pixel_stride + c] = (float)sum;
      }
    }
  }
}

const apus_winograd_kernel apus_winograd_f32_kernel__scalar = {
    APUS_ISA_SCALAR, APUS_PRODUCT_F32, "apus_winograd_f32__scalar", input, output, NULL};

void apus_winograd_weights(const float *weights, int64_t outputs, int64_t inputs, float *to) {
  const int64_t count = outputs * inputs;
  for (int64_t at = 0; at < count; at++, weights += 9) {
    double rows[WINDOW][3];
    for (int i = 0; i < WINDOW; i++) {
      for (int x = 0; x < 3; x++) {
        rows[i][x] = of_weights[i][0] * weights[x] + of_weights[i][1] * weights[3 + x] +
                     of_weights[i][2] * weights[6 + x];
      }
    }
    for (int i = 0; i < WINDOW; i++) {
      for (int j = 0; j < WINDOW; j++) {
        to[(i * WINDOW + j) * count + at] =
            (float)(rows[i][0] * of_weights[j][0] + rows[i][1] * of_weights[j][1] +
                    rows[i][2] * of_weights[j][2]);
      }
    }
  }
}
