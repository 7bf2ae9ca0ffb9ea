#include "mcuforge/quantize.h"

void MCUF_FN(quantize_s16)(const mcuf_requantize_params *params, const int16_t *input, int16_t *output) {
  for (int32_t i = 0; i < params->count; ++i) {
    output[i] = (int16_t)mcuf_clamp(mcuf_requantize(params, input[i]), INT16_MIN, INT16_MAX);
  }
}
