// Every kernel over maps against its scalar twin, run in two parts of the rows. Blocks end where the last
// element ends, so that AddressSanitizer sees a step too far.
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "apus_map.h"
#include "harness.h"

static int64_t size_of(apus_element element) {
  return element == APUS_ELEMENT_F32 ? 4 : element == APUS_ELEMENT_BF16 ? 2 : 1;
}

static float value_at(apus_element element, const uint8_t *p) {
  if (element == APUS_ELEMENT_U8) return *p;
  uint32_t word = 0;
  float x;
  if (element == APUS_ELEMENT_BF16) {
    uint16_t half;
    memcpy(&half, p, 2);
    word = (uint32_t)half << 16;
  } else {
    memcpy(&word, p, 4);
  }
  memcpy(&x, &word, 4);
  return x;
}

// A map in a block of its own, of random elements; with `gap` elements between pixels and `border` pixels
// at the end of each row but the last.
static apus_map make_map(
    apus_element element, int64_t height, int64_t width, int64_t channels, int64_t gap, int64_t border) {
  const int64_t size = size_of(element), pixel = (channels + gap) * size, row = (width + border) * pixel;
  const int64_t bytes = (height - 1) * row + (width - 1) * pixel + channels * size;
  const apus_map map = {block(bytes), height, width, channels, pixel, row};
  for (int64_t i = 0; i < bytes; i += size) {
    const float x = random_float(8);
    uint32_t word;
    memcpy(&word, &x, 4);
    if (element == APUS_ELEMENT_U8) {
      map.base[i] = (uint8_t)random_bits();
    } else if (element == APUS_ELEMENT_BF16) {
      const uint16_t half = (uint16_t)(word >> 16);
      memcpy(map.base + i, &half, 2);
    } else {
      memcpy(map.base + i, &word, 4);
    }
  }
  return map;
}

static int64_t bytes_of(apus_map m, apus_element element) {
  return (m.height - 1) * m.row_stride + (m.width - 1) * m.pixel_stride + m.channels * size_of(element);
}

static apus_map copy_of(apus_map m, apus_element element) {
  apus_map copy = m;
  copy.base = block(bytes_of(m, element));
  memcpy(copy.base, m.base, (size_t)bytes_of(m, element));
  return copy;
}

static const apus_map_kernels *twin_of(const apus_map_kernels *kernels) {
  for (int64_t i = 0; apus_map_kernels_at(i); i++) {
    const apus_map_kernels *other = apus_map_kernels_at(i);
    if (other->isa == APUS_ISA_SCALAR && other->element == kernels->element) return other;
  }
  return NULL;
}

// Whether two elements agree: `steps` units of 2^-22 (2^-7 where bfloat16) of the larger of them and `size`.
static bool agree(apus_element element, float got, float expected, float steps, float size) {
  if (isnan(expected) || isnan(got)) return isnan(expected) && isnan(got);
  if (got == expected) return true;
  if (element == APUS_ELEMENT_U8 || steps == 0) return false;
  const float unit = element == APUS_ELEMENT_BF16 ? 0x1p-7f : 0x1p-22f * steps;
  return fabsf(got - expected) <= unit * fmaxf(size, fabsf(expected)) + 3e-37f;
}

// All bytes of two maps, gaps and borders included; frees both.
static void compare(
    const apus_map_kernels *kernels, const char *what, int detail, apus_map got, apus_map expected, float steps,
    float size) {
  const apus_element element = kernels->element;
  const int64_t bytes = size_of(element);
  for (int64_t i = 0; i < bytes_of(got, element); i += bytes) {
    if (memcmp(got.base + i, expected.base + i, (size_t)bytes) == 0) continue;
    const int64_t row = i / got.row_stride, at = i % got.row_stride, x = at / got.pixel_stride;
    const int64_t c = at % got.pixel_stride / bytes;
    const float g = value_at(element, got.base + i), e = value_at(element, expected.base + i);
    if (x < got.width && c < got.channels && agree(element, g, e, steps, size)) continue;
    differ(
        kernels->name, "%s %d, %ld x %ld x %ld: (%ld, %ld, %ld) is %.9g, not %.9g", what, detail,
        (long)got.height, (long)got.width, (long)got.channels, (long)row, (long)x, (long)c, g, e);
    break;
  }
  free(got.base), free(expected.base);
}

typedef struct size {
  int64_t height, width, channels, gap, border;
} size;

static apus_map map_of(const apus_map_kernels *kernels, size s) {
  return make_map(kernels->element, s.height, s.width, s.channels, s.gap, s.border);
}

// Runs CALL(kernels, map, begin, end) of the kernel in two parts and of the twin at once, then compares.
#define CHECK(WHAT, DETAIL, DST, STEPS, SIZE, CALL)                                 \
  {                                                                                 \
    const apus_map dst_ = DST, other_ = copy_of(dst_, k->element);                  \
    const int64_t half_ = dst_.height / 2;                                          \
    CALL(k, dst_, half_, dst_.height);                                              \
    CALL(k, dst_, 0, half_);                                                        \
    CALL(twin_of(k), other_, 0, dst_.height);                                       \
    compare(k, WHAT, DETAIL, dst_, other_, STEPS, SIZE);                            \
  }

static void check_planes(const apus_map_kernels *k, size s) {
  static const float special[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f, -0.0f, 1e-40f, 0.125f, 0.375f};
  const int64_t count = s.height * s.width * s.channels;
  float *planes = block(4 * count), *got = block(4 * count), *expected = block(4 * count);
  for (int64_t i = 0; i < count; i++) {
    planes[i] = random_bits() % 8 ? random_float(20) : special[random_bits() % 9];
  }
  const apus_grid grid = {random_bits() % 2 ? 0.25f : 0.1f, 17};
#define CALL(K, MAP, BEGIN, END) (K)->from_planes(planes, MAP, grid, BEGIN, END)
  CHECK("from_planes", 0, map_of(k, s), 0, 0, CALL)
#undef CALL
  const apus_map src = map_of(k, s);
  const int64_t half = s.height / 2;
  k->to_planes(src, got, grid, half, s.height);
  k->to_planes(src, got, grid, 0, half);
  twin_of(k)->to_planes(src, expected, grid, 0, s.height);
  if (memcmp(got, expected, (size_t)(4 * count)) != 0) {
    differ(k->name, "to_planes %ld x %ld x %ld", (long)s.height, (long)s.width, (long)s.channels);
  }
  free(src.base), free(planes), free(got), free(expected);
}

static void check_copies(const apus_map_kernels *k, size s) {
  uint8_t table[256];
  int32_t rows[64], columns[64];
  for (int i = 0; i < 256; i++) table[i] = (uint8_t)random_bits();
  for (int i = 0; i < 64; i++) {
    rows[i] = (int32_t)random_between(0, s.height - 1);
    columns[i] = (int32_t)random_between(0, s.width - 1);
  }
  for (int variant = 0; variant < 4; variant++) {
    const uint8_t *through = k->element == APUS_ELEMENT_U8 && variant & 1 ? table : NULL;
    const int32_t *r = variant & 2 ? rows : NULL, *c = variant & 2 ? columns : NULL;
    const apus_map src = map_of(k, s);
    const size large = {2 * s.height, 2 * s.width, s.channels, 1, 0};
#define CALL(K, MAP, BEGIN, END) (K)->gather(src, MAP, r, c, through, BEGIN, END)
    CHECK("gather", variant, map_of(k, variant & 2 ? large : s), 0, 0, CALL)
#undef CALL
    free(src.base);
  }
  static const int64_t counts[] = {1, 2, 3, 5};
  for (int i = 0; i < 4; i++) {
    const size whole = {s.height, s.width, s.channels * counts[i], s.gap, s.border};
    const apus_map src = map_of(k, whole);
#define CALL(K, MAP, BEGIN, END) (K)->shuffle(src, MAP, counts[i], BEGIN, END)
    CHECK("shuffle", (int)counts[i], map_of(k, whole), 0, 0, CALL)
#undef CALL
    free(src.base);
  }
}

static void check_pool(const apus_map_kernels *k, size s, apus_pool_window w, int64_t height, int64_t width) {
  const size out = {height, width, s.channels, s.border, s.gap};
  const apus_grid from = {0.1f, 11}, to = {0.07f, 30};
  for (w.pool = APUS_POOL_MAX; w.pool <= APUS_POOL_MEAN_PADDED; w.pool++) {
    const apus_map src = map_of(k, s);
    const apus_grid grid = w.pool == APUS_POOL_MAX ? from : to;
#define CALL(K, MAP, BEGIN, END) (K)->pool(src, MAP, w, from, grid, BEGIN, END)
    CHECK("pool", (int)w.pool, map_of(k, out), w.pool == APUS_POOL_MAX ? 0 : 16, 8, CALL)
#undef CALL
    free(src.base);
  }
}

static void check_pools(const apus_map_kernels *k, int64_t channels, int64_t gap) {
  const size s = {9, 11, channels, gap, 2}, wide = {2, 150, channels, gap, 0};
  check_pool(k, s, (apus_pool_window){0, 5, 5, 1, 1, 1, 1, 2, 2}, 9, 11);
  check_pool(k, s, (apus_pool_window){0, 2, 2, 2, 2, 1, 1, 0, 0}, 4, 5);
  check_pool(k, s, (apus_pool_window){0, 3, 3, 2, 2, 1, 1, 1, 1}, 5, 6);
  check_pool(k, s, (apus_pool_window){0, 2, 3, 1, 2, 3, 2, 1, 2}, 7, 5);
  check_pool(k, s, (apus_pool_window){0, 9, 11, 1, 1, 1, 1, 0, 0}, 1, 1);
  check_pool(k, wide, (apus_pool_window){0, 1, 5, 1, 1, 1, 1, 0, 2}, 2, 150);
  check_pool(k, wide, (apus_pool_window){0, 2, 9, 1, 3, 1, 7, 0, 4}, 1, 34);
  check_pool(k, wide, (apus_pool_window){0, 2, 150, 1, 1, 1, 1, 0, 0}, 1, 1);
  check_pool(k, wide, (apus_pool_window){0, 1, 70, 1, 40, 1, 1, 0, 30}, 2, 3);
}

static void check_pairs(const apus_map_kernels *k, size s) {
  const apus_grid a_grid = {0.1f, 3}, b_grid = {0.25f, 128}, grid = {0.3f, 20};
  const size one = {1, 1, s.channels, 0, 0};
  const int functions = k->element == APUS_ELEMENT_U8 ? 1 : APUS_UNARY_COUNT;
  for (int pair = 0; pair < APUS_PAIR_COUNT; pair++) {
    for (int f = 0; f < functions; f++) {
      for (int sides = 0; sides < 3; sides++) {
        if (f == APUS_UNARY_SQRT && sides) continue;
        const apus_map a = map_of(k, sides == 1 ? one : s), b = map_of(k, sides == 2 ? one : s);
        const apus_activation activation = {(apus_unary)f, 0.1f, 0.6f};
#define CALL(K, MAP, BEGIN, END) \
  (K)->pair((apus_pair)pair, activation, a, b, MAP, a_grid, b_grid, grid, BEGIN, END)
        CHECK("pair", 100 * pair + f, map_of(k, s), f == APUS_UNARY_IDENTITY ? 0 : 2, 0, CALL)
#undef CALL
        free(a.base), free(b.base);
      }
    }
  }
}

static void check_pixels(const apus_map_kernels *k, size s) {
  const apus_grid from = {0.1f, 11}, to = {0.07f, 30};
  float rows[64], columns[64];
  for (int i = 0; i < 64; i++) {
    rows[i] = random_float((float)s.height + 1);
    columns[i] = i % 3 ? random_float((float)s.width + 1) : (float)(i % 7);
  }
  const apus_map src = map_of(k, s);
  const size large = {2 * s.height, 2 * s.width, s.channels, s.border, s.gap};
#define CALL(K, MAP, BEGIN, END) (K)->interpolate(src, MAP, rows, columns, from, to, BEGIN, END)
  CHECK("interpolate", 0, map_of(k, large), 0, 0, CALL)
#undef CALL
  for (int f = 0; f < APUS_UNARY_COUNT && k->activate; f++) {
    const apus_activation activation = {(apus_unary)f, 0.1f, 0.6f};
#define CALL(K, MAP, BEGIN, END) (K)->activate(activation, src, MAP, BEGIN, END)
    CHECK("activate", f, map_of(k, s), 2, 0, CALL)
#undef CALL
  }
  free(src.base);
}

// Maps of any number of channels, of which a limit is asked.
static void check_above(const apus_map_kernels *k, size s) {
  const apus_map src = map_of(k, s);
  const int64_t bytes = size_of(k->element);
  if (k->element != APUS_ELEMENT_U8) {
    const float nan = NAN;
    const uint16_t half = 0x7FC0;
    memcpy(src.base, k->element == APUS_ELEMENT_BF16 ? (const void *)&half : &nan, (size_t)bytes);
  }
  const float largest = value_at(k->element, src.base + (s.channels - 1) * bytes);
  const float limits[] = {-INFINITY, -1, 0, 7.9f, 127, 254, 255, INFINITY, NAN, largest, largest - 0.5f};
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
    for (int64_t y = 0; y < s.height; y++) {
      int32_t *got = block(4 * s.width), *expected = block(4 * s.width);
      const int64_t count = k->above(src, limits[i], y, got);
      const int64_t wanted = twin_of(k)->above(src, limits[i], y, expected);
      if (count != wanted || memcmp(got, expected, (size_t)(4 * count)) != 0) {
        differ(
            k->name, "above %g, %ld x %ld channels: %ld columns, not %ld", limits[i], (long)s.width,
            (long)s.channels, (long)count, (long)wanted);
      }
      free(got), free(expected);
    }
  }
  free(src.base);
}

static void check_pictures(const apus_map_kernels *k, int64_t height, int64_t width, int64_t gap) {
  const int64_t bytes = size_of(k->element), count = 3 * height * width;
  uint8_t *pixels = block(count), *tables = block(768 * bytes);
  for (int variant = 0; variant < 4; variant++) {
    for (int64_t i = 0; i < count; i++) pixels[i] = (uint8_t)random_bits();
    for (int64_t i = 0; i < 768 * bytes; i++) {
      tables[i] = variant & 1 && i >= 256 * bytes ? tables[i - 256 * bytes] : (uint8_t)random_bits();
    }
    const size s = {height, width, 3, gap, 2};
    const apus_map dst = map_of(k, s), other = copy_of(dst, k->element);
    k->from_pixels(pixels, tables, variant & 2, dst, height / 2, height);
    k->from_pixels(pixels, tables, variant & 2, dst, 0, height / 2);
    twin_of(k)->from_pixels(pixels, tables, variant & 2, other, 0, height);
    const int64_t all = bytes_of(dst, k->element);
    if (memcmp(dst.base, other.base, (size_t)all) != 0) {
      differ(k->name, "from_pixels %d, %ld x %ld, gap %ld", variant, (long)height, (long)width, (long)gap);
    }
    // A frame around a part: the twin is the obvious loop.
    const int64_t top = height / 3, left = width / 4, rows = height / 2, columns = width / 2;
    apus_map_frame(dst, k->element, tables, top, left, rows, columns);
    for (int64_t y = 0; y < height; y++) {
      for (int64_t x = 0; x < width; x++) {
        if (y >= top && y < top + rows && x >= left && x < left + columns) continue;
        memcpy(other.base + y * other.row_stride + x * other.pixel_stride, tables, (size_t)(3 * bytes));
      }
    }
    if (memcmp(dst.base, other.base, (size_t)all) != 0) {
      differ(k->name, "frame %ld x %ld, gap %ld", (long)height, (long)width, (long)gap);
    }
    free(dst.base), free(other.base);
  }
  free(pixels), free(tables);
}

void test_map(void) {
  static const int64_t channels[] = {1, 2, 3, 4, 5, 15, 16, 17, 29, 31, 32, 33, 58, 64, 65, 100, 255};
  for (int64_t i = 0; apus_map_kernels_at(i); i++) {
    const apus_map_kernels *k = apus_map_kernels_at(i);
    if (k->isa == APUS_ISA_SCALAR || !announce(k->name, k->isa)) continue;
    static const int64_t widths[] = {1, 2, 5, 20, 21, 22, 43, 64, 100};
    for (size_t j = 0; j < sizeof widths / sizeof *widths; j++) {
      check_pictures(k, 1, widths[j], 0);
      check_pictures(k, 4, widths[j], 0);
      check_pictures(k, 3, widths[j], 1);
    }
    for (size_t j = 0; j < sizeof channels / sizeof *channels; j++) {
      const int64_t c = channels[j];
      const size sizes[] = {
          {1, 1, c, 0, 0}, {3, 5, c, 0, 0}, {4, 17, c, 0, 0}, {3, 16, c, 3, 0}, {5, 7, c, 1, 2}, {2, 31, c, 0, 1}};
      for (size_t n = 0; n < sizeof sizes / sizeof *sizes; n++) {
        check_planes(k, sizes[n]);
        check_copies(k, sizes[n]);
        check_pairs(k, sizes[n]);
        check_pixels(k, sizes[n]);
        check_above(k, sizes[n]);
      }
      check_pools(k, c, 0);
      check_pools(k, c, 5);
    }
  }
}
