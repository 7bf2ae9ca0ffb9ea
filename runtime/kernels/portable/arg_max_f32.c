#include "mcuforge/arg_extremum.h"

MCUF_DEFINE_ARG_EXTREMUM(arg_max_f32, float, >)
