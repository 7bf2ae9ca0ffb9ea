#include <math.h>

#include "mcuforge/unary.h"

MCUF_DEFINE_UNARY_F32(abs_f32, fabsf(x))
