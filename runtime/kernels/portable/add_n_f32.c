#include "mcuforge/add_n.h"

void MCUF_FN(add_n_f32)(const mcuf_add_n_f32_params *params, const void *const *inputs, float *output) {
  for (int32_t i = 0; i < params->count; ++i) {
    float sum = 0.0f;
    for (int32_t n = 0; n < params->inputs; ++n) {
      sum += ((const float *)inputs[n])[i];
    }
    output[i] = sum;
  }
}
