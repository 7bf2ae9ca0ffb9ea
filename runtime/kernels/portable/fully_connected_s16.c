#include <stddef.h>

#include "mcuforge/dot_s16.h"
#include "mcuforge/fully_connected.h"

void MCUF_FN(fully_connected_s16)(const mcuf_fully_connected_params *params, const int16_t *input,
                                  const int8_t *weights, const int64_t *bias, int16_t *output) {
  for (int32_t row = 0; row < params->rows; ++row) {
    for (int32_t channel = 0; channel < params->channels; ++channel) {
      const int64_t sum = mcuf_dot_s16(input, weights + channel * params->depth, params->depth);
      const int64_t start = bias != NULL ? bias[channel] : 0;
      *output++ = mcuf_requantize_s16(start + sum, channel, &params->output);
    }
    input += params->depth;
  }
}
