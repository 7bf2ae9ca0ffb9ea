#include "mcuforge/mul.h"

static inline int32_t mul_s32_element(const mcuf_binary_s32_params *params, int32_t x1, int32_t x2) {
  return mcuf_clamp(mcuf_multiply_wrapping(x1, x2), params->least, params->greatest);
}

MCUF_DEFINE_BINARY(mul_s32, mcuf_binary_s32_params, int32_t, int32_t, mul_s32_element)
