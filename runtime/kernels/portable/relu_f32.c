#include "mcuforge/activations.h"

void MCUF_FN(relu_f32)(const mcuf_activation_params *params, const float *input, float *output) {
  for (int32_t i = 0; i < params->count; ++i) {
    output[i] = input[i] < 0.0f ? 0.0f : input[i];
  }
}
