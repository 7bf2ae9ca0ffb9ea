#include "mcuforge/quantize.h"

void MCUF_FN(dequantize_u8_f32)(const mcuf_dequantize_params *params, const uint8_t *input, float *output) {
  for (int32_t i = 0; i < params->count; ++i) {
    output[i] = params->scale * (float)(input[i] - params->zero_point);
  }
}
