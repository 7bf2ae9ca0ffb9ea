#include <math.h>

#include "mcuforge/unary.h"

MCUF_DEFINE_UNARY_F32(sqrt_f32, sqrtf(x))
