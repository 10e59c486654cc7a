// Counts the allocations of the calling thread, where the C library lets a program replace `malloc`.
#pragma once

#include <stdbool.h>

/// Whether allocations are counted in this program.
bool allocation_counter_is_active(void);

/// Allocations of the calling thread since it began.
long allocation_counter_value(void);
