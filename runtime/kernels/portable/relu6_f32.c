#include "mcuforge/activations.h"
#include "mcuforge/float32.h"

void MCUF_FN(relu6_f32)(const mcuf_activation_params *params, const float *input, float *output) {
  for (int32_t i = 0; i < params->count; ++i) {
    output[i] = mcuf_clamp_f32(input[i], 0.0f, 6.0f);
  }
}
