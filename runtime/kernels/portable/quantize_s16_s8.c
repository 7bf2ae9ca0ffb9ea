#include "mcuforge/fixed_point.h"
#include "mcuforge/quantize.h"

void MCUF_FN(quantize_s16_s8)(const mcuf_requantize_params *params, const int16_t *input, int8_t *output) {
  for (int32_t i = 0; i < params->count; ++i) {
    const int32_t scaled = mcuf_multiply(input[i] + params->input_offset, params->multiplier, params->shift);
    output[i] = (int8_t)mcuf_clamp(mcuf_add_wrapping(scaled, params->output_offset), INT8_MIN, INT8_MAX);
  }
}
