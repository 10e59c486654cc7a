// Every product that tiles are written for has a rate to be compared with, and counts what it did.
#include "apus_peak.h"

#include <stddef.h>

#include "harness.h"

static const apus_peak_kernel *peak_of(const apus_tile_kernel *tile) {
  const apus_peak_kernel *peak;
  for (int64_t i = 0; (peak = apus_peak_kernel_at(i)); i++) {
    if (peak->isa == tile->isa && peak->product == tile->product) return peak;
  }
  return NULL;
}

void test_peak(void) {
  const apus_peak_kernel *peak;
  for (int64_t i = 0; (peak = apus_peak_kernel_at(i)); i++) {
    if (!announce(peak->name, (int)peak->isa)) continue;
    const int64_t one = peak->run(1), many = peak->run(1000);
    if (one <= 0 || many != 1000 * one) {
      differ(peak->name, "%d products in a round, %d in 1000", (int)one, (int)many);
    }
  }
  const apus_tile_kernel *tile;
  for (int64_t i = 0; (tile = apus_tile_kernel_at(i)); i++) {
    if (tile->isa == APUS_ISA_SCALAR || tile->depthwise || peak_of(tile)) continue;
    differ(tile->name, "no peak of its product and instruction set");
  }
}
