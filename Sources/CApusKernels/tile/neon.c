#if defined(__aarch64__)
#include <assert.h>

#include "tables.h"
#pragma clang attribute push(__attribute__((target("neon"))), apply_to = function)
#include "words_neon.h"

#define TILE_SUFFIX neon
#define TILE_PRODUCT f32
#define TILE_WORDS ps4
#define TILE_STEPS 4
#define TILE_CORRECTED 0
#define TILE_ROWS 14
#define TILE_COLUMNS 4
#include "neon.inc"
#define TILE_ROWS 8
#define TILE_COLUMNS 8
#include "neon.inc"
#define TILE_ROWS 6
#define TILE_COLUMNS 12
#include "neon.inc"
#define TILE_ROWS 6
#define TILE_COLUMNS 16
#include "neon.inc"
#undef TILE_PRODUCT
#undef TILE_WORDS
#undef TILE_STEPS
#undef TILE_CORRECTED

#define TILE_PRODUCT bf16
#define TILE_WORDS wide4
#define TILE_STEPS 2
#define TILE_CORRECTED 0
#define TILE_ROWS 14
#define TILE_COLUMNS 4
#include "neon.inc"
#define TILE_ROWS 8
#define TILE_COLUMNS 8
#include "neon.inc"
#define TILE_ROWS 5
#define TILE_COLUMNS 16
#include "neon.inc"
#undef TILE_PRODUCT
#undef TILE_WORDS
#undef TILE_STEPS
#undef TILE_CORRECTED

#define TILE_PRODUCT u8s8
#define TILE_WORDS half8
#define TILE_STEPS 2
#define TILE_CORRECTED 0
#define TILE_ROWS 8
#define TILE_COLUMNS 8
#include "neon.inc"
#define TILE_ROWS 4
#define TILE_COLUMNS 16
#include "neon.inc"
#undef TILE_PRODUCT
#undef TILE_WORDS
#undef TILE_STEPS
#undef TILE_CORRECTED

#define TILE_PRODUCT f32
#define TILE_WORDS fl4
#define TILE_ROWS 10
#define TILE_COLUMNS 8
#include "depthwise.inc"
#define TILE_ROWS 6
#define TILE_COLUMNS 16
#include "depthwise.inc"
#undef TILE_PRODUCT
#undef TILE_WORDS

#define TILE_PRODUCT bf16
#define TILE_WORDS bf4
#define TILE_ROWS 8
#define TILE_COLUMNS 8
#include "depthwise.inc"
#define TILE_ROWS 5
#define TILE_COLUMNS 16
#include "depthwise.inc"
#undef TILE_PRODUCT
#undef TILE_WORDS

#define TILE_PRODUCT u8s8
#define TILE_WORDS by8
#define TILE_ROWS 10
#define TILE_COLUMNS 8
#include "depthwise.inc"
#define TILE_ROWS 5
#define TILE_COLUMNS 16
#include "depthwise.inc"
#undef TILE_PRODUCT
#undef TILE_WORDS

#pragma clang attribute pop

#define ROW(product, text, rows, columns) \
  TILE_ROW(APUS_ISA_NEON, product, text, neon, rows, columns, columns)
#define CHANNELS(product, text, rows, columns) \
  DEPTHWISE_ROW(APUS_ISA_NEON, product, text, neon, rows, columns)
const apus_tile_kernel apus_tile_neon[] = {
    ROW(APUS_PRODUCT_F32, f32, 14, 4),
    ROW(APUS_PRODUCT_F32, f32, 8, 8),
    ROW(APUS_PRODUCT_F32, f32, 6, 12),
    ROW(APUS_PRODUCT_F32, f32, 6, 16),
    ROW(APUS_PRODUCT_BF16, bf16, 14, 4),
    ROW(APUS_PRODUCT_BF16, bf16, 8, 8),
    ROW(APUS_PRODUCT_BF16, bf16, 5, 16),
    ROW(APUS_PRODUCT_U8S8, u8s8, 8, 8),
    ROW(APUS_PRODUCT_U8S8, u8s8, 4, 16),
    CHANNELS(APUS_PRODUCT_F32, f32, 10, 8),
    CHANNELS(APUS_PRODUCT_F32, f32, 6, 16),
    CHANNELS(APUS_PRODUCT_BF16, bf16, 8, 8),
    CHANNELS(APUS_PRODUCT_BF16, bf16, 5, 16),
    CHANNELS(APUS_PRODUCT_U8S8, u8s8, 10, 8),
    CHANNELS(APUS_PRODUCT_U8S8, u8s8, 5, 16),
    {0},
};
#endif
