#include "mcuforge/cumsum.h"

void MCUF_FN(cumsum_f32)(const mcuf_cumsum_f32_params *params, const float *input, float *output) {
  const mcuf_cumsum_axis *axis = &params->axis;
  for (int32_t run = 0; run < axis->outer * axis->inner; ++run) {
    const int32_t first = run / axis->inner * axis->depth * axis->inner + run % axis->inner;
    float sum = 0.0f;
    for (int32_t n = 0; n < axis->depth; ++n) {
      const int32_t at = mcuf_cumsum_step(axis, first, n);
      const float before = sum;
      sum += input[at];
      output[at] = axis->exclusive ? before : sum;
    }
  }
}
