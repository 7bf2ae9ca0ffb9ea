#include "mcuforge/squared_difference.h"

static inline float squared_difference_f32_element(const mcuf_binary_params *params, float x1, float x2) {
  (void)params;
  return (x1 - x2) * (x1 - x2);
}

MCUF_DEFINE_BINARY(squared_difference_f32, mcuf_binary_params, float, float, squared_difference_f32_element)
