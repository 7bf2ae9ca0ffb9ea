/* ABS, LEAKY_RELU, RELU and RELU6 of int16: one real factor for positive numbers and one for negative ones. */
#ifndef MCUFORGE_PIECEWISE_S16_H
#define MCUFORGE_PIECEWISE_S16_H

#include <stdint.h>

#include "mcuforge/prefix.h"

typedef struct {
  int32_t count;
  int32_t input_offset; /* minus the zero point */
  int32_t positive_multiplier;
  int32_t positive_shift;
  int32_t negative_multiplier; /* may itself be negative */
  int32_t negative_shift;
  int32_t output_offset;
  int32_t least;
  int32_t greatest;
} mcuf_piecewise_params;

void MCUF_FN(piecewise_s16)(const mcuf_piecewise_params *params, const int16_t *input, int16_t *output);

#endif
