// The rows that each file of an instruction set adds to the table; a row without a name ends each.
#pragma once

#include "apus_tile.h"

extern const apus_tile_kernel apus_tile_scalar[];
#if defined(__x86_64__)
extern const apus_tile_kernel apus_tile_avx2[], apus_tile_avxvnni[], apus_tile_avx512[],
    apus_tile_avx512vnni[], apus_tile_avx512bf16[], apus_tile_amx[];
#elif defined(__aarch64__)
extern const apus_tile_kernel apus_tile_neon[], apus_tile_dotprod[], apus_tile_i8mm[];
#endif
