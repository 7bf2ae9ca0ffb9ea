#include "mcuforge/maximum.h"

static inline float maximum_f32_element(const mcuf_binary_params *params, float x1, float x2) {
  (void)params;
  return x1 > x2 ? x1 : x2;
}

MCUF_DEFINE_BINARY(maximum_f32, mcuf_binary_params, float, float, maximum_f32_element)
