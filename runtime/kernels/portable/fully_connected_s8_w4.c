#include <stddef.h>

#include "mcuforge/dot_s8_w4.h"
#include "mcuforge/fully_connected.h"

void MCUF_FN(fully_connected_s8_w4)(const mcuf_fully_connected_params *params, const int8_t *input,
                                    const int8_t *weights, const int32_t *bias, int8_t *output) {
  for (int32_t row = 0; row < params->rows; ++row) {
    for (int32_t channel = 0; channel < params->channels; ++channel) {
      const uint32_t sum = mcuf_dot_s8_w4(input, 0, weights, channel * params->depth, params->depth);
      const uint32_t start = bias != NULL ? (uint32_t)bias[channel] : 0;
      *output++ = mcuf_requantize_s8(start + sum, channel, &params->output);
    }
    input += params->depth;
  }
}
