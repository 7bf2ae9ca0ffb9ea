/* LOG_SOFTMAX over the last axis. */
#ifndef MCUFORGE_LOG_SOFTMAX_H
#define MCUFORGE_LOG_SOFTMAX_H

#include <stdint.h>

#include "mcuforge/prefix.h"

/*
 * With d the row's maximum minus the element: exponentials[d] is exp(-d * scale) in Q0.31 for d below `entries`; beyond,
 * it is too small to count. d * multiplier * 2^(shift - 31) is d * scale in Q5.26, which d up to `greatest` fits, and
 * reverse_multiplier and reverse_shift lead back.
 */
typedef struct {
  int32_t rows;
  int32_t depth;
  int32_t entries;
  const int32_t *exponentials;
  int32_t multiplier;
  int32_t shift;
  int32_t reverse_multiplier;
  int32_t reverse_shift;
  int32_t greatest;
} mcuf_log_softmax_params;

typedef struct {
  int32_t rows;
  int32_t depth;
} mcuf_log_softmax_f32_params;

void MCUF_FN(log_softmax_s8)(const mcuf_log_softmax_params *params, const int8_t *input, int8_t *output);
void MCUF_FN(log_softmax_f32)(const mcuf_log_softmax_f32_params *params, const float *input, float *output);

#endif
