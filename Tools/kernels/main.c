// Compares every kernel of every table in the binary with its scalar twin or with an obvious loop, on
// awkward sizes. Prints one line per kernel and exits 1 on a difference. Built and run by
// Tools/test-kernels. A suite is a file here, a line in harness.h and a line below.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apus_isa.h"
#include "harness.h"

static const struct {
  const char *name;
  void (*run)(void);
} suites[] = {
    {"planar", test_planar},
    {"tile", test_tile},
    {"feature", test_feature},
    {"peak", test_peak},
    {"winograd", test_winograd},
    {"winograd_integers", test_winograd_integers},
    {"finish", test_finish},
    {"map", test_map},
};

int failures;

uint32_t random_bits(void) {
  static uint64_t state = 1;
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(state >> 33) ^ (uint32_t)(state >> 12);
}

int64_t random_between(int64_t low, int64_t high) {
  return low + (int64_t)(random_bits() % (uint64_t)(high - low + 1));
}

float random_float(float scale) { return ((float)(random_bits() >> 8) / (1 << 23) - 1) * scale; }

void *block(int64_t bytes) {
  void *memory = NULL;
  if (posix_memalign(&memory, 64, (size_t)bytes) != 0) {
    fprintf(stderr, "no memory for %lld bytes\n", (long long)bytes);
    exit(1);
  }
  return memory;
}

void differ(const char *kernel, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  printf("%s: ", kernel);
  vprintf(format, arguments);
  printf("\n");
  va_end(arguments);
  failures++;
}

int announce(const char *kernel, int isa) {
  if ((apus_cpu_isas() >> isa & 1) == 0) return 0;
  printf("%s\n", kernel);
  return 1;
}

int main(int count, char **arguments) {
  int ran = 0;
  for (size_t i = 0; i < sizeof suites / sizeof *suites; i++) {
    if (count > 1 && strcmp(arguments[1], suites[i].name) != 0) continue;
    suites[i].run();
    ran++;
  }
  if (ran == 0) {
    fprintf(stderr, "no suite '%s'; suites:", arguments[1]);
    for (size_t i = 0; i < sizeof suites / sizeof *suites; i++) {
      fprintf(stderr, " %s", suites[i].name);
    }
    fprintf(stderr, "\n");
    return 2;
  }
  printf(failures ? "%d differences\n" : "no differences\n", failures);
  return failures ? 1 : 0;
}
