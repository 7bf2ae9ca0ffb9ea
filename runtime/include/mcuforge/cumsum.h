/* CUMSUM along one axis. */
#ifndef MCUFORGE_CUMSUM_H
#define MCUFORGE_CUMSUM_H

#include <stdbool.h>
#include <stdint.h>

#include "mcuforge/prefix.h"

/* `outer` blocks of `depth` steps of `inner` elements; the sums run along the steps. */
typedef struct {
  int32_t outer;
  int32_t depth;
  int32_t inner;
  bool exclusive; /* each output leaves its own element out */
  bool reverse;   /* from the last element to the first */
} mcuf_cumsum_axis;

typedef struct {
  mcuf_cumsum_axis axis;
} mcuf_cumsum_f32_params;

#define MCUF_CUMSUM_S8_HEADROOM 20

/* Elements, less the zero point and raised by the headroom, are halved; sums of them are scaled to the output's. */
typedef struct {
  mcuf_cumsum_axis axis;
  int32_t input_offset; /* minus the zero point */
  int32_t output_offset;
  int32_t output_multiplier;
  int32_t output_shift;
} mcuf_cumsum_params;

/* Where the n-th step of a run that starts at `first` lies. */
static inline int32_t mcuf_cumsum_step(const mcuf_cumsum_axis *axis, int32_t first, int32_t n) {
  return first + (axis->reverse ? axis->depth - 1 - n : n) * axis->inner;
}

void MCUF_FN(cumsum_s8)(const mcuf_cumsum_params *params, const int8_t *input, int8_t *output);
void MCUF_FN(cumsum_f32)(const mcuf_cumsum_f32_params *params, const float *input, float *output);

#endif
