/* ADD_N: the sum of any number of tensors of one shape. */
#ifndef MCUFORGE_ADD_N_H
#define MCUFORGE_ADD_N_H

#include <stdint.h>

#include "mcuforge/prefix.h"

/* Bits by which inputs are raised before they are halved and added. */
#define MCUF_ADD_N_S8_HEADROOM 20

typedef struct {
  int32_t count;
  int32_t inputs;
  int32_t input_offset; /* minus the zero point, which all inputs share, as they do the scale */
  int32_t output_offset;
  int32_t output_multiplier;
  int32_t output_shift;
} mcuf_add_n_params;

typedef struct {
  int32_t count;
  int32_t inputs;
} mcuf_add_n_f32_params;

void MCUF_FN(add_n_s8)(const mcuf_add_n_params *params, const void *const *inputs, int8_t *output);
void MCUF_FN(add_n_f32)(const mcuf_add_n_f32_params *params, const void *const *inputs, float *output);

#endif
