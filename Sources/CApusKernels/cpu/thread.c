#define _GNU_SOURCE

#include "apus_thread.h"

#include <unistd.h>

#if defined(__linux__)

#include <sched.h>

size_t apus_thread_core_count(void) {
  cpu_set_t mask;
  if (sched_getaffinity(0, sizeof mask, &mask) == 0) return (size_t)CPU_COUNT(&mask);
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (size_t)online : 1;
}

bool apus_thread_pin(size_t index) {
  cpu_set_t mask;
  if (sched_getaffinity(0, sizeof mask, &mask) != 0) return false;
  for (size_t core = 0; core < CPU_SETSIZE; core++) {
    if (!CPU_ISSET(core, &mask)) continue;
    if (index-- > 0) continue;
    cpu_set_t chosen;
    CPU_ZERO(&chosen);
    CPU_SET(core, &chosen);
    return sched_setaffinity(0, sizeof chosen, &chosen) == 0;
  }
  return false;
}

#else

size_t apus_thread_core_count(void) {
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (size_t)online : 1;
}

bool apus_thread_pin(size_t index) {
  (void)index;
  return false;
}

#endif
