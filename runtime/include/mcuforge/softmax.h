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

typedef struct {
  int32_t rows;
  int32_t depth;
  float beta;
} mcuf_softmax_f32_params;

void MCUF_FN(softmax_s8)(const mcuf_softmax_params *params, const int8_t *input, int8_t *output);
void MCUF_FN(softmax_s8_s16)(const mcuf_softmax_params *params, const int8_t *input, int16_t *output);
void MCUF_FN(softmax_f32)(const mcuf_softmax_f32_params *params, const float *input, float *output);

#endif
