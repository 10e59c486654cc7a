// Answers CPUID for libraries in which every `cpuid` was replaced by TRAP, as a processor without some features would.
//
// Loaded by LD_PRELOAD. TRAP is an opcode that is invalid in 64-bit mode, followed by a byte that no compiler puts
// behind it, so that the invalid instructions of others (`ud2`) are told apart and stay what they are.
#define _GNU_SOURCE
#include <cpuid.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "features.h"

static const uint8_t TRAP[2] = {0xd6, 0xa2};

enum { EAX, EBX, ECX, EDX };

#define BIT(number) (UINT32_C(1) << (number))

// Where a processor says what it has: leaf and subleaf of CPUID, register, bits.
static const struct {
  uint32_t feature, leaf, subleaf;
  int place;
  uint32_t bits;
} TOLD[] = {
    {AVXVNNI, 7, 1, EAX, BIT(4)},
    {AVX512, 7, 0, EBX, BIT(16) | BIT(17) | BIT(28) | BIT(30) | BIT(31)},  // F, DQ, CD, BW, VL
    {AVX512VNNI, 7, 0, ECX, BIT(11)},
    {AVX512VBMI, 7, 0, EBX, BIT(21)},                             // IFMA
    {AVX512VBMI, 7, 0, ECX, BIT(1) | BIT(6) | BIT(12) | BIT(14)},  // VBMI, VBMI2, BITALG, VPOPCNTDQ
    {AVX512BF16, 7, 1, EAX, BIT(5)},
    {AMX, 7, 0, EDX, BIT(22) | BIT(24) | BIT(25)},  // BF16, TILE, INT8
    {NEWER, 7, 0, EBX, BIT(26) | BIT(27)},          // PF, ER
    {NEWER, 7, 0, EDX, BIT(2) | BIT(3) | BIT(8) | BIT(23)},  // 4VNNIW, 4FMAPS, VP2INTERSECT, FP16
    {NEWER, 7, 1, EAX, BIT(21) | BIT(23)},                   // AMX-FP16, AVX-IFMA
    // AVX-VNNI-INT8, AVX-NE-CONVERT, AMX-COMPLEX, AVX-VNNI-INT16, AVX10, APX
    {NEWER, 7, 1, EDX, BIT(4) | BIT(5) | BIT(8) | BIT(10) | BIT(19) | BIT(21)},
    {NEWER, 0x1e, 1, EAX, UINT32_MAX},  // what AMX got later
    {NEWER, 0x24, 0, EBX, UINT32_MAX},  // the version of AVX10
};

static uint32_t kept;
static _Atomic uint64_t answered;
static struct sigaction former;

static void answer(int number, siginfo_t *info, void *context) {
  greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
  if (memcmp((const void *)registers[REG_RIP], TRAP, sizeof TRAP) != 0) {
    if (former.sa_flags & SA_SIGINFO) {
      former.sa_sigaction(number, info, context);
    } else if (former.sa_handler != SIG_DFL && former.sa_handler != SIG_IGN) {
      former.sa_handler(number);
    } else {
      signal(number, SIG_DFL);  // it happens again on return, and ends the process
    }
    return;
  }
  const uint32_t leaf = (uint32_t)registers[REG_RAX], subleaf = (uint32_t)registers[REG_RCX];
  uint32_t found[4];
  __cpuid_count(leaf, subleaf, found[EAX], found[EBX], found[ECX], found[EDX]);
  for (unsigned i = 0; i < sizeof TOLD / sizeof *TOLD; ++i) {
    if (TOLD[i].leaf == leaf && TOLD[i].subleaf == subleaf && !(TOLD[i].feature & kept)) {
      found[TOLD[i].place] &= ~TOLD[i].bits;
    }
  }
  registers[REG_RAX] = found[EAX];
  registers[REG_RBX] = found[EBX];
  registers[REG_RCX] = found[ECX];
  registers[REG_RDX] = found[EDX];
  registers[REG_RIP] += sizeof TRAP;
  answered += 1;
}

/// How many CPUIDs were answered.
uint64_t cap_answered(void) { return answered; }

// CAP_KEEPS names the features to keep, with spaces between.
__attribute__((constructor)) static void install(void) {
  char text[256];
  const char *given = getenv("CAP_KEEPS");
  strncpy(text, given ? given : "", sizeof text - 1);
  text[sizeof text - 1] = 0;
  char *rest = text;
  for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
    for (unsigned i = 0; i < FEATURE_COUNT; ++i) {
      if (strcmp(word, FEATURE_NAMES[i]) == 0) {
        kept |= UINT32_C(1) << i;
      }
    }
  }
  struct sigaction ours = {.sa_sigaction = answer, .sa_flags = SA_SIGINFO | SA_NODEFER};
  sigaction(SIGILL, &ours, &former);
}
