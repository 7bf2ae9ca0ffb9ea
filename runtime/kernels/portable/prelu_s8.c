#include "mcuforge/fixed_point.h"
#include "mcuforge/prelu.h"

static inline int8_t prelu_s8_element(const mcuf_prelu_params *params, int32_t x, int32_t alpha) {
  const int32_t value = x + params->input_offset;
  const int32_t scaled =
      value >= 0 ? mcuf_multiply(value, params->positive_multiplier, params->positive_shift)
                 : mcuf_multiply(value * (alpha + params->alpha_offset), params->negative_multiplier,
                                 params->negative_shift);
  return (int8_t)mcuf_clamp(mcuf_add_wrapping(scaled, params->output_offset), INT8_MIN, INT8_MAX);
}

MCUF_DEFINE_BINARY(prelu_s8, mcuf_prelu_params, int8_t, int8_t, prelu_s8_element)
