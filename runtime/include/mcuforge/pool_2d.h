/* AVERAGE_POOL_2D, MAX_POOL_2D and L2_POOL_2D over NHWC tensors; padding does not count. */
#ifndef MCUFORGE_POOL_2D_H
#define MCUFORGE_POOL_2D_H

#include <stdint.h>

#include "mcuforge/prefix.h"
#include "mcuforge/window.h"

typedef struct {
  mcuf_window window;
  int32_t least;
  int32_t greatest;
} mcuf_pool_2d_params;

typedef struct {
  mcuf_window window;
  float least;
  float greatest;
} mcuf_pool_2d_f32_params;

void MCUF_FN(average_pool_2d_s8)(const mcuf_pool_2d_params *params, const int8_t *input, int8_t *output);
void MCUF_FN(average_pool_2d_s16)(const mcuf_pool_2d_params *params, const int16_t *input, int16_t *output);
void MCUF_FN(average_pool_2d_f32)(const mcuf_pool_2d_f32_params *params, const float *input, float *output);
void MCUF_FN(max_pool_2d_s8)(const mcuf_pool_2d_params *params, const int8_t *input, int8_t *output);
void MCUF_FN(max_pool_2d_s16)(const mcuf_pool_2d_params *params, const int16_t *input, int16_t *output);
void MCUF_FN(max_pool_2d_f32)(const mcuf_pool_2d_f32_params *params, const float *input, float *output);
void MCUF_FN(l2_pool_2d_f32)(const mcuf_pool_2d_f32_params *params, const float *input, float *output);

#endif
