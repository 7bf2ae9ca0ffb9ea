#include <float.h>

#include "mcuforge/log_softmax.h"
#include "mcuforge/math_f32.h"

static float log_softmax_f32_max(const float *input, int32_t depth) {
  float max = -FLT_MAX;
  for (int32_t i = 0; i < depth; ++i) {
    max = max < input[i] ? input[i] : max;
  }
  return max;
}

void MCUF_FN(log_softmax_f32)(const mcuf_log_softmax_f32_params *params, const float *input, float *output) {
  for (int32_t row = 0; row < params->rows; ++row) {
    const float max = log_softmax_f32_max(input, params->depth);
    float sum = 0.0f;
    for (int32_t i = 0; i < params->depth; ++i) {
      sum += mcuf_expf(input[i] - max);
    }
    const float log_sum = mcuf_logf(sum);
    for (int32_t i = 0; i < params->depth; ++i) {
      output[i] = input[i] - max - log_sum;
    }
    input += params->depth;
    output += params->depth;
  }
}
