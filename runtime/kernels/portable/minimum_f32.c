#include "mcuforge/minimum.h"

static inline float minimum_f32_element(const mcuf_binary_params *params, float x1, float x2) {
  (void)params;
  return x1 < x2 ? x1 : x2;
}

MCUF_DEFINE_BINARY(minimum_f32, mcuf_binary_params, float, float, minimum_f32_element)
