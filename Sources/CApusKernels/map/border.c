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

// Equal pixels one behind the other: those that are there are copied, twice as many each time.
static void fill_run(uint8_t *first, int64_t count, const void *pixel, int64_t bytes) {
  if (count <= 0) return;
  memcpy(first, pixel, (size_t)bytes);
  for (int64_t done = 1; done < count;) {
    const int64_t more = count - done < done ? count - done : done;
    memcpy(first + done * bytes, first, (size_t)(more * bytes));
    done += more;
  }
}

static void fill_pixels(uint8_t *first, int64_t count, apus_map map, int64_t size, const void *pixel) {
  const int64_t bytes = map.channels * size;
  if (map.pixel_stride == bytes) {
    fill_run(first, count, pixel, bytes);
    return;
  }
  for (int64_t x = 0; x < count; x++) memcpy(first + x * map.pixel_stride, pixel, (size_t)bytes);
}

void apus_map_frame(
    apus_map map, apus_element element, const void *pixel, int64_t top, int64_t left,
    int64_t height, int64_t width) {
  assert(map.base && pixel && top >= 0 && left >= 0 && height >= 0 && width >= 0);
  assert(top + height <= map.height && left + width <= map.width);
  const int64_t size = element_size(element), right = map.width - left - width;
  for (int64_t y = 0; y < map.height; y++) {
    if (y < top || y >= top + height) {
      fill_pixels(map_pixel(map, y, 0), map.width, map, size, pixel);
    } else {
      fill_pixels(map_pixel(map, y, 0), left, map, size, pixel);
      fill_pixels(map_pixel(map, y, left + width), right, map, size, pixel);
    }
  }
}
