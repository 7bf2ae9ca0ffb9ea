#include <math.h>

#include "mcuforge/unary.h"

MCUF_DEFINE_UNARY_F32(ceil_f32, ceilf(x))
