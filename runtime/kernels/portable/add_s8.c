#include "mcuforge/add.h"
#include "mcuforge/fixed_point.h"

static inline int8_t add_s8_element(const mcuf_add_params *params, int32_t x1, int32_t x2) {
  const int32_t raised1 = (x1 + params->offset1) * (1 << MCUF_ADD_S8_HEADROOM);
  const int32_t raised2 = (x2 + params->offset2) * (1 << MCUF_ADD_S8_HEADROOM);
  const int32_t sum = mcuf_multiply(raised1, params->multiplier1, params->shift1) +
                      mcuf_multiply(raised2, params->multiplier2, params->shift2);
  const int32_t scaled = mcuf_multiply(sum, params->output_multiplier, params->output_shift);
  return (int8_t)mcuf_clamp(scaled + params->output_offset, params->least, params->greatest);
}

void MCUF_FN(add_s8)(const mcuf_add_params *params, const int8_t *input1, const int8_t *input2, int8_t *output) {
  const mcuf_broadcast *over = &params->over;
  const int32_t last = MCUF_BROADCAST_RANK - 1;
  for (int32_t row = 0; row < mcuf_broadcast_rows(over); ++row) {
    const int8_t *x1 = input1 + mcuf_broadcast_offset(over->shape, over->stride1, row);
    const int8_t *x2 = input2 + mcuf_broadcast_offset(over->shape, over->stride2, row);
    for (int32_t i = 0; i < over->shape[last]; ++i) {
      *output++ = add_s8_element(params, x1[i * over->stride1[last]], x2[i * over->stride2[last]]);
    }
  }
}
