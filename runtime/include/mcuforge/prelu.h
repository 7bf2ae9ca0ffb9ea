/* PRELU: x above zero, alpha * x below, with alpha broadcast. */
#ifndef MCUFORGE_PRELU_H
#define MCUFORGE_PRELU_H

#include <stdint.h>

#include "mcuforge/broadcast.h"
#include "mcuforge/prefix.h"

typedef struct {
  mcuf_broadcast over;
  int32_t input_offset; /* minus the zero point */
  int32_t alpha_offset;
  int32_t output_offset;
  int32_t positive_multiplier;
  int32_t positive_shift;
  int32_t negative_multiplier;
  int32_t negative_shift;
} mcuf_prelu_params;

void MCUF_FN(prelu_s8)(const mcuf_prelu_params *params, const int8_t *input1, const int8_t *input2, int8_t *output);
void MCUF_FN(prelu_f32)(const mcuf_binary_params *params, const float *input1, const float *input2, float *output);

#endif
