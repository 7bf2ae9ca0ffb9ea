/*
 * SVDF: a stream's layer. Each filter keeps its last `memory` features of the input in the state, and weighs them over
 * time; the sum over a unit's `rank` filters is one output.
 */
#ifndef MCUFORGE_SVDF_H
#define MCUFORGE_SVDF_H

#include <stdint.h>

#include "mcuforge/prefix.h"

/* Input [batches, inputs], weights [units * rank, inputs] and [units * rank, memory], bias [units] or NULL,
 * state [batches, units * rank, memory], oldest feature first, output [batches, units]. */
typedef struct {
  int32_t batches;
  int32_t inputs;
  int32_t units;
  int32_t rank;
  int32_t memory;
} mcuf_svdf_shape;

typedef struct {
  mcuf_svdf_shape shape;
  int32_t input_offset; /* minus the zero point */
  int32_t state_multiplier;
  int32_t state_shift;
  int32_t state_zero_point;
  int32_t output_multiplier;
  int32_t output_shift;
  int32_t output_offset;
} mcuf_svdf_params;

typedef struct {
  mcuf_svdf_shape shape;
  int32_t bounds; /* of the activation: none, the least value, or both */
  float least;
  float greatest;
} mcuf_svdf_f32_params;

void MCUF_FN(svdf_s8_state8)(const mcuf_svdf_params *params, const int8_t *input, const int8_t *feature_weights,
                             const int8_t *time_weights, const int32_t *bias, int8_t *state, int8_t *output);
void MCUF_FN(svdf_s8_state16)(const mcuf_svdf_params *params, const int8_t *input, const int8_t *feature_weights,
                              const int16_t *time_weights, const int32_t *bias, int16_t *state, int8_t *output);
void MCUF_FN(svdf_f32)(const mcuf_svdf_f32_params *params, const float *input, const float *feature_weights,
                       const float *time_weights, const float *bias, float *state, float *output);

#endif
