#include "mcuforge/unary.h"

MCUF_DEFINE_UNARY_F32(relu_f32, x < 0.0f ? 0.0f : x)
