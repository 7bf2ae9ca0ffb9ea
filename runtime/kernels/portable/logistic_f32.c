#include <math.h>

#include "mcuforge/activations.h"

/* Beyond these, TFLM takes the limit: 1 - 2^-24 rounds to 1, and far below zero the denominator's 1 does not count. */
#define LOGISTIC_F32_UPPER 16.619047164916992188f
#define LOGISTIC_F32_LOWER -9.0f

static float logistic_f32_element(float x) {
  if (x > LOGISTIC_F32_UPPER) {
    return 1.0f;
  }
  return x < LOGISTIC_F32_LOWER ? expf(x) : 1.0f / (1.0f + expf(-x));
}

void MCUF_FN(logistic_f32)(const mcuf_activation_params *params, const float *input, float *output) {
  for (int32_t i = 0; i < params->count; ++i) {
    output[i] = logistic_f32_element(input[i]);
  }
}
