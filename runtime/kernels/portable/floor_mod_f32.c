#include <math.h>
#include <stdbool.h>

#include "mcuforge/floor_mod.h"

static inline float floor_mod_f32_element(const mcuf_binary_params *params, float x1, float x2) {
  const float remainder = fmodf(x1, x2);
  const bool has_other_sign = (x2 < 0.0f) != (remainder < 0.0f);
  (void)params;
  return remainder < 0.0f || remainder > 0.0f ? (has_other_sign ? remainder + x2 : remainder) : remainder;
}

MCUF_DEFINE_BINARY(floor_mod_f32, mcuf_binary_params, float, float, floor_mod_f32_element)
