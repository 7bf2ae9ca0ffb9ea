#include "mcuforge/mean.h"
#include "mcuforge/mean_s8_sum.h"

void MCUF_FN(mean_s8)(const mcuf_mean_params *params, const int8_t *input, int8_t *output) {
  const mcuf_reduction *over = &params->over;
  const int32_t count = mcuf_reduction_count(over->summed);
  for (int32_t i = 0; i < mcuf_reduction_count(over->kept); ++i) {
    const int8_t *first = input + mcuf_reduction_offset(over->kept, over->kept_stride, i);
    output[i] = (int8_t)(mcuf_mean_s8_sum(over, first) / count);
  }
}
