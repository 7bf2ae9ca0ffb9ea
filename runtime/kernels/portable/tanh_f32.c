#include <math.h>

#include "mcuforge/unary.h"

MCUF_DEFINE_UNARY_F32(tanh_f32, tanhf(x))
