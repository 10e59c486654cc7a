// What the suites share: random values, blocks that end where reading must end, and reports.
#pragma once

#include <stdint.h>

/// Differences found so far, by all suites.
extern int failures;

/// The same numbers in each run.
uint32_t random_bits(void);
/// A number of low..high.
int64_t random_between(int64_t low, int64_t high);
/// A float of -scale..<scale.
float random_float(float scale);

/// A block of exactly `bytes` bytes, aligned to 64, of no particular content; AddressSanitizer reports what
/// is read or written past its end. To be freed.
void *block(int64_t bytes);

/// Reports a difference in the words of printf, and counts it.
void differ(const char *kernel, const char *format, ...) __attribute__((format(printf, 2, 3)));

/// Whether this processor runs kernels of the instruction set; says which kernel is tested if it does.
int announce(const char *kernel, int isa);

// The suites, one file each.
void test_planar(void);
void test_tile(void);
void test_feature(void);
void test_peak(void);
void test_winograd(void);
void test_winograd_integers(void);
void test_finish(void);
void test_map(void);
