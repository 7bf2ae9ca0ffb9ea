#include "mcuforge/unary.h"

MCUF_DEFINE_UNARY_F32(neg_f32, -x)
