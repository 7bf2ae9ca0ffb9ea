#include "mcuforge/prelu.h"

static inline float prelu_f32_element(const mcuf_binary_params *params, float x, float alpha) {
  (void)params;
  return x >= 0.0f ? x : x * alpha;
}

MCUF_DEFINE_BINARY(prelu_f32, mcuf_binary_params, float, float, prelu_f32_element)
