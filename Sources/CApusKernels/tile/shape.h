// One name and one function for each number of rows of a tile.
#pragma once

#define APUS_UNROLL _Pragma("clang loop unroll(full)")
#define TILE_INLINE static inline __attribute__((always_inline))

#define TILE_JOIN_(a, b, c, d) apus_##a##_##b##__##c##_##d
#define TILE_JOIN(a, b, c, d) TILE_JOIN_(a, b, c, d)
#define TILE_PART_(a, b) a##_##b
#define TILE_PART(a, b) TILE_PART_(a, b)
#define TILE_SHAPE_(rows, columns) rows##x##columns
#define TILE_SHAPE(rows, columns) TILE_SHAPE_(rows, columns)
// A name within one file that includes a template, which defines TILE_NAME and TILE_KIND.
#define TILE_LOCAL(name) TILE_NAME(TILE_PART(TILE_KIND, name))

// A row of the table of kernels: of vectors of `lane` sums, with one group of 4 bytes in a step.
#define TILE_ROW(isa, product, text, suffix, rows, columns, lane)                      \
  {isa, product, 0, "apus_tile_" #text "__" #suffix "_" #rows "x" #columns, rows, columns, \
   lane, 1, 0, 0, apus_tile_##text##__##suffix##_##rows##x##columns}
#define DEPTHWISE_ROW(isa, product, text, suffix, rows, columns)                                 \
  {isa, product, 1, "apus_tile_depthwise_" #text "__" #suffix "_" #rows "x" #columns, rows, columns, \
   columns, 1, 0, 0, apus_tile_depthwise_##text##__##suffix##_##rows##x##columns}

// X(1) to X(n).
#define APUS_UP_TO_1(X) X(1)
#define APUS_UP_TO_2(X) APUS_UP_TO_1(X) X(2)
#define APUS_UP_TO_3(X) APUS_UP_TO_2(X) X(3)
#define APUS_UP_TO_4(X) APUS_UP_TO_3(X) X(4)
#define APUS_UP_TO_5(X) APUS_UP_TO_4(X) X(5)
#define APUS_UP_TO_6(X) APUS_UP_TO_5(X) X(6)
#define APUS_UP_TO_7(X) APUS_UP_TO_6(X) X(7)
#define APUS_UP_TO_8(X) APUS_UP_TO_7(X) X(8)
#define APUS_UP_TO_9(X) APUS_UP_TO_8(X) X(9)
#define APUS_UP_TO_10(X) APUS_UP_TO_9(X) X(10)
#define APUS_UP_TO_11(X) APUS_UP_TO_10(X) X(11)
#define APUS_UP_TO_12(X) APUS_UP_TO_11(X) X(12)
#define APUS_UP_TO_13(X) APUS_UP_TO_12(X) X(13)
#define APUS_UP_TO_14(X) APUS_UP_TO_13(X) X(14)
#define APUS_UP_TO_20(X) \
  APUS_UP_TO_14(X) X(15) X(16) X(17) X(18) X(19) X(20)
#define APUS_UP_TO_28(X) \
  APUS_UP_TO_20(X) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28)
#define APUS_UP_TO_(n, X) APUS_UP_TO_##n(X)
#define APUS_UP_TO(n, X) APUS_UP_TO_(n, X)
