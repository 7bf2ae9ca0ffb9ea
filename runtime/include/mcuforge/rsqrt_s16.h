/* RSQRT of int16: 1 / sqrt(x). */
#ifndef MCUFORGE_RSQRT_S16_H
#define MCUFORGE_RSQRT_S16_H

#include <stdint.h>

#include "mcuforge/prefix.h"

/* Bits by which the inverse root is raised before it is scaled to the output. */
#define MCUF_RSQRT_HEADROOM 20

typedef struct {
  int32_t count;
  int32_t multiplier; /* with the headroom taken off the shift */
  int32_t shift;
} mcuf_rsqrt_params;

/* Zero gives the greatest output; so do negative numbers, on which TFLM stops with an error. */
void MCUF_FN(rsqrt_s16)(const mcuf_rsqrt_params *params, const int16_t *input, int16_t *output);

#endif
