#include "mcuforge/lut.h"

void MCUF_FN(lut_s8_u8)(const mcuf_lut_u8_params *params, const int8_t *input, uint8_t *output) {
  const uint8_t *const middle = params->table + 128;
  for (int32_t i = 0; i < params->count; ++i) {
    output[i] = middle[input[i]];
  }
}
