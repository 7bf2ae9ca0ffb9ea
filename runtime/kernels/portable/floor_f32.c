#include <math.h>

#include "mcuforge/unary.h"

MCUF_DEFINE_UNARY_F32(floor_f32, floorf(x))
