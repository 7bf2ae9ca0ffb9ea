#include "mcuforge/lut.h"

void MCUF_FN(lut_s8_s32)(const mcuf_lut_s32_params *params, const int8_t *input, int32_t *output) {
  const int32_t *const middle = params->table + 128;
  for (int32_t i = 0; i < params->count; ++i) {
    output[i] = middle[input[i]];
  }
}
