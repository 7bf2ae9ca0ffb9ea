#include "mcuforge/logistic_f32.h"
#include "mcuforge/unary.h"

MCUF_DEFINE_UNARY_F32(logistic_f32, mcuf_logistic_f32(x))
