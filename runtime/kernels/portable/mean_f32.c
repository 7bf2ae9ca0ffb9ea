#include "mcuforge/mean.h"

/* Elements in the order they lie in the input, as in TFLM: float rounding makes the order part of the result. */
static float mean_f32_sum(const mcuf_reduction *over, const float *input) {
  const int32_t count = mcuf_reduction_count(over->summed);
  float sum = 0.0f;
  for (int32_t i = 0; i < count; ++i) {
    sum += input[mcuf_reduction_offset(over->summed, over->summed_stride, i)];
  }
  return sum;
}

void MCUF_FN(mean_f32)(const mcuf_mean_f32_params *params, const float *input, float *output) {
  const mcuf_reduction *over = &params->over;
  const float count = (float)mcuf_reduction_count(over->summed);
  for (int32_t i = 0; i < mcuf_reduction_count(over->kept); ++i) {
    output[i] = mean_f32_sum(over, input + mcuf_reduction_offset(over->kept, over->kept_stride, i)) / count;
  }
}
