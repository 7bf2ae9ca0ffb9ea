#include "mcuforge/sigmoid.h"
#include "mcuforge/sigmoid_s16.h"

void MCUF_FN(tanh_s16)(const mcuf_sigmoid_params *params, const int16_t *input, int16_t *output) {
  for (int32_t i = 0; i < params->count; ++i) {
    output[i] = mcuf_tanh_s16(params->table, mcuf_sigmoid_input(params, input[i]));
  }
}
