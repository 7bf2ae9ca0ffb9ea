/* Functions of one float32; those of an int8 are tables (lut.h). */
#ifndef MCUFORGE_UNARY_H
#define MCUFORGE_UNARY_H

#include <stdint.h>

#include "mcuforge/prefix.h"

typedef struct {
  int32_t count;
} mcuf_unary_params;

typedef struct {
  int32_t count;
  float alpha; /* the slope below zero */
} mcuf_leaky_relu_f32_params;

void MCUF_FN(abs_f32)(const mcuf_unary_params *params, const float *input, float *output);
void MCUF_FN(ceil_f32)(const mcuf_unary_params *params, const float *input, float *output);
void MCUF_FN(cos_f32)(const mcuf_unary_params *params, const float *input, float *output);
void MCUF_FN(elu_f32)(const mcuf_unary_params *params, const float *input, float *output);
void MCUF_FN(exp_f32)(const mcuf_unary_params *params, const float *input, float *output);
void MCUF_FN(floor_f32)(const mcuf_unary_params *params, const float *input, float *output);
void MCUF_FN(hard_swish_f32)(const mcuf_unary_params *params, const float *input, float *output);
void MCUF_FN(log_f32)(const mcuf_unary_params *params, const float *input, float *output);
void MCUF_FN(logistic_f32)(const mcuf_unary_params *params, const float *input, float *output);
void MCUF_FN(neg_f32)(const mcuf_unary_params *params, const float *input, float *output);
void MCUF_FN(relu_f32)(const mcuf_unary_params *params, const float *input, float *output);
void MCUF_FN(relu6_f32)(const mcuf_unary_params *params, const float *input, float *output);
void MCUF_FN(round_f32)(const mcuf_unary_params *params, const float *input, float *output);
void MCUF_FN(rsqrt_f32)(const mcuf_unary_params *params, const float *input, float *output);
void MCUF_FN(sin_f32)(const mcuf_unary_params *params, const float *input, float *output);
void MCUF_FN(sqrt_f32)(const mcuf_unary_params *params, const float *input, float *output);
void MCUF_FN(square_f32)(const mcuf_unary_params *params, const float *input, float *output);
void MCUF_FN(tanh_f32)(const mcuf_unary_params *params, const float *input, float *output);
void MCUF_FN(leaky_relu_f32)(const mcuf_leaky_relu_f32_params *params, const float *input, float *output);

/* Defines the kernel `name`: each output is `expression`, of an element x. */
#define MCUF_DEFINE_UNARY_F32(name, expression)                                               \
  void MCUF_FN(name)(const mcuf_unary_params *params, const float *input, float *output) {    \
    for (int32_t i = 0; i < params->count; ++i) {                                             \
      const float x = input[i];                                                               \
      output[i] = expression;                                                                 \
    }                                                                                         \
  }

#endif
