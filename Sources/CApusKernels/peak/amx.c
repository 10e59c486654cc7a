#if defined(__x86_64__)
#include "../tile/amx.h"

#include "peak.h"

// Four tiles of sums, as many as the kernels of tile/amx.c have.
#define PEAK(name, dot, macs)                                                     \
  static int64_t name(int64_t rounds) {                                           \
    apus_tiles tiles = {.palette = 1};                                            \
    for (int tile = 0; tile < 8; tile++) tiles.rows[tile] = 16, tiles.row_bytes[tile] = 64; \
    tiles_configure(&tiles);                                                      \
    for (int64_t round = 0; round < rounds; round++) {                            \
      dot(0, 4, 6);                                                               \
      dot(1, 4, 7);                                                               \
      dot(2, 5, 6);                                                               \
      dot(3, 5, 7);                                                               \
    }                                                                             \
    tiles_release();                                                              \
    return rounds * 4 * 16 * 16 * macs;                                           \
  }
PEAK(apus_peak_bf16__amx, tile_dot_bf16, 32)
PEAK(apus_peak_u8s8__amx, tile_dot_u8s8, 64)
#pragma clang attribute pop

const apus_peak_kernel apus_peak_amx[] = {
    PEAK_ROW(APUS_ISA_AMX, APUS_PRODUCT_BF16, bf16, amx),
    PEAK_ROW(APUS_ISA_AMX, APUS_PRODUCT_U8S8, u8s8, amx),
    {0},
};
#endif
