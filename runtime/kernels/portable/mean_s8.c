#include "mcuforge/fixed_point.h"
#include "mcuforge/mean.h"

/* `input` points to the first element of one output's set. */
static int32_t mean_s8_sum(const mcuf_reduction *over, const int8_t *input) {
  const int32_t rows = over->summed[0] * over->summed[1];
  const int32_t last = MCUF_REDUCTION_LOOPS - 1;
  int32_t sum = 0;
  for (int32_t row = 0; row < rows; ++row) {
    const int8_t *x = input + mcuf_reduction_offset(over->summed, over->summed_stride, row * over->summed[last]);
    for (int32_t i = 0; i < over->summed[last]; ++i) {
      sum += x[i * over->summed_stride[last]];
    }
  }
  return sum;
}

void MCUF_FN(mean_s8)(const mcuf_mean_params *params, const int8_t *input, int8_t *output) {
  const mcuf_reduction *over = &params->over;
  for (int32_t i = 0; i < mcuf_reduction_count(over->kept); ++i) {
    const int8_t *first = input + mcuf_reduction_offset(over->kept, over->kept_stride, i);
    const int32_t sum = mean_s8_sum(over, first) + params->sum_offset;
    const int32_t mean = mcuf_add_wrapping(mcuf_multiply(sum, params->multiplier, params->shift), params->output_offset);
    output[i] = (int8_t)mcuf_clamp(mean, INT8_MIN, INT8_MAX);
  }
}
