#include "mcuforge/float32.h"
#include "mcuforge/unary.h"

MCUF_DEFINE_UNARY_F32(hard_swish_f32, x * mcuf_clamp_f32(x + 3.0f, 0.0f, 6.0f) / 6.0f)
