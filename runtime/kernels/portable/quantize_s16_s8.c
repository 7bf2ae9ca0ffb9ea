#include "mcuforge/quantize.h"

void MCUF_FN(quantize_s16_s8)(const mcuf_requantize_params *params, const int16_t *input, int8_t *output) {
  for (int32_t i = 0; i < params->count; ++i) {
    output[i] = (int8_t)mcuf_clamp(mcuf_requantize(params, input[i]), INT8_MIN, INT8_MAX);
  }
}
