/* QUANTIZE from float32 and from integers, DEQUANTIZE. From int8, QUANTIZE is a table (lut.h). */
#ifndef MCUFORGE_QUANTIZE_H
#define MCUFORGE_QUANTIZE_H

#include <stdint.h>

#include "mcuforge/fixed_point.h"
#include "mcuforge/prefix.h"

typedef struct {
  int32_t count;
  float scale;
  int32_t zero_point;
} mcuf_quantize_params;

typedef struct {
  int32_t count;
  int32_t input_offset; /* minus the input's zero point */
  int32_t multiplier;
  int32_t shift;
  int32_t output_offset;
} mcuf_requantize_params;

typedef struct {
  int32_t count;
  float scale;
  int32_t zero_point;
} mcuf_dequantize_params;

/* One integer, less its zero point, to another quantization. */
static inline int32_t mcuf_requantize(const mcuf_requantize_params *params, int32_t x) {
  const int32_t centred = mcuf_add_wrapping(x, params->input_offset);
  return mcuf_add_wrapping(mcuf_multiply(centred, params->multiplier, params->shift), params->output_offset);
}

void MCUF_FN(quantize_f32_s8)(const mcuf_quantize_params *params, const float *input, int8_t *output);
void MCUF_FN(quantize_f32_s16)(const mcuf_quantize_params *params, const float *input, int16_t *output);
void MCUF_FN(quantize_s16_s8)(const mcuf_requantize_params *params, const int16_t *input, int8_t *output);
void MCUF_FN(quantize_s16)(const mcuf_requantize_params *params, const int16_t *input, int16_t *output);
void MCUF_FN(quantize_s16_s32)(const mcuf_requantize_params *params, const int16_t *input, int32_t *output);
void MCUF_FN(quantize_s32_s8)(const mcuf_requantize_params *params, const int32_t *input, int8_t *output);
void MCUF_FN(quantize_s32_s16)(const mcuf_requantize_params *params, const int32_t *input, int16_t *output);
void MCUF_FN(quantize_u8_s8)(const mcuf_requantize_params *params, const uint8_t *input, int8_t *output);
void MCUF_FN(dequantize_s8_f32)(const mcuf_dequantize_params *params, const int8_t *input, float *output);
void MCUF_FN(dequantize_s16_f32)(const mcuf_dequantize_params *params, const int16_t *input, float *output);
void MCUF_FN(dequantize_u8_f32)(const mcuf_dequantize_params *params, const uint8_t *input, float *output);

#endif
