// The elements of maps and weights by product, and what finishes their sums, for suites that multiply them.
#pragma once

#include "apus_finish.h"
#include "apus_tile.h"

/// The element at `at`; bytes of weights have a sign.
double element_value(apus_product product, int is_weight, const uint8_t *at);

/// Fills with bytes of all values or, where `extreme`, with `largest`; with floats between -2 and 2.
void fill_elements(uint8_t *at, int64_t bytes, apus_product product, int extreme, uint8_t largest);

/// What finishes sums on an instruction set, or its twin where that has none of its own.
const apus_finish_kernel *finish_for(apus_isa isa, apus_finish_kind kind);
