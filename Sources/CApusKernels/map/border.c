#include "element.h"

static void fill(uint8_t *first, int64_t pixels, apus_map map, int64_t size, const uint8_t *value) {
  for (int64_t x = 0; x < pixels; x++) {
    uint8_t *pixel = first + x * map.pixel_stride;
    for (int64_t c = 0; c < map.channels; c++) memcpy(pixel + c * size, value, (size_t)size);
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
