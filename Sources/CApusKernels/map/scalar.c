#include "../unary/apply.h"
#include "element.h"

#pragma STDC FP_CONTRACT OFF

#define ELEMENT APUS_ELEMENT_F32
#define SUFFIX f32
#include "scalar.inc"

#define ELEMENT APUS_ELEMENT_BF16
#define SUFFIX bf16
#include "scalar.inc"

#define ELEMENT APUS_ELEMENT_U8
#define SUFFIX u8
#include "scalar.inc"
