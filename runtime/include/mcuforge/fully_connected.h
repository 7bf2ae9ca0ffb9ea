/* FULLY_CONNECTED, and CONV_2D with a 1x1 filter over unpadded pixels: `rows` vectors times one weight matrix. */
#ifndef MCUFORGE_FULLY_CONNECTED_H
#define MCUFORGE_FULLY_CONNECTED_H

#include <stdint.h>

#include "mcuforge/prefix.h"
#include "mcuforge/requantize.h"

typedef struct {
  int32_t rows;
  int32_t depth;    /* elements of an input vector */
  int32_t channels; /* elements of an output vector */
  mcuf_requantization output;
} mcuf_fully_connected_params;

typedef struct {
  int32_t rows;
  int32_t depth;
  int32_t channels;
  float least;
  float greatest;
} mcuf_fully_connected_f32_params;

/* int8: `bias` already holds minus the input's zero point times the sum of the channel's weights. NULL is all zeros. */
void MCUF_FN(fully_connected_s8)(const mcuf_fully_connected_params *params, const int8_t *input,
                                 const int8_t *weights, const int32_t *bias, int8_t *output);
/* For one row, on a multiple of four bytes. Weights in quads (quads_s8.h), `bias` never NULL. */
void MCUF_FN(fully_connected_s8_dsp)(const mcuf_fully_connected_params *params, const int8_t *input,
                                     const int8_t *weights, const int32_t *bias, int8_t *output);
/* For any number of rows, anywhere; `scratch` holds two columns (columns_s8.h). */
void MCUF_FN(fully_connected_rows_s8_dsp)(const mcuf_fully_connected_params *params, const int8_t *input,
                                          const int8_t *weights, const int32_t *bias, int8_t *output, void *scratch);
/* Weights as they are, `bias` never NULL. */
void MCUF_FN(fully_connected_s8_mve)(const mcuf_fully_connected_params *params, const int8_t *input,
                                     const int8_t *weights, const int32_t *bias, int8_t *output);
/* Weights of packed int4. */
void MCUF_FN(fully_connected_s8_w4)(const mcuf_fully_connected_params *params, const int8_t *input,
                                    const int8_t *weights, const int32_t *bias, int8_t *output);
/* 64-bit accumulators. */
void MCUF_FN(fully_connected_s16)(const mcuf_fully_connected_params *params, const int16_t *input,
                                  const int8_t *weights, const int64_t *bias, int16_t *output);
/* 32-bit accumulators. */
void MCUF_FN(fully_connected_s16_narrow)(const mcuf_fully_connected_params *params, const int16_t *input,
                                         const int8_t *weights, const int32_t *bias, int16_t *output);
void MCUF_FN(fully_connected_f32)(const mcuf_fully_connected_f32_params *params, const float *input,
                                  const float *weights, const float *bias, float *output);
/* Weights of float16. */
void MCUF_FN(fully_connected_f32_w16)(const mcuf_fully_connected_f32_params *params, const float *input,
                                      const uint16_t *weights, const float *bias, float *output);

#endif
