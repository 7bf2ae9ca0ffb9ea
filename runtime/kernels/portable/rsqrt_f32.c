#include <math.h>

#include "mcuforge/unary.h"

MCUF_DEFINE_UNARY_F32(rsqrt_f32, 1.0f / sqrtf(x))
