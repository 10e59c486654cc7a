// Instruction sets the kernels are written for, and which of them this processor runs.
#pragma once

#include <stdint.h>

/// By rising speed on one kind of processor. Each x86-64 set includes those before it, but for AVX-VNNI,
/// which stands beside AVX-512; each arm64 set includes those before it.
typedef enum apus_isa {
  APUS_ISA_SCALAR = 0,      // portable C, the slow obvious twin of every kernel
  APUS_ISA_AVX2 = 1,        // x86-64: AVX2 and FMA
  APUS_ISA_AVXVNNI = 2,     // and AVX-VNNI
  APUS_ISA_AVX512 = 3,      // x86-64: AVX2, FMA, AVX-512 F, VL, DQ, BW
  APUS_ISA_AVX512VNNI = 4,  // and VNNI
  APUS_ISA_AVX512VBMI = 5,  // and VBMI
  APUS_ISA_AVX512BF16 = 6,  // and BF16
  APUS_ISA_AMX = 7,         // and AMX tiles of int8 and bfloat16, permitted by the operating system
  APUS_ISA_NEON = 8,        // arm64
  APUS_ISA_DOTPROD = 9,     // and the dot products of Armv8.2
  APUS_ISA_I8MM = 10,       // and the matrix products of Armv8.6
  APUS_ISA_COUNT
} apus_isa;

/// One bit per `apus_isa` that both the processor and the operating system support.
///
/// On x86-64 the register state that the system saves (XCR0) is asked too: a processor flag alone
/// does not mean that the wide registers survive a context switch. On Linux the first call asks for
/// the permission to use AMX tiles.
uint32_t apus_cpu_isas(void);
