// What threads that share the tasks of a step need of the processor and of the system.
#pragma once

#include <stdbool.h>
#include <stddef.h>

/// Waits a few dozen cycles, to the benefit of the other thread of the core and of the memory bus.
static inline void apus_thread_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  // On Arm `yield` does nothing where a core has one thread; `isb` takes about as long as x86's pause.
  __asm__ volatile("isb" ::: "memory");
#endif
}

/// The number of cores that the process may run on.
size_t apus_thread_core_count(void);

/// Keeps the calling thread on the core of the given index among those that the process may run on.
///
/// False where there is no such core or the system does not let a thread choose.
bool apus_thread_pin(size_t index);
