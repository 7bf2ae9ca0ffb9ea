/* What the softmax kernels with int8 input share: the sum of a row's exponentials and its reciprocal. */
#ifndef MCUFORGE_SOFTMAX_S8_ROW_H
#define MCUFORGE_SOFTMAX_S8_ROW_H

#include <stdint.h>

#include "mcuforge/fixed_point.h"
#include "mcuforge/reciprocal.h"
#include "mcuforge/softmax.h"

#define MCUF_SOFTMAX_SUM_INTEGER_BITS 12

/* `inverse` is that of the sum of the row's exponentials. */
typedef struct {
  int32_t max;
  mcuf_reciprocal inverse;
} mcuf_softmax_row;

static inline int32_t mcuf_softmax_exponential(const mcuf_softmax_params *params, int32_t difference) {
  return difference < params->entries ? params->exponentials[difference] : 0;
}

static inline mcuf_softmax_row mcuf_softmax_row_of(const mcuf_softmax_params *params, const int8_t *input) {
  mcuf_softmax_row row = {INT8_MIN, {0, 0}};
  uint32_t sum = 0;
  for (int32_t i = 0; i < params->depth; ++i) {
    row.max = input[i] > row.max ? input[i] : row.max;
  }
  for (int32_t i = 0; i < params->depth; ++i) {
    sum += (uint32_t)mcuf_divide_by_power_of_two(mcuf_softmax_exponential(params, row.max - input[i]),
                                                 MCUF_SOFTMAX_SUM_INTEGER_BITS);
  }
  /* The maximum itself adds 1.0, so the sum is not zero. */
  row.inverse = mcuf_reciprocal_of(sum, MCUF_SOFTMAX_SUM_INTEGER_BITS);
  return row;
}

static inline int32_t mcuf_softmax_element(const mcuf_softmax_params *params, const mcuf_softmax_row *row,
                                           int32_t input, int32_t output_bits) {
  const int32_t exponential = mcuf_softmax_exponential(params, row->max - input);
  const int32_t product = mcuf_doubling_high_multiply(row->inverse.factor, exponential);
  return mcuf_divide_by_power_of_two(product, row->inverse.bits_over_unit + 31 - output_bits);
}

#endif
