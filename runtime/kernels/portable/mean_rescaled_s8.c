#include "mcuforge/fixed_point.h"
#include "mcuforge/mean.h"
#include "mcuforge/mean_s8_sum.h"

void MCUF_FN(mean_rescaled_s8)(const mcuf_mean_rescaled_params *params, const int8_t *input, int8_t *output) {
  const mcuf_reduction *over = &params->over;
  for (int32_t i = 0; i < mcuf_reduction_count(over->kept); ++i) {
    const int8_t *first = input + mcuf_reduction_offset(over->kept, over->kept_stride, i);
    const int32_t sum = mcuf_mean_s8_sum(over, first) + params->sum_offset;
    const int32_t mean = mcuf_add_wrapping(mcuf_multiply(sum, params->multiplier, params->shift), params->output_offset);
    output[i] = (int8_t)mcuf_clamp(mean, INT8_MIN, INT8_MAX);
  }
}
