#include "mcuforge/math_f32.h"
#include "mcuforge/unary.h"

MCUF_DEFINE_UNARY_F32(exp_f32, mcuf_expf(x))
