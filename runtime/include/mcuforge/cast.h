/* CAST between types. Casts that keep the bits (int32 to uint32) need no kernel. */
#ifndef MCUFORGE_CAST_H
#define MCUFORGE_CAST_H

#include <stdbool.h>
#include <stdint.h>

#include "mcuforge/prefix.h"

typedef struct {
  int32_t count;
} mcuf_cast_params;

void MCUF_FN(cast_s8_s16)(const mcuf_cast_params *params, const int8_t *input, int16_t *output);
void MCUF_FN(cast_s8_s32)(const mcuf_cast_params *params, const int8_t *input, int32_t *output);
void MCUF_FN(cast_s8_u32)(const mcuf_cast_params *params, const int8_t *input, uint32_t *output);
void MCUF_FN(cast_s8_bool)(const mcuf_cast_params *params, const int8_t *input, bool *output);
void MCUF_FN(cast_s8_f32)(const mcuf_cast_params *params, const int8_t *input, float *output);
void MCUF_FN(cast_s16_s8)(const mcuf_cast_params *params, const int16_t *input, int8_t *output);
void MCUF_FN(cast_s16_s32)(const mcuf_cast_params *params, const int16_t *input, int32_t *output);
void MCUF_FN(cast_s16_u32)(const mcuf_cast_params *params, const int16_t *input, uint32_t *output);
void MCUF_FN(cast_s16_bool)(const mcuf_cast_params *params, const int16_t *input, bool *output);
void MCUF_FN(cast_s16_f32)(const mcuf_cast_params *params, const int16_t *input, float *output);
void MCUF_FN(cast_s32_s8)(const mcuf_cast_params *params, const int32_t *input, int8_t *output);
void MCUF_FN(cast_s32_s16)(const mcuf_cast_params *params, const int32_t *input, int16_t *output);
void MCUF_FN(cast_s32_bool)(const mcuf_cast_params *params, const int32_t *input, bool *output);
void MCUF_FN(cast_s32_f32)(const mcuf_cast_params *params, const int32_t *input, float *output);
void MCUF_FN(cast_u32_s8)(const mcuf_cast_params *params, const uint32_t *input, int8_t *output);
void MCUF_FN(cast_u32_s16)(const mcuf_cast_params *params, const uint32_t *input, int16_t *output);
void MCUF_FN(cast_u32_bool)(const mcuf_cast_params *params, const uint32_t *input, bool *output);
void MCUF_FN(cast_u32_f32)(const mcuf_cast_params *params, const uint32_t *input, float *output);
void MCUF_FN(cast_bool_s8)(const mcuf_cast_params *params, const bool *input, int8_t *output);
void MCUF_FN(cast_bool_s16)(const mcuf_cast_params *params, const bool *input, int16_t *output);
void MCUF_FN(cast_bool_s32)(const mcuf_cast_params *params, const bool *input, int32_t *output);
void MCUF_FN(cast_bool_u32)(const mcuf_cast_params *params, const bool *input, uint32_t *output);
void MCUF_FN(cast_bool_f32)(const mcuf_cast_params *params, const bool *input, float *output);
void MCUF_FN(cast_f32_s8)(const mcuf_cast_params *params, const float *input, int8_t *output);
void MCUF_FN(cast_f32_s16)(const mcuf_cast_params *params, const float *input, int16_t *output);
void MCUF_FN(cast_f32_s32)(const mcuf_cast_params *params, const float *input, int32_t *output);
void MCUF_FN(cast_f32_u32)(const mcuf_cast_params *params, const float *input, uint32_t *output);
void MCUF_FN(cast_f32_bool)(const mcuf_cast_params *params, const float *input, bool *output);

#endif
