/* MINIMUM with broadcasting. Where one of two floats is NaN, the result is the second. */
#ifndef MCUFORGE_MINIMUM_H
#define MCUFORGE_MINIMUM_H

#include <stdint.h>

#include "mcuforge/broadcast.h"
#include "mcuforge/prefix.h"

void MCUF_FN(minimum_s8)(const mcuf_binary_params *params, const int8_t *input1, const int8_t *input2, int8_t *output);
void MCUF_FN(minimum_s16)(const mcuf_binary_params *params, const int16_t *input1, const int16_t *input2,
                          int16_t *output);
void MCUF_FN(minimum_s32)(const mcuf_binary_params *params, const int32_t *input1, const int32_t *input2,
                          int32_t *output);
void MCUF_FN(minimum_s64)(const mcuf_binary_params *params, const int64_t *input1, const int64_t *input2,
                          int64_t *output);
void MCUF_FN(minimum_f32)(const mcuf_binary_params *params, const float *input1, const float *input2, float *output);

#endif
