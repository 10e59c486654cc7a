// Closes what simd/<isa>.h opened.
#pragma clang attribute pop
