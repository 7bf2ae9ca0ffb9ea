#include "mcuforge/add.h"
#include "mcuforge/float32.h"

void MCUF_FN(add_f32)(const mcuf_add_f32_params *params, const float *input1, const float *input2, float *output) {
  const mcuf_broadcast *over = &params->over;
  const int32_t last = MCUF_BROADCAST_RANK - 1;
  for (int32_t row = 0; row < mcuf_broadcast_rows(over); ++row) {
    const float *x1 = input1 + mcuf_broadcast_offset(over->shape, over->stride1, row);
    const float *x2 = input2 + mcuf_broadcast_offset(over->shape, over->stride2, row);
    for (int32_t i = 0; i < over->shape[last]; ++i) {
      const float sum = x1[i * over->stride1[last]] + x2[i * over->stride2[last]];
      *output++ = mcuf_clamp_f32(sum, params->least, params->greatest);
    }
  }
}
