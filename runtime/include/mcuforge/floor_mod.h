/* FLOOR_MOD with broadcasting: the remainder of the division, with the sign of the divisor. */
#ifndef MCUFORGE_FLOOR_MOD_H
#define MCUFORGE_FLOOR_MOD_H

#include "mcuforge/broadcast.h"
#include "mcuforge/prefix.h"

void MCUF_FN(floor_mod_f32)(const mcuf_binary_params *params, const float *input1, const float *input2, float *output);

#endif
