/* MUL with broadcasting and a fused activation. */
#ifndef MCUFORGE_MUL_H
#define MCUFORGE_MUL_H

#include <stdint.h>

#include "mcuforge/broadcast.h"
#include "mcuforge/fixed_point.h"
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

static inline int32_t mcuf_mul_element(const mcuf_mul_params *params, int32_t x1, int32_t x2) {
  const int32_t product = (x1 + params->offset1) * (x2 + params->offset2);
  const int32_t scaled = mcuf_multiply(product, params->output_multiplier, params->output_shift);
  return mcuf_clamp(mcuf_add_wrapping(scaled, params->output_offset), params->least, params->greatest);
}

void MCUF_FN(mul_s8)(const mcuf_mul_params *params, const int8_t *input1, const int8_t *input2, int8_t *output);
void MCUF_FN(mul_s16)(const mcuf_mul_params *params, const int16_t *input1, const int16_t *input2, int16_t *output);
void MCUF_FN(mul_s32)(const mcuf_binary_s32_params *params, const int32_t *input1, const int32_t *input2,
                      int32_t *output);
void MCUF_FN(mul_f32)(const mcuf_binary_f32_params *params, const float *input1, const float *input2, float *output);

#endif
