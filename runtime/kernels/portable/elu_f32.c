#include "mcuforge/expm1_f32.h"
#include "mcuforge/unary.h"

MCUF_DEFINE_UNARY_F32(elu_f32, x < 0.0f ? mcuf_expm1f(x) : x)
