#include "element.h"

#include <stdbool.h>

// Whether every byte of an element is the same, as they are where an element is one byte or 0.
static bool is_one_byte(const uint8_t *value, int64_t size) {
  for (int64_t i = 1; i < size; i++) {
    if (value[i] != value[0]) return false;
  }
  return true;
}

static void fill(uint8_t *first, int64_t pixels, apus_map map, int64_t size, const uint8_t *value) {
  const int64_t bytes = map.channels * size;
  const bool one_byte = is_one_byte(value, size);
  if (one_byte && map.pixel_stride == bytes) {
    memset(first, value[0], (size_t)(pixels * bytes));
    return;
  }
  for (int64_t x = 0; x < pixels; x++) {
    uint8_t *pixel = first + x * map.pixel_stride;
    if (one_byte) {
      memset(pixel, value[0], (size_t)bytes);
    } else {
      for (int64_t c = 0; c < map.channels; c++) memcpy(pixel + c * size, value, (size_t)size);
    }
  }
}

void apus_map_border(
    apus_map map, apus_element element, const void *value, int64_t top, int64_t left,
    int64_t bottom, int64_t right) {
  assert(map.base && value && top >= 0 && left >= 0 && bottom >= 0 && right >= 0);
  const int64_t size = element_size(element);
  for (int64_t y = -top; y < map.height + bottom; y++) {
    const bool inside = y >= 0 && y < map.height;
    fill(map_pixel(map, y, -left), inside ? left : left + map.width + right, map, size, value);
    if (inside) fill(map_pixel(map, y, map.width), right, map, size, value);
  }
}
