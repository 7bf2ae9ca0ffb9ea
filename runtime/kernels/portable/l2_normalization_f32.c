#include <math.h>

#include "mcuforge/l2_normalization.h"

void MCUF_FN(l2_normalization_f32)(const mcuf_l2_normalization_f32_params *params, const float *input, float *output) {
  for (int32_t row = 0; row < params->rows; ++row) {
    float sum = 0.0f;
    for (int32_t i = 0; i < params->depth; ++i) {
      sum += input[i] * input[i];
    }
    const float root = sqrtf(sum);
    const float norm = root < 1e-6f ? 1e-6f : root;
    for (int32_t i = 0; i < params->depth; ++i) {
      output[i] = input[i] / norm;
    }
    input += params->depth;
    output += params->depth;
  }
}
