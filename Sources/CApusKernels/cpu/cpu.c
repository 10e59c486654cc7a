#include "apus_isa.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <stdbool.h>

// Bits of XCR0: the register state that the operating system saves.
enum { XCR0_AVX = 0x06, XCR0_AVX512 = 0xE6 };

static uint64_t read_xcr0(void) {
  uint32_t low = 0, high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return ((uint64_t)high << 32) | low;
}

uint32_t apus_cpu_isas(void) {
  uint32_t isas = 1u << APUS_ISA_SCALAR;
  uint32_t a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return isas;
  const bool saves_state = (c & bit_OSXSAVE) != 0, fma = (c & bit_FMA) != 0;
  if (!saves_state || !fma) return isas;
  const uint64_t state = read_xcr0();
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return isas;
  if ((b & bit_AVX2) == 0 || (state & XCR0_AVX) != XCR0_AVX) return isas;
  isas |= 1u << APUS_ISA_AVX2;
  const uint32_t avx512 = bit_AVX512F | bit_AVX512VL | bit_AVX512DQ | bit_AVX512BW;
  if ((b & avx512) == avx512 && (state & XCR0_AVX512) == XCR0_AVX512) {
    isas |= 1u << APUS_ISA_AVX512;
  }
  return isas;
}

#elif defined(__aarch64__)

// NEON is part of the arm64 base architecture.
uint32_t apus_cpu_isas(void) { return 1u << APUS_ISA_SCALAR | 1u << APUS_ISA_NEON; }

#else

uint32_t apus_cpu_isas(void) { return 1u << APUS_ISA_SCALAR; }

#endif
