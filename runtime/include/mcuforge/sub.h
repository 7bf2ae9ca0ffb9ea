/* SUB with broadcasting and a fused activation. */
#ifndef MCUFORGE_SUB_H
#define MCUFORGE_SUB_H

#include <stdint.h>

#include "mcuforge/broadcast.h"
#include "mcuforge/common_scale.h"
#include "mcuforge/prefix.h"

/* Bits by which inputs are raised before they are scaled (common_scale.h). */
#define MCUF_SUB_S8_HEADROOM 20
#define MCUF_SUB_S16_HEADROOM 15

void MCUF_FN(sub_s8)(const mcuf_common_scale_params *params, const int8_t *input1, const int8_t *input2,
                     int8_t *output);
void MCUF_FN(sub_s16)(const mcuf_common_scale_params *params, const int16_t *input1, const int16_t *input2,
                      int16_t *output);
void MCUF_FN(sub_s32)(const mcuf_binary_s32_params *params, const int32_t *input1, const int32_t *input2,
                      int32_t *output);
void MCUF_FN(sub_f32)(const mcuf_binary_f32_params *params, const float *input1, const float *input2, float *output);

#endif
