/* LOGISTIC and TANH of int16. */
#ifndef MCUFORGE_SIGMOID_H
#define MCUFORGE_SIGMOID_H

#include <stdint.h>

#include "mcuforge/prefix.h"

/* Inputs times multiplier * 2^-shift, rounded, count steps of 1 / MCUF_SIGMOID_STEPS; the table is sigmoid_s16.h's. */
typedef struct {
  int32_t count;
  int32_t multiplier;
  int32_t shift;
  const uint16_t *table;
} mcuf_sigmoid_params;

static inline int32_t mcuf_sigmoid_input(const mcuf_sigmoid_params *params, int32_t x) {
  const int32_t half = params->shift > 0 ? 1 << (params->shift - 1) : 0;
  return (x * params->multiplier + half) >> params->shift;
}

void MCUF_FN(logistic_s16)(const mcuf_sigmoid_params *params, const int16_t *input, int16_t *output);
void MCUF_FN(tanh_s16)(const mcuf_sigmoid_params *params, const int16_t *input, int16_t *output);

#endif
