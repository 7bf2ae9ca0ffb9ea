#include "mcuforge/arg_extremum.h"

MCUF_DEFINE_ARG_EXTREMUM(arg_min_s8, int8_t, <)
