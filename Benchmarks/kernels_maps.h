// What the two parts of the benchmark of kernels share.
#pragma once

#include <stdint.h>
#include <stdlib.h>

/// Processor time of this process.
double seconds(void);

/// Zeroed memory aligned to 64 bytes, to be freed.
uint8_t *zeros(int64_t bytes);

/// Prints the rates of finishing kernels and of kernels over maps whose names contain `part`.
void print_map_rates(const char *part);
