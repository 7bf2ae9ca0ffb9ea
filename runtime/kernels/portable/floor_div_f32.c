#include <math.h>

#include "mcuforge/floor_div.h"

static inline float floor_div_f32_element(const mcuf_binary_params *params, float x1, float x2) {
  (void)params;
  return floorf(x1 / x2);
}

MCUF_DEFINE_BINARY(floor_div_f32, mcuf_binary_params, float, float, floor_div_f32_element)
