#include <stddef.h>

#include "mcuforge/dot_s8.h"
#include "mcuforge/fully_connected.h"

static inline void fully_connected_s8_lanes(const mcuf_fully_connected_params *params, const int8_t *input,
                                            const int8_t *weights, const int32_t *bias, int32_t channel,
                                            int32_t lanes, int8_t *output) {
  uint32_t accumulators[MCUF_DOT_LANES] = {0};
  const int8_t *w = weights + channel * params->depth;
  for (int32_t lane = 0; lane < lanes && bias != NULL; ++lane) {
    accumulators[lane] = (uint32_t)bias[channel + lane];
  }
  if (lanes == MCUF_DOT_LANES) {
    mcuf_dot4_s8(accumulators, input, 0, w, params->depth, params->depth);
  } else {
    mcuf_dot1_s8(accumulators, input, 0, w, params->depth);
  }
  for (int32_t lane = 0; lane < lanes; ++lane) {
    output[channel + lane] = mcuf_requantize_s8(accumulators[lane], channel + lane, &params->output);
  }
}

void MCUF_FN(fully_connected_s8)(const mcuf_fully_connected_params *params, const int8_t *input,
                                 const int8_t *weights, const int32_t *bias, int8_t *output) {
  for (int32_t row = 0; row < params->rows; ++row) {
    int32_t lanes;
    for (int32_t channel = 0; channel < params->channels; channel += lanes) {
      lanes = params->channels - channel >= MCUF_DOT_LANES ? MCUF_DOT_LANES : 1;
      fully_connected_s8_lanes(params, input, weights, bias, channel, lanes, output);
    }
    input += params->depth;
    output += params->channels;
  }
}
