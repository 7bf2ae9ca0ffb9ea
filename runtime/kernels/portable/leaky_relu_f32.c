#include "mcuforge/unary.h"

void MCUF_FN(leaky_relu_f32)(const mcuf_leaky_relu_f32_params *params, const float *input, float *output) {
  for (int32_t i = 0; i < params->count; ++i) {
    output[i] = input[i] > 0.0f ? input[i] : input[i] * params->alpha;
  }
}
