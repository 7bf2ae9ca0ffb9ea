#include "mcuforge/arm_mve.h"
#include "mcuforge/fully_connected.h"

void MCUF_FN(fully_connected_s8_mve)(const mcuf_fully_connected_params *params, const int8_t *input,
                                     const int8_t *weights, const int32_t *bias, int8_t *output) {
  for (int32_t row = 0; row < params->rows; ++row) {
    mcuf_mve_channels_s8(&params->output, input, weights, bias, params->depth, params->channels, output);
    input += params->depth;
    output += params->channels;
  }
}
