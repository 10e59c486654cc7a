#include "apus_isa.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <stdbool.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

// Bits of XCR0: the register state that the operating system saves.
enum { XCR0_AVX = 0x06, XCR0_AVX512 = 0xE6, XCR0_AMX = 0x60000 };

static uint64_t read_xcr0(void) {
  uint32_t low = 0, high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return ((uint64_t)high << 32) | low;
}

// Linux saves the tile registers only for processes that ask for it.
static bool tiles_permitted(void) {
#if defined(__linux__)
  enum { REQUEST_STATE = 0x1023, TILE_DATA = 18 };
  return syscall(SYS_arch_prctl, REQUEST_STATE, TILE_DATA) == 0;
#else
  return false;
#endif
}

static bool has(uint32_t flags, uint32_t wanted) { return (flags & wanted) == wanted; }

uint32_t apus_cpu_isas(void) {
  uint32_t isas = 1u << APUS_ISA_SCALAR;
  uint32_t a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return isas;
  if (!has(c, bit_OSXSAVE | bit_FMA)) return isas;
  const uint64_t state = read_xcr0();
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return isas;
  if (!has(b, bit_AVX2) || (state & XCR0_AVX) != XCR0_AVX) return isas;
  isas |= 1u << APUS_ISA_AVX2;
  uint32_t more = 0, unused = 0;  // EAX of subleaf 1, where there is one
  if (a >= 1) __get_cpuid_count(7, 1, &more, &unused, &unused, &unused);
  if (has(more, 1u << 4)) isas |= 1u << APUS_ISA_AVXVNNI;
  const uint32_t avx512 = bit_AVX512F | bit_AVX512VL | bit_AVX512DQ | bit_AVX512BW;
  if (!has(b, avx512) || (state & XCR0_AVX512) != XCR0_AVX512) return isas;
  isas |= 1u << APUS_ISA_AVX512;
  if (!has(c, 1u << 11)) return isas;
  isas |= 1u << APUS_ISA_AVX512VNNI;
  if (!has(c, 1u << 1)) return isas;
  isas |= 1u << APUS_ISA_AVX512VBMI;
  if (!has(more, 1u << 5)) return isas;
  isas |= 1u << APUS_ISA_AVX512BF16;
  const uint32_t amx = 1u << 22 | 1u << 24 | 1u << 25;  // bfloat16, tiles, int8
  if (!has(d, amx) || (state & XCR0_AMX) != XCR0_AMX || !tiles_permitted()) return isas;
  return isas | 1u << APUS_ISA_AMX;
}

#elif defined(__aarch64__)

#include <stddef.h>
#if defined(__linux__)
#include <sys/auxv.h>
#elif defined(__APPLE__)
#include <sys/sysctl.h>

static int has_feature(const char *name) {
  int value = 0;
  size_t size = sizeof value;
  return sysctlbyname(name, &value, &size, NULL, 0) == 0 && value != 0;
}
#endif

// NEON is part of the arm64 base architecture.
uint32_t apus_cpu_isas(void) {
  const uint32_t isas = 1u << APUS_ISA_SCALAR | 1u << APUS_ISA_NEON;
#if defined(__linux__)
  const int dotprod = (getauxval(AT_HWCAP) >> 20 & 1) != 0;  // HWCAP_ASIMDDP
  const int i8mm = (getauxval(AT_HWCAP2) >> 13 & 1) != 0;    // HWCAP2_I8MM
#elif defined(__APPLE__)
  const int dotprod = has_feature("hw.optional.arm.FEAT_DotProd");
  const int i8mm = has_feature("hw.optional.arm.FEAT_I8MM");
#else
  const int dotprod = 0, i8mm = 0;
#endif
  if (!dotprod) return isas;
  return isas | 1u << APUS_ISA_DOTPROD | (i8mm ? 1u << APUS_ISA_I8MM : 0);
}

#else

uint32_t apus_cpu_isas(void) { return 1u << APUS_ISA_SCALAR; }

#endif
