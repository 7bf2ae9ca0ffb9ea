#include "mcuforge/expm1_f32.h"
#include "mcuforge/unary.h"

MCUF_DEFINE_UNARY_F32(tanh_f32, mcuf_tanhf(x))
