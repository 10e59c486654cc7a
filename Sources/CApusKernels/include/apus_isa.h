// Instruction sets the kernels are written for, and which of them this processor runs.
#pragma once

#include <stdint.h>

typedef enum apus_isa {
  APUS_ISA_SCALAR = 0,  // portable C, the slow obvious twin of every kernel
  APUS_ISA_AVX2 = 1,    // x86-64: AVX2 and FMA
  APUS_ISA_AVX512 = 2,  // x86-64: AVX-512 F, VL, DQ, BW
  APUS_ISA_NEON = 3,    // arm64
} apus_isa;

/// One bit per `apus_isa` that both the processor and the operating system support.
///
/// On x86-64 the register state that the system saves (XCR0) is asked too: a processor flag alone
/// does not mean that the wide registers survive a context switch.
uint32_t apus_cpu_isas(void);
