#include "mcuforge/lut.h"

void MCUF_FN(lut_u8_s8)(const mcuf_lut_params *params, const uint8_t *input, int8_t *output) {
  for (int32_t i = 0; i < params->count; ++i) {
    output[i] = params->table[input[i]];
  }
}
