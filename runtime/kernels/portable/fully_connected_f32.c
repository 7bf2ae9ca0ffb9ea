#include <stddef.h>

#include "mcuforge/float32.h"
#include "mcuforge/fully_connected.h"

static float fully_connected_f32_dot(const float *x, const float *w, int32_t length) {
  float sum = 0.0f;
  for (int32_t i = 0; i < length; ++i) {
    sum += x[i] * w[i];
  }
  return sum;
}

void MCUF_FN(fully_connected_f32)(const mcuf_fully_connected_f32_params *params, const float *input,
                                  const float *weights, const float *bias, float *output) {
  for (int32_t row = 0; row < params->rows; ++row) {
    for (int32_t channel = 0; channel < params->channels; ++channel) {
      const float sum = fully_connected_f32_dot(input, weights + channel * params->depth, params->depth);
      output[channel] = mcuf_clamp_f32(sum + (bias != NULL ? bias[channel] : 0.0f), params->least, params->greatest);
    }
    input += params->depth;
    output += params->channels;
  }
}
