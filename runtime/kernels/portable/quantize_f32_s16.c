#include "mcuforge/quantize.h"
#include "mcuforge/quantize_f32.h"

void MCUF_FN(quantize_f32_s16)(const mcuf_quantize_params *params, const float *input, int16_t *output) {
  for (int32_t i = 0; i < params->count; ++i) {
    output[i] = (int16_t)mcuf_quantize_f32(params, input[i], INT16_MIN, INT16_MAX);
  }
}
