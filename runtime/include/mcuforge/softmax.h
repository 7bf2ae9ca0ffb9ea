/* SOFTMAX over the last axis. */
#ifndef MCUFORGE_SOFTMAX_H
#define MCUFORGE_SOFTMAX_H

#include <stdint.h>

#include "mcuforge/prefix.h"

/*
 * exponentials[d] is exp(-d * scale * beta) in Q0.31 for d, the row's maximum minus the element, below `entries`;
 * beyond, it is too small to count. entries >= 1.
 */
typedef struct {
  int32_t rows;
  int32_t depth;
  int32_t entries;
  const int32_t *exponentials;
} mcuf_softmax_params;

/*
 * An int16 element less its row's maximum, times multiplier * 2^(shift - 31), lies in [-65535, 0] for real numbers in
 * [-10, 0]; less counts as -10. Both tables have MCUF_SOFTMAX_S16_ENTRIES points in Q0.15: exp on [-10, 0] and
 * 1 / (1 + x) on [0, 1].
 */
#define MCUF_SOFTMAX_S16_ENTRIES 513

typedef struct {
  int32_t rows;
  int32_t depth;
  int32_t multiplier;
  int32_t shift;
  const int16_t *exponentials;
  const int16_t *reciprocals;
} mcuf_softmax_s16_params;

typedef struct {
  int32_t rows;
  int32_t depth;
  float beta;
} mcuf_softmax_f32_params;

void MCUF_FN(softmax_s8)(const mcuf_softmax_params *params, const int8_t *input, int8_t *output);
void MCUF_FN(softmax_s8_s16)(const mcuf_softmax_params *params, const int8_t *input, int16_t *output);
void MCUF_FN(softmax_s16)(const mcuf_softmax_s16_params *params, const int16_t *input, int16_t *output);
void MCUF_FN(softmax_f32)(const mcuf_softmax_f32_params *params, const float *input, float *output);

#endif
