#include <stddef.h>
#include <string.h>

#include "mcuforge/svdf.h"

static float svdf_f32_dot(const float *x, const float *w, int32_t length) {
  float sum = 0.0f;
  for (int32_t i = 0; i < length; ++i) {
    sum += x[i] * w[i];
  }
  return sum;
}

/* Takes a feature into one filter's state, and weighs the state over time. */
static float svdf_f32_filter(const mcuf_svdf_f32_params *params, float feature, const float *weights, float *state) {
  const int32_t last = params->shape.memory - 1;
  memmove(state, state + 1, (size_t)last * sizeof *state);
  state[last] = feature;
  return svdf_f32_dot(weights, state, params->shape.memory);
}

/* NaN becomes the last bound that applies, as in TFLM; without bounds infinities stay, too. */
static float svdf_f32_activation(const mcuf_svdf_f32_params *params, float x) {
  const float below = params->bounds < 2 || x < params->greatest ? x : params->greatest;
  return params->bounds < 1 || params->least < below ? below : params->least;
}

void MCUF_FN(svdf_f32)(const mcuf_svdf_f32_params *params, const float *input, const float *feature_weights,
                       const float *time_weights, const float *bias, float *state, float *output) {
  const mcuf_svdf_shape *shape = &params->shape;
  for (int32_t batch = 0; batch < shape->batches; ++batch) {
    for (int32_t filter = 0; filter < shape->units * shape->rank;) {
      float sum = bias != NULL ? bias[filter / shape->rank] : 0.0f;
      for (int32_t i = 0; i < shape->rank; ++i, ++filter) {
        const float feature = svdf_f32_dot(feature_weights + filter * shape->inputs, input, shape->inputs);
        sum += svdf_f32_filter(params, feature, time_weights + filter * shape->memory, state);
        state += shape->memory;
      }
      *output++ = svdf_f32_activation(params, sum);
    }
    input += shape->inputs;
  }
}
