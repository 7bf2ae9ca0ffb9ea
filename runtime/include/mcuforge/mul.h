/* MUL with broadcasting and a fused activation. */
#ifndef MCUFORGE_MUL_H
#define MCUFORGE_MUL_H

#include <stdint.h>

#include "mcuforge/broadcast.h"
#include "mcuforge/prefix.h"

typedef struct {
  mcuf_broadcast over;
  int32_t offset1; /* minus the zero point */
  int32_t offset2;
  int32_t output_offset;
  int32_t output_multiplier;
  int32_t output_shift;
  int32_t least;
  int32_t greatest;
} mcuf_mul_params;

typedef struct {
  mcuf_broadcast over;
  float least;
  float greatest;
} mcuf_mul_f32_params;

void MCUF_FN(mul_s8)(const mcuf_mul_params *params, const int8_t *input1, const int8_t *input2, int8_t *output);
void MCUF_FN(mul_f32)(const mcuf_mul_f32_params *params, const float *input1, const float *input2, float *output);

#endif
