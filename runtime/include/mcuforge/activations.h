/* Activation functions of float32; int8 ones are tables (lut.h). */
#ifndef MCUFORGE_ACTIVATIONS_H
#define MCUFORGE_ACTIVATIONS_H

#include <stdint.h>

#include "mcuforge/prefix.h"

typedef struct {
  int32_t count;
} mcuf_activation_params;

void MCUF_FN(relu_f32)(const mcuf_activation_params *params, const float *input, float *output);
void MCUF_FN(relu6_f32)(const mcuf_activation_params *params, const float *input, float *output);
void MCUF_FN(logistic_f32)(const mcuf_activation_params *params, const float *input, float *output);

#endif
