#include "mcuforge/arg_extremum.h"

MCUF_DEFINE_ARG_EXTREMUM(arg_min_f32, float, <)
