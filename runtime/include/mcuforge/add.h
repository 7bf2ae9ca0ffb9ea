/* ADD with broadcasting and a fused activation. */
#ifndef MCUFORGE_ADD_H
#define MCUFORGE_ADD_H

#include <stdint.h>

#include "mcuforge/broadcast.h"
#include "mcuforge/prefix.h"

/* Inputs are raised by 2^MCUF_ADD_S8_HEADROOM and scaled to a common scale, added, and scaled to the output's. */
#define MCUF_ADD_S8_HEADROOM 20

typedef struct {
  mcuf_broadcast over;
  int32_t offset1; /* minus the zero point */
  int32_t multiplier1;
  int32_t shift1;
  int32_t offset2;
  int32_t multiplier2;
  int32_t shift2;
  int32_t output_offset;
  int32_t output_multiplier;
  int32_t output_shift;
  int32_t least;
  int32_t greatest;
} mcuf_add_params;

typedef struct {
  mcuf_broadcast over;
  float least;
  float greatest;
} mcuf_add_f32_params;

void MCUF_FN(add_s8)(const mcuf_add_params *params, const int8_t *input1, const int8_t *input2, int8_t *output);
void MCUF_FN(add_f32)(const mcuf_add_f32_params *params, const float *input1, const float *input2, float *output);

#endif
