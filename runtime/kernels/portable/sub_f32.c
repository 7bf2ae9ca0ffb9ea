#include "mcuforge/sub.h"
#include "mcuforge/float32.h"

static inline float sub_f32_element(const mcuf_binary_f32_params *params, float x1, float x2) {
  return mcuf_clamp_f32(x1 - x2, params->least, params->greatest);
}

MCUF_DEFINE_BINARY(sub_f32, mcuf_binary_f32_params, float, float, sub_f32_element)
