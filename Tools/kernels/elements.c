#include "elements.h"

#include <string.h>

#include "harness.h"

double element_value(apus_product product, int is_weight, const uint8_t *at) {
  if (product == APUS_PRODUCT_U8S8) return is_weight ? (int8_t)*at : *at;
  if (product == APUS_PRODUCT_S16) {
    int16_t word;
    memcpy(&word, at, 2);
    return word;
  }
  uint8_t bytes[4] = {0};
  const int64_t size = apus_product_element(product);
  memcpy(bytes + 4 - size, at, (size_t)size);
  float value;
  memcpy(&value, bytes, 4);
  return value;
}

void fill_elements(
    uint8_t *at, int64_t bytes, apus_product product, int extreme, uint8_t largest) {
  for (int64_t i = 0; i < bytes; i++) at[i] = extreme ? largest : (uint8_t)random_bits();
  if (product == APUS_PRODUCT_S16) return;
  const int64_t size = apus_product_element(product);
  for (int64_t i = 0; size > 1 && i < bytes / size; i++) {
    const float value = random_float(2);
    memcpy(at + i * size, (const uint8_t *)&value + 4 - size, (size_t)size);
  }
}

const apus_finish_kernel *finish_for(apus_isa isa, apus_finish_kind kind) {
  const apus_finish_kernel *found = NULL, *kernel;
  for (int64_t i = 0; (kernel = apus_finish_kernel_at(i)); i++) {
    if (kernel->kind != kind) continue;
    if (kernel->isa == APUS_ISA_SCALAR || kernel->isa == isa) found = kernel;
  }
  return found;
}
