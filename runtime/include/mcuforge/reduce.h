/* SUM, MEAN, REDUCE_MAX, REDUCE_MIN over any axes. */
#ifndef MCUFORGE_REDUCE_H
#define MCUFORGE_REDUCE_H

#include <stdint.h>

#include "mcuforge/prefix.h"

#define MCUF_REDUCTION_LOOPS 3

/*
 * Axes that stay and axes that are reduced, outermost first, neighbours of a kind merged. Strides are the input's
 * steps in elements.
 */
typedef struct {
  int32_t kept[MCUF_REDUCTION_LOOPS];
  int32_t kept_stride[MCUF_REDUCTION_LOOPS];
  int32_t reduced[MCUF_REDUCTION_LOOPS];
  int32_t reduced_stride[MCUF_REDUCTION_LOOPS];
} mcuf_reduction;

/* For quantized sums: (sum + sum_offset) * multiplier * 2^(shift - 31) + output_offset; a mean's factor has its count. */
typedef struct {
  mcuf_reduction over;
  int32_t sum_offset;
  int32_t multiplier;
  int32_t shift;
  int32_t output_offset;
} mcuf_sum_params;

typedef struct {
  mcuf_reduction over;
} mcuf_reduction_params;

static inline int32_t mcuf_reduction_count(const int32_t *sizes) { return sizes[0] * sizes[1] * sizes[2]; }

/* The input offset of the n-th element, in row-major order, of loops of these sizes and strides. */
static inline int32_t mcuf_reduction_offset(const int32_t *sizes, const int32_t *strides, int32_t n) {
  const int32_t row = n / sizes[2];
  return n % sizes[2] * strides[2] + row % sizes[1] * strides[1] + row / sizes[1] * strides[0];
}

/* Defines the kernel `name`: each output is finish(params, value) of what `combine` makes of `start` and its set. */
#define MCUF_DEFINE_REDUCTION(name, params_type, type, value_type, start, combine, finish)                            \
  void MCUF_FN(name)(const params_type *params, const type *input, type *output) {                                    \
    const mcuf_reduction *over = &params->over;                                                                       \
    const int32_t last = MCUF_REDUCTION_LOOPS - 1;                                                                    \
    const int32_t rows = over->reduced[0] * over->reduced[1];                                                         \
    for (int32_t i = 0; i < mcuf_reduction_count(over->kept); ++i) {                                                  \
      const type *first = input + mcuf_reduction_offset(over->kept, over->kept_stride, i);                            \
      value_type value = start;                                                                                       \
      for (int32_t row = 0; row < rows; ++row) {                                                                      \
        const type *x = first + mcuf_reduction_offset(over->reduced, over->reduced_stride, row * over->reduced[last]); \
        for (int32_t n = 0; n < over->reduced[last]; ++n) {                                                           \
          value = combine(value, x[n * over->reduced_stride[last]]);                                                  \
        }                                                                                                             \
      }                                                                                                               \
      output[i] = finish(params, value);                                                                              \
    }                                                                                                                 \
  }

void MCUF_FN(sum_s8)(const mcuf_sum_params *params, const int8_t *input, int8_t *output);
void MCUF_FN(sum_s16)(const mcuf_sum_params *params, const int16_t *input, int16_t *output);
void MCUF_FN(sum_f32)(const mcuf_reduction_params *params, const float *input, float *output);
void MCUF_FN(mean_f32)(const mcuf_reduction_params *params, const float *input, float *output);
void MCUF_FN(reduce_max_s8)(const mcuf_reduction_params *params, const int8_t *input, int8_t *output);
void MCUF_FN(reduce_max_f32)(const mcuf_reduction_params *params, const float *input, float *output);
void MCUF_FN(reduce_min_s8)(const mcuf_reduction_params *params, const int8_t *input, int8_t *output);
void MCUF_FN(reduce_min_f32)(const mcuf_reduction_params *params, const float *input, float *output);

#endif
