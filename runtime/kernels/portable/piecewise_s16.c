#include "mcuforge/fixed_point.h"
#include "mcuforge/piecewise_s16.h"

void MCUF_FN(piecewise_s16)(const mcuf_piecewise_params *params, const int16_t *input, int16_t *output) {
  for (int32_t i = 0; i < params->count; ++i) {
    const int32_t x = input[i] + params->input_offset;
    const int32_t scaled = x >= 0 ? mcuf_multiply(x, params->positive_multiplier, params->positive_shift)
                                  : mcuf_multiply(x, params->negative_multiplier, params->negative_shift);
    output[i] = (int16_t)mcuf_clamp(mcuf_add_wrapping(scaled, params->output_offset), params->least, params->greatest);
  }
}
