#include "mcuforge/quantize.h"

void MCUF_FN(quantize_s16_s32)(const mcuf_requantize_params *params, const int16_t *input, int32_t *output) {
  for (int32_t i = 0; i < params->count; ++i) {
    output[i] = mcuf_requantize(params, input[i]);
  }
}
