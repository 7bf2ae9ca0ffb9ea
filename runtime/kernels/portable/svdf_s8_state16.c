#include <stddef.h>
#include <string.h>

#include "mcuforge/svdf.h"
#include "mcuforge/svdf_s8_steps.h"

/* Takes a feature into one filter's state, and weighs the state over time. The zero point may wrap, as in TFLM. */
static uint32_t svdf_s8_state16_filter(const mcuf_svdf_params *params, int32_t feature, const int16_t *weights,
                                       int16_t *state) {
  const int32_t last = params->shape.memory - 1;
  uint32_t sum = 0;
  memmove(state, state + 1, (size_t)last * sizeof *state);
  state[last] = (int16_t)(feature + params->state_zero_point);
  for (int32_t i = 0; i <= last; ++i) {
    sum += (uint32_t)((state[i] - params->state_zero_point) * weights[i]);
  }
  return sum;
}

void MCUF_FN(svdf_s8_state16)(const mcuf_svdf_params *params, const int8_t *input, const int8_t *feature_weights,
                              const int16_t *time_weights, const int32_t *bias, int16_t *state, int8_t *output) {
  const mcuf_svdf_shape *shape = &params->shape;
  for (int32_t batch = 0; batch < shape->batches; ++batch) {
    for (int32_t filter = 0; filter < shape->units * shape->rank;) {
      uint32_t sum = bias != NULL ? (uint32_t)bias[filter / shape->rank] : 0;
      for (int32_t i = 0; i < shape->rank; ++i, ++filter) {
        const int8_t *weights = feature_weights + filter * shape->inputs;
        const int32_t feature = mcuf_svdf_s8_feature(params, input, weights, INT16_MIN, INT16_MAX);
        sum += svdf_s8_state16_filter(params, feature, time_weights + filter * shape->memory, state);
        state += shape->memory;
      }
      *output++ = mcuf_svdf_s8_output(params, sum);
    }
    input += shape->inputs;
  }
}
