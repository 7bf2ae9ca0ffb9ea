#include "mcuforge/float32.h"
#include "mcuforge/unary.h"

MCUF_DEFINE_UNARY_F32(relu6_f32, mcuf_clamp_f32(x, 0.0f, 6.0f))
