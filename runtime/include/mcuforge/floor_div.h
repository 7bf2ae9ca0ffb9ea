/* FLOOR_DIV with broadcasting: the largest whole number not above x1 / x2. */
#ifndef MCUFORGE_FLOOR_DIV_H
#define MCUFORGE_FLOOR_DIV_H

#include "mcuforge/broadcast.h"
#include "mcuforge/prefix.h"

void MCUF_FN(floor_div_f32)(const mcuf_binary_params *params, const float *input1, const float *input2, float *output);

#endif
