/* DEPTHWISE_CONV_2D. Input NHWC, filter [1, height, width, output channels], bias per output channel or NULL. */
#ifndef MCUFORGE_DEPTHWISE_CONV_2D_H
#define MCUFORGE_DEPTHWISE_CONV_2D_H

#include <stdint.h>

#include "mcuforge/prefix.h"
#include "mcuforge/requantize.h"
#include "mcuforge/window.h"

typedef struct {
  mcuf_window window;
  int32_t multiplier; /* output channels per input channel */
  int32_t input_offset;
  mcuf_requantization output;
} mcuf_depthwise_conv_2d_params;

typedef struct {
  mcuf_window window;
  int32_t multiplier;
  float least;
  float greatest;
} mcuf_depthwise_conv_2d_f32_params;

/* For multiplier 1. */
void MCUF_FN(depthwise_conv_2d_s8)(const mcuf_depthwise_conv_2d_params *params, const int8_t *input,
                                   const int8_t *filter, const int32_t *bias, int8_t *output);
/* For multiplier 1; filter [quad, height, width, channel], the last quad having what is left of the channels, and
 * `bias` never NULL. */
void MCUF_FN(depthwise_conv_2d_s8_dsp)(const mcuf_depthwise_conv_2d_params *params, const int8_t *input,
                                       const int8_t *filter, const int32_t *bias, int8_t *output);
/* For any multiplier. */
void MCUF_FN(depthwise_conv_2d_multiplier_s8)(const mcuf_depthwise_conv_2d_params *params, const int8_t *input,
                                              const int8_t *filter, const int32_t *bias, int8_t *output);
/* For any multiplier; filter of packed int4. */
void MCUF_FN(depthwise_conv_2d_s8_w4)(const mcuf_depthwise_conv_2d_params *params, const int8_t *input,
                                      const int8_t *filter, const int32_t *bias, int8_t *output);
/* For any multiplier; 64-bit accumulators. */
void MCUF_FN(depthwise_conv_2d_s16)(const mcuf_depthwise_conv_2d_params *params, const int16_t *input,
                                    const int8_t *filter, const int64_t *bias, int16_t *output);
void MCUF_FN(depthwise_conv_2d_f32)(const mcuf_depthwise_conv_2d_f32_params *params, const float *input,
                                    const float *filter, const float *bias, float *output);
/* Filter of float16. */
void MCUF_FN(depthwise_conv_2d_f32_w16)(const mcuf_depthwise_conv_2d_f32_params *params, const float *input,
                                        const uint16_t *filter, const float *bias, float *output);

#endif
