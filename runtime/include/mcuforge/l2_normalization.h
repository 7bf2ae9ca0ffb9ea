/* L2_NORMALIZATION over the last axis: vectors of length 1. */
#ifndef MCUFORGE_L2_NORMALIZATION_H
#define MCUFORGE_L2_NORMALIZATION_H

#include <stdint.h>

#include "mcuforge/prefix.h"

typedef struct {
  int32_t rows;
  int32_t depth;
  int32_t input_offset; /* minus the zero point */
} mcuf_l2_normalization_params;

typedef struct {
  int32_t rows;
  int32_t depth;
} mcuf_l2_normalization_f32_params;

void MCUF_FN(l2_normalization_s8)(const mcuf_l2_normalization_params *params, const int8_t *input, int8_t *output);
void MCUF_FN(l2_normalization_f32)(const mcuf_l2_normalization_f32_params *params, const float *input, float *output);

#endif
