/* MEAN over any axes. */
#ifndef MCUFORGE_MEAN_H
#define MCUFORGE_MEAN_H

#include <stdint.h>

#include "mcuforge/prefix.h"

#define MCUF_REDUCTION_LOOPS 3

/*
 * Axes that stay and axes that are summed over, outermost first, neighbours of a kind merged. Strides are the input's
 * steps in elements.
 */
typedef struct {
  int32_t kept[MCUF_REDUCTION_LOOPS];
  int32_t kept_stride[MCUF_REDUCTION_LOOPS];
  int32_t summed[MCUF_REDUCTION_LOOPS];
  int32_t summed_stride[MCUF_REDUCTION_LOOPS];
} mcuf_reduction;

/* (sum + sum_offset) * multiplier * 2^(shift - 31) + output_offset; scales and count are part of the factor. */
typedef struct {
  mcuf_reduction over;
  int32_t sum_offset;
  int32_t multiplier;
  int32_t shift;
  int32_t output_offset;
} mcuf_mean_params;

typedef struct {
  mcuf_reduction over;
} mcuf_mean_f32_params;

static inline int32_t mcuf_reduction_count(const int32_t *sizes) { return sizes[0] * sizes[1] * sizes[2]; }

/* The input offset of the n-th element, in row-major order, of loops of these sizes and strides. */
static inline int32_t mcuf_reduction_offset(const int32_t *sizes, const int32_t *strides, int32_t n) {
  const int32_t row = n / sizes[2];
  return n % sizes[2] * strides[2] + row % sizes[1] * strides[1] + row / sizes[1] * strides[0];
}

void MCUF_FN(mean_s8)(const mcuf_mean_params *params, const int8_t *input, int8_t *output);
void MCUF_FN(mean_f32)(const mcuf_mean_f32_params *params, const float *input, float *output);

#endif
