#include <stddef.h>

#include "mcuforge/dot_f32_w16.h"
#include "mcuforge/float32.h"
#include "mcuforge/fully_connected.h"

void MCUF_FN(fully_connected_f32_w16)(const mcuf_fully_connected_f32_params *params, const float *input,
                                      const uint16_t *weights, const float *bias, float *output) {
  for (int32_t row = 0; row < params->rows; ++row) {
    for (int32_t channel = 0; channel < params->channels; ++channel) {
      const float sum = mcuf_dot_f32_w16(0.0f, input, weights + channel * params->depth, params->depth);
      output[channel] = mcuf_clamp_f32(sum + (bias != NULL ? bias[channel] : 0.0f), params->least, params->greatest);
    }
    input += params->depth;
    output += params->channels;
  }
}
