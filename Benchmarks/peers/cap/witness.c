// Which instruction sets a process really executes: a timer interrupts it, and the instruction it is about to execute
// and the registers in use are looked at. It knows nothing of what the process or its libraries believe to have.
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <ucontext.h>

#include "features.h"

enum { MICROSECONDS = 1000 };  // of processor time between samples; the kernel's tick may make it more

static struct {
  _Atomic uint64_t samples;
  _Atomic uint64_t vector;                   // about to execute an instruction of AVX or later
  _Atomic uint64_t features[FEATURE_COUNT];  // one that needs the feature, or that feature's registers in use
} counts;

// Bits of the processor's XSTATE_BV: mask registers, upper halves of zmm0 to 15, zmm16 to 31; tiles.
enum { AVX512_STATE = 7 << 5, AMX_STATE = 3 << 17 };

static uint32_t of_evex(const uint8_t *code) {
  const unsigned map = code[1] & 7, prefix = code[2] & 3, opcode = code[4];
  if (map == 2 && prefix == 1 && opcode >= 0x50 && opcode <= 0x53) {
    return AVX512 | AVX512VNNI;
  }
  if (map == 2 && ((prefix == 2 && opcode == 0x52) || (prefix >= 2 && opcode == 0x72))) {
    return AVX512 | AVX512BF16;
  }
  if (map == 2 && prefix == 1 && (code[2] & 0x80) == 0 && (opcode == 0x75 || opcode == 0x7d || opcode == 0x8d)) {
    return AVX512 | AVX512VBMI;  // vpermi2b, vpermt2b, vpermb
  }
  return map >= 4 ? AVX512 | NEWER : AVX512;
}

static uint32_t of_vex(const uint8_t *code) {
  const int is_long = code[0] == 0xc4;
  const unsigned map = is_long ? code[1] & 31 : 1;
  const unsigned prefix = code[is_long ? 2 : 1] & 3, opcode = code[is_long ? 3 : 2];
  // Instructions on mask registers: kand ... kunpck, kmov, kortest, ktest.
  if (map == 1 && ((opcode >= 0x41 && opcode <= 0x4b) || (opcode >= 0x90 && opcode <= 0x99))) {
    return AVX512;
  }
  if (map != 2) {
    return 0;
  }
  switch (opcode) {
    case 0x49: case 0x4b: case 0x5c: case 0x5e: return AMX;
    case 0x50: case 0x51: return prefix == 1 ? AVXVNNI : NEWER;
    case 0x52: case 0x53: return AVXVNNI;
    case 0x72: case 0xb0: case 0xb1: case 0xb4: case 0xb5: case 0xd2: case 0xd3: return NEWER;
    default: return 0;
  }
}

// The components of the interrupted thread's registers that are not in their initial state.
static uint64_t state(const ucontext_t *context) {
  enum { MAGIC_PLACE = 464, STATE_PLACE = 512 };
  const uint8_t *frame = (const uint8_t *)context->uc_mcontext.fpregs;
  uint32_t magic;
  uint64_t found;
  memcpy(&magic, frame + MAGIC_PLACE, sizeof magic);
  memcpy(&found, frame + STATE_PLACE, sizeof found);
  return magic == 0x46505853 ? found : 0;
}

static void look(int number, siginfo_t *info, void *given) {
  (void)number, (void)info;
  const ucontext_t *context = given;
  const uint8_t *code = (const uint8_t *)context->uc_mcontext.gregs[REG_RIP];
  const int is_evex = *code == 0x62, is_vex = *code == 0xc4 || *code == 0xc5;
  uint32_t found = is_evex ? of_evex(code) : is_vex ? of_vex(code) : 0;
  const uint64_t in_use = state(context);
  found |= (in_use & AVX512_STATE ? AVX512 : 0) | (in_use & AMX_STATE ? AMX : 0);
  counts.samples += 1;
  counts.vector += is_evex || is_vex;
  for (unsigned i = 0; i < FEATURE_COUNT; ++i) {
    counts.features[i] += found >> i & 1;
  }
}

static void every(int microseconds) {
  const struct itimerval timer = {{0, microseconds}, {0, microseconds}};
  setitimer(ITIMER_PROF, &timer, NULL);
}

/// Begins to look, at whatever thread is running.
void cap_watch(void) {
  struct sigaction ours = {.sa_sigaction = look, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigaction(SIGPROF, &ours, NULL);
  every(MICROSECONDS);
}

/// Writes what was seen so far, as JSON.
void cap_seen(char *text, size_t size) {
  int used = snprintf(text, size, "{\"samples\": %lu, \"vector\": %lu, \"features\": {", counts.samples, counts.vector);
  for (unsigned i = 0; i < FEATURE_COUNT; ++i) {
    used += snprintf(
        text + used, size - used, "%s\"%s\": %lu", i ? ", " : "", FEATURE_NAMES[i], counts.features[i]);
  }
  snprintf(text + used, size - used, "}}");
}

/// Ends it: nothing interrupts the process any more.
void cap_ignore(void) {
  every(0);
  signal(SIGPROF, SIG_IGN);
}
