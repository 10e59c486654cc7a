#if defined(__aarch64__)
#include <assert.h>

#include "tables.h"
#pragma clang attribute push(__attribute__((target("i8mm"))), apply_to = function)
#include "words_neon.h"

#define TILE_SUFFIX i8mm
#define TILE_ROWS 14
#define TILE_COLUMNS 4
#include "matrix_neon.inc"
#define TILE_ROWS 10
#define TILE_COLUMNS 8
#include "matrix_neon.inc"
#define TILE_ROWS 6
#define TILE_COLUMNS 12
#include "matrix_neon.inc"
#define TILE_ROWS 4
#define TILE_COLUMNS 16
#include "matrix_neon.inc"
#pragma clang attribute pop

#define ROW(rows, columns) \
  TILE_ROW(APUS_ISA_I8MM, APUS_PRODUCT_U8S8, u8s8, i8mm, rows, columns, columns)
const apus_tile_kernel apus_tile_i8mm[] = {ROW(14, 4), ROW(10, 8), ROW(6, 12), ROW(4, 16), {0}};
#endif
