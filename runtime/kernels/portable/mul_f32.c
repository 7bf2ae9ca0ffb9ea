#include "mcuforge/float32.h"
#include "mcuforge/mul.h"

static inline float mul_f32_element(const mcuf_binary_f32_params *params, float x1, float x2) {
  return mcuf_clamp_f32(x1 * x2, params->least, params->greatest);
}

MCUF_DEFINE_BINARY(mul_f32, mcuf_binary_f32_params, float, float, mul_f32_element)
