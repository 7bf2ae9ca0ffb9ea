/* SQUARED_DIFFERENCE with broadcasting: (x1 - x2)^2. */
#ifndef MCUFORGE_SQUARED_DIFFERENCE_H
#define MCUFORGE_SQUARED_DIFFERENCE_H

#include <stdint.h>

#include "mcuforge/broadcast.h"
#include "mcuforge/common_scale.h"
#include "mcuforge/prefix.h"

/* Bits by which inputs are raised before they are scaled (common_scale.h): the square still fits 32 bits. */
#define MCUF_SQUARED_DIFFERENCE_S8_HEADROOM 7
#define MCUF_SQUARED_DIFFERENCE_S16_HEADROOM 0

void MCUF_FN(squared_difference_s8)(const mcuf_common_scale_params *params, const int8_t *input1, const int8_t *input2,
                                    int8_t *output);
void MCUF_FN(squared_difference_s16)(const mcuf_common_scale_params *params, const int16_t *input1, const int16_t *input2,
                                     int16_t *output);
void MCUF_FN(squared_difference_s32)(const mcuf_binary_params *params, const int32_t *input1, const int32_t *input2,
                                     int32_t *output);
void MCUF_FN(squared_difference_f32)(const mcuf_binary_params *params, const float *input1, const float *input2,
                                     float *output);

#endif
