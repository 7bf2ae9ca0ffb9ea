/* DIV with broadcasting and a fused activation. */
#ifndef MCUFORGE_DIV_H
#define MCUFORGE_DIV_H

#include <stdint.h>

#include "mcuforge/broadcast.h"
#include "mcuforge/prefix.h"

/* quotient * output_multiplier * 2^(output_shift - 31) + output_offset */
typedef struct {
  mcuf_broadcast over;
  int32_t offset1; /* minus the zero point */
  int32_t offset2;
  int32_t output_offset;
  int32_t output_multiplier;
  int32_t output_shift;
  int32_t least;
  int32_t greatest;
} mcuf_div_params;

/* A division by zero gives the output's zero point: TFLM computes something from undefined shifts. */
void MCUF_FN(div_s8)(const mcuf_div_params *params, const int8_t *input1, const int8_t *input2, int8_t *output);
/* A division by zero gives 0, clamped; TFLM stops with an error. */
void MCUF_FN(div_s32)(const mcuf_binary_s32_params *params, const int32_t *input1, const int32_t *input2,
                      int32_t *output);
void MCUF_FN(div_f32)(const mcuf_binary_f32_params *params, const float *input1, const float *input2, float *output);

#endif
