/* CONV_2D. Input NHWC, filter OHWI, bias per output channel or NULL. */
#ifndef MCUFORGE_CONV_2D_H
#define MCUFORGE_CONV_2D_H

#include <stdint.h>

#include "mcuforge/prefix.h"
#include "mcuforge/requantize.h"
#include "mcuforge/window.h"

/* Groups: the filter sees `filter_channels` of the input's channels, a divisor of them. */
typedef struct {
  mcuf_window window;
  int32_t filter_channels;
  int32_t input_offset; /* minus the input's zero point */
  mcuf_requantization output;
} mcuf_conv_2d_params;

typedef struct {
  mcuf_window window;
  int32_t filter_channels;
  float least;
  float greatest;
} mcuf_conv_2d_f32_params;

void MCUF_FN(conv_2d_s8)(const mcuf_conv_2d_params *params, const int8_t *input, const int8_t *filter,
                         const int32_t *bias, int8_t *output);
/* For one group; filter in quads (quads_s8.h), `bias` never NULL. `scratch` holds two columns (columns_s8.h), and the
 * int8 elements of one where the input's channels are no multiple of 4. */
void MCUF_FN(conv_2d_s8_dsp)(const mcuf_conv_2d_params *params, const int8_t *input, const int8_t *filter,
                             const int32_t *bias, int8_t *output, void *scratch);
/* For one group; `bias` as in fully_connected.h. `scratch` holds the int8 elements that one output pixel reads. */
void MCUF_FN(conv_2d_s8_mve)(const mcuf_conv_2d_params *params, const int8_t *input, const int8_t *filter,
                             const int32_t *bias, int8_t *output, void *scratch);
/* Filter of packed int4. */
void MCUF_FN(conv_2d_s8_w4)(const mcuf_conv_2d_params *params, const int8_t *input, const int8_t *filter,
                            const int32_t *bias, int8_t *output);
/* 64-bit accumulators. */
void MCUF_FN(conv_2d_s16)(const mcuf_conv_2d_params *params, const int16_t *input, const int8_t *filter,
                          const int64_t *bias, int16_t *output);
/* 32-bit accumulators. */
void MCUF_FN(conv_2d_s16_narrow)(const mcuf_conv_2d_params *params, const int16_t *input, const int8_t *filter,
                                 const int32_t *bias, int16_t *output);
void MCUF_FN(conv_2d_f32)(const mcuf_conv_2d_f32_params *params, const float *input, const float *filter,
                          const float *bias, float *output);
/* Filter of float16. */
void MCUF_FN(conv_2d_f32_w16)(const mcuf_conv_2d_f32_params *params, const float *input, const uint16_t *filter,
                              const float *bias, float *output);

#endif
