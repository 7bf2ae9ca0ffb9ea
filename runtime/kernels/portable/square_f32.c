#include "mcuforge/unary.h"

MCUF_DEFINE_UNARY_F32(square_f32, x * x)
